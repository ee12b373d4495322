"""Import and bulk: each row makes its post once, however often the file is sent and wherever it was cut off."""

from __future__ import annotations

import contextlib
import json
import tracemalloc
from collections import Counter
from dataclasses import replace

import pytest

from shared.domain import codec
from shared.domain.accounts import account_path
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.domain.plans import PLANS
from shared.domain.posts import Post
from shared.operations.idempotency import Answer
from shared.operations.posts import importing
from shared.operations.posts.batching import Batch
from shared.operations.posts.importing import Imported
from shared.ports.store import Query, Unavailable, Write
from tests.operations.flows import TEST, signed_in
from tests.support import memory_ports
from tests.support.faults import Crash, once
from tests.support.memory_ports import Rig

BATCH = Batch("import-1", "POST /import", lambda made: Answer(201, made.post.id.encode()))
DUE = "2026-12-24T18:00:00Z"


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def file_of(*rows: str, header: str = "text,account_ids,scheduled_at") -> bytes:
    return "\r\n".join((header, *rows)).encode()


def sent(rig: Rig, raw: bytes, *, dry_run: bool = False) -> Imported:
    return importing.import_(rig.ports, TEST, raw, BATCH, dry_run=dry_run)


def stored(rig: Rig) -> list[Post]:
    docs = rig.store.query(Query("workspaces/ws_1.test/posts", limit=1000))
    return [codec.decode(Post, doc.data) for doc in docs]


def errors(found: Imported) -> dict[int, tuple[str, str]]:
    return {one.place: (importing.column(one.error)[0], one.error.code) for one in found.outcomes if one.error}


def test_an_import_that_dies_at_any_call_and_is_sent_again_makes_each_row_once(rig: Rig) -> None:
    """Every call of the store and the queue, before and after; a bad row among the good ones."""
    account = signed_in(rig).id
    raw = file_of(f"One,{account},{DUE}", "Two,,", "Bad,acc_none,", f"Three,{account},")
    calls = len(_calls(memory_ports.rig()))
    for phase in ("before", "after"):
        for error in (lambda: Crash("died"), lambda: Unavailable("down")):
            for at in range(calls + 4):
                world = memory_ports.rig()
                raw = _file(world)
                world.faults.hook = once(at, phase, error)
                with contextlib.suppress(Crash, Unavailable):
                    sent(world, raw)
                world.faults.hook = None
                again = sent(world, raw)
                assert Counter(post.text for post in stored(world)) == {"One": 1, "Two": 1, "Three": 1}, (phase, at)
                assert sorted(errors(again)) == [4]
                ids = [one.answer.body.decode() for one in again.outcomes if one.answer]
                assert sorted(ids) == sorted(post.id for post in stored(world))


def _file(world: Rig) -> bytes:
    account = signed_in(world).id
    return file_of(f"One,{account},{DUE}", "Two,,", "Bad,acc_none,", f"Three,{account},")


def _calls(world: Rig) -> list[str]:
    raw = _file(world)
    world.faults.calls.clear()
    sent(world, raw)
    return world.faults.calls


def test_rows_are_independent_and_named_as_a_spreadsheet_shows_them(rig: Rig) -> None:
    """Line breaks within a cell and empty rows count as a spreadsheet counts them."""
    account = signed_in(rig).id
    rows = (
        f'"Two\nlines, and a ""quote""",{account},{DUE},,,',
        "",
        "Bad time,,2020-01-01T00:00:00Z,,,",
        "Bad zone,,2026-12-24T18:00:00,,Europe/Berln,",
        "Bad visibility,,,friends,,",
        "Bad account,acc_1|acc_2,,,,",
        'Bad options,,,,,"{""x"": 1}"',
        ",,,private,,",
        "Too,many,cells,,,,here",
    )
    found = sent(rig, file_of(*rows, header="text,account_ids,scheduled_at,visibility,timezone,platform_data"))
    assert errors(found) == {
        4: ("scheduled_at", "validation.time_past"),
        5: ("timezone", "validation.timezone_unknown"),
        6: ("visibility", "validation.field_invalid"),
        7: ("account_ids", "account.not_found"),
        8: ("platform_data", "validation.body_invalid"),
        9: ("text", "validation.field_required"),
        10: ("", "validation.body_invalid"),
    }
    assert found.rows == 8
    assert [post.text for post in stored(rig)] == ['Two\nlines, and a "quote"']


def test_every_column_reaches_the_post_in_any_order_with_a_mark_in_front(rig: Rig) -> None:
    account = signed_in(rig).id
    header = "campaign_id,tags,Account_IDs,scheduled_at,timezone,visibility,first_comment,title,text,platform_data,media_urls"
    options = json.dumps({"bluesky": {"languages": ["de"]}}).replace('"', '""')
    row = f'spring,#Sale| New ,{account},2026-12-24 18:00,Europe/Berlin,public,,T,Grüße,"{options}",'
    found = sent(rig, b"\xef\xbb\xbf" + file_of(row, header=header))
    (post,) = stored(rig)
    assert errors(found) == {}
    assert (post.text, post.title, post.tags, post.campaign_id) == ("Grüße", "T", ("sale", "new"), "spring")
    assert post.scheduled_at is not None
    assert post.scheduled_at.isoformat() == "2026-12-24T17:00:00+00:00"


def test_a_dry_run_says_the_same_and_makes_nothing(rig: Rig) -> None:
    account = signed_in(rig).id
    raw = file_of(f"One,{account},{DUE}", "Bad,acc_none,")
    rig.faults.calls.clear()
    found = sent(rig, raw, dry_run=True)
    assert set(rig.faults.calls) == {"store.get_many", "store.query"}
    assert stored(rig) == []
    assert errors(found) == errors(sent(rig, raw))


def test_a_dry_run_finds_what_is_said_twice_and_what_a_key_of_brands_may_not(rig: Rig) -> None:
    """Twice in the file, and as a post that is there; with the check off, neither."""
    account = signed_in(rig).id
    raw = file_of(f"One,{account},{DUE}", f"Two,{account},{DUE}", f"One,{account},{DUE}", "A draft,,")
    for _ in range(2):
        assert errors(sent(rig, raw, dry_run=True)) == errors(sent(rig, raw))
        assert errors(sent(rig, raw))[4] == ("text", "publishing.duplicate_content")
    again = Batch("import-2", "POST /import", BATCH.encode)
    assert len(errors(importing.import_(rig.ports, TEST, raw, again))) == 3
    unchecked = importing.import_(rig.ports, TEST, raw, again, skip_duplicate_check=True)
    assert not errors(unchecked)
    some = Caller("ws_1", "test", "key_b", brand_ids=("default",))
    for dry_run in (True, False):
        found = importing.import_(rig.ports, some, raw, BATCH, dry_run=dry_run, skip_duplicate_check=True)
        assert errors(found)[5] == ("account_ids", "validation.field_required")


def test_a_dry_run_counts_what_the_plan_leaves(rig: Rig) -> None:
    """Row by row, as the real run: what is over the plan's posts of a month is refused."""
    live = Caller("ws_1", "live", "key_l")
    account = replace(signed_in(rig), space="ws_1.live")
    rig.ports.store.commit([Write("set", account_path(account.space, account.id), codec.encode(account))])
    ports = replace(rig.ports, default_plan="free")
    posts = PLANS["free"].posts
    raw = file_of(*(f"Post {number},{account.id},{DUE}" for number in range(posts + 2)))
    dry = importing.import_(ports, live, raw, BATCH, dry_run=True)
    assert sorted(errors(dry)) == [posts + 2, posts + 3]
    assert errors(dry) == errors(importing.import_(ports, live, raw, BATCH))


def test_millions_of_rows_are_refused_at_once(rig: Rig) -> None:
    """Five megabytes hold them; a function of 512 MiB would not."""
    tracemalloc.start()
    try:
        with pytest.raises(Invalid):
            sent(rig, b"text\n" + b"a\n" * 2_600_000)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def test_empty_columns_at_the_right_are_what_spreadsheets_write(rig: Rig) -> None:
    found = sent(rig, file_of("One,,,", "Two,,,x", header="text,title,,"))
    assert errors(found) == {3: ("", "validation.body_invalid")}


def test_another_file_under_the_same_key_is_told_row_by_row(rig: Rig) -> None:
    """A row that was made is neither made again nor changed."""
    sent(rig, file_of("One,,", "Two,,"))
    found = sent(rig, file_of("One,,", "Second,,", "Three,,"))
    assert errors(found) == {3: ("", "idempotency.key_reused")}
    assert sorted(post.text for post in stored(rig)) == ["One", "Three", "Two"]


def test_a_repetition_years_of_minutes_later_still_answers_what_was_made(rig: Rig) -> None:
    """Its time has passed by then: that is no error of the repetition."""
    raw = file_of(f"One,{signed_in(rig).id},2026-11-22T13:00:00Z")
    first = sent(rig, raw)
    rig.clock.advance(86_400)
    again = sent(rig, raw)
    assert (first.outcomes[0].answer, len(stored(rig))) == (again.outcomes[0].answer, 1)


def test_what_the_time_of_a_request_does_not_reach_is_said_and_done_by_the_next(rig: Rig) -> None:
    raw = file_of(*(f"Post {number},," for number in range(5)))

    def slow(call: str, phase: str) -> None:
        if call == "store.commit" and phase == "after":
            rig.clock.advance(10)

    rig.faults.hook = slow
    first = sent(rig, raw)
    assert not first.settled
    assert {code for _, code in errors(first).values()} == {"system.not_reached"}
    rig.faults.hook = None
    assert sent(rig, raw).settled
    assert len(stored(rig)) == 5


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"\xff\xfet\x00e\x00x\x00t\x00", "UTF-16"),
        (b"text\n\xff", "not UTF-8"),
        (b"text;title\nA;B", "semicolons"),
        (b"txt\nA", "Did you mean text"),
        (b"text,scheduled\nA,B", "Did you mean scheduled_at"),
        (b"text,text\nA,B", "twice"),
        (b"title\nA", "no column text"),
        (b",text\nA,B", "column ''"),
        (b'text\n"never closed', "no CSV at line"),
        (b'text\n"a"b', "no CSV at line"),
        (b"text\n" + b"x" * 140_000, "a cell is far longer"),
        (b"text\n" + b"a\n" * 1001, "at most 1000 rows"),
    ],
)
def test_a_file_that_is_none_is_refused_as_a_whole(rig: Rig, raw: bytes, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        sent(rig, raw)
    assert said in caught.value.message
    assert stored(rig) == []


def test_odd_cells_are_errors_of_their_row(rig: Rig) -> None:
    """NUL, a bomb of brackets, a formula, half a pair: never of the file, never a crash."""
    deep = '"{""x"": {""a"": ' + "[" * 3000 + "]" * 3000 + '}}"'
    rows = (
        "a\x00b,",
        f"deep,{deep}",
        "=cmd|'/c calc'!A1,",
        'half,"{""x"": {""a"": ""\\ud800""}}"',
        'nan,"{""x"": NaN}"',
    )
    found = sent(rig, file_of(*rows, header="text,platform_data"))
    assert sorted(errors(found)) == [2, 3, 5, 6]
    assert [post.text for post in stored(rig)] == ["=cmd|'/c calc'!A1"]
