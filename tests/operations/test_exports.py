"""Exports: every published post once, whatever dies on the way; files that run nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Invalid, Limited, Missing, Unsupported
from shared.domain.exports import CLAIMED, STEP, Export, Row, blob_key
from shared.domain.posts import Target, target_path
from shared.operations import accounts, event_pages, housekeeping, publishing, repeating
from shared.operations.event_pages import ListEvents
from shared.operations.exports import asking, files, processing, reading, report, table, workbook
from shared.operations.exports.asking import AskExport
from shared.operations.posts import creating, deleting
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.ports.http import Request, Response
from shared.ports.store import Query, Unavailable, Write
from tests.operations.flows import LIVE, OTHER, TEST, redirected, signed_in
from tests.support import faults, memory_ports
from tests.support.faults import Crash
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def run(rig: Rig, *, twice: bool = False) -> None:
    """Every task at its time, until none is left; a task whose handler fails is delivered again."""
    functions: dict[str, Callable[..., Any]] = {"publish": publishing.advance, "export": processing.advance}
    while (at := rig.queue.next_at()) is not None:
        rig.clock.move_to(at)
        for task in rig.queue.take(rig.clock.now()):
            try:
                for _ in range(1 + twice):
                    functions[task.function](rig.ports, task.body)
            except (Crash, Unavailable):
                rig.queue.put_back(task)


def published(rig: Rig, account_id: str, *texts: str) -> list[str]:
    """Posts of these texts, live, one a second."""
    ids = []
    for text in texts:
        order = CreatePost(text=text, targets=(TargetOrder(account_id),), publish_now=True)
        ids.append(creating.create(rig.ports, TEST, order, None).post.id)
        run(rig)
        rig.clock.advance(1)
    return ids


def copies(rig: Rig, account_id: str, count: int) -> None:
    """The account's one published target, so many times more, each a second older."""
    [doc] = rig.store.query(Query(f"workspaces/{TEST.space}/targets", where=(("account_id", "==", account_id),)))
    target = codec.decode(Target, doc.data)
    assert target.published_at
    for number in range(1, count + 1):
        older = replace(
            target, id=f"{target.id}-{number}", published_at=target.published_at - timedelta(seconds=number)
        )
        rig.ports.store.commit([Write("set", target_path(TEST.space, older.id), codec.encode(older))])


def test_an_export_lists_published_posts_with_their_figures_in_three_files(rig: Rig) -> None:
    """The latest first; what was taken down, and another account's, is left out. The log says it."""
    account = signed_in(rig)
    posts = published(rig, account.id, "=1+2", "<b>bold</b>", "gone")
    deleting.delete(rig.ports, TEST, posts[2])
    run(rig)
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    assert (made.status, reading.get(rig.ports, TEST, made.id).status) == ("pending", "pending")
    with pytest.raises(Invalid) as caught:
        reading.rows(rig.ports, TEST, made.id)
    assert caught.value.code == "export.not_ready"
    run(rig)
    export, rows = reading.rows(rig.ports, TEST, made.id)
    assert export.status == "completed"
    assert [row.text for row in rows] == ["<b>bold</b>", "=1+2"]
    assert all(row.likes is not None and row.permalink.startswith("https://") and not row.error for row in rows)
    urls = files.urls(rig.ports, export)
    assert urls
    assert urls.table
    listed = list(csv.reader(io.StringIO(fetched(rig, urls.table).decode("utf-8-sig"))))
    assert [line[2] for line in listed] == ["Text", "<b>bold</b>", "'=1+2"]
    sheet = openpyxl.load_workbook(io.BytesIO(fetched(rig, urls.excel)))["Posts"]
    cell = sheet.cell(3, 3)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+2", "s", True)
    assert (sheet.cell(2, 3).value, sheet.max_row) == ("<b>bold</b>", 3)
    page = fetched(rig, urls.report).decode()
    assert "&lt;b&gt;bold" in page
    assert "<b>bold" not in page
    actions = [one.action for one in event_pages.list_(rig.ports, TEST, ListEvents(category="export")).entries]
    assert sorted(actions) == ["export.completed", "export.created"]


def fetched(rig: Rig, url: str) -> bytes:
    answer = rig.blobs.fetch(url)
    assert answer
    return answer.body


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula_and_no_link_runs_anything(rig: Rig, mark: str) -> None:
    """Whatever a text or a link begins with."""
    now = rig.clock.now()
    row = Row("p", "bluesky", "1", "javascript:alert(1)", now, title=f"{mark}cmd|' /C calc'!A0", text=f"{mark}1")
    export = Export("exp_1", TEST.space, "acc_1", "bluesky", "processing", now, now, 10, 10)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.made(export, [row])))["Posts"]
    kinds = {cell.data_type for line in sheet.iter_rows() for cell in line if cell.value is not None}
    assert kinds <= {"s", "d", "n"}
    assert sheet.cell(2, 2).quotePrefix
    (_, cells) = csv.reader(io.StringIO(table.made([row]).decode("utf-8-sig")))
    assert (cells[1], cells[2]) == (f"'{mark}cmd|' /C calc'!A0", f"'{mark}1")
    page = report.made(export, [row]).decode()
    assert "href" not in page
    assert "<script" not in page


def test_the_workbook_draws_the_figures_that_there_are(rig: Rig) -> None:
    """Views and likes, by when the posts went out; without figures there is nothing to draw."""
    now = rig.clock.now()
    export = Export("exp_1", TEST.space, "acc_1", "bluesky", "processing", now, now, 10, 10)
    rows = [Row("p", "bluesky", str(n), "", now, views=n * 100, likes=n) for n in range(3)]
    book = openpyxl.load_workbook(io.BytesIO(workbook.made(export, rows)))
    (chart,) = book.chartsheets[0]._charts  # type: ignore[attr-defined]  # what it read of charts is there only
    drawn = [part.ser for part in chart._charts] if hasattr(chart, "_charts") else [chart.ser]
    assert sorted(one.val.numRef.f if one.val else one.yVal.numRef.f for some in drawn for one in some) == [
        "Posts!$E$2:$E$4",
        "Posts!$F$2:$F$4",
    ]
    bare = [Row("p", "bluesky", "1", "", now)]
    assert openpyxl.load_workbook(io.BytesIO(workbook.made(export, bare))).sheetnames == ["Posts"]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_at_every_call_an_export_has_every_row_once(rig: Rig, phase: faults.Phase) -> None:
    """Before or after each call of a port; the sweep takes up what a dead worker held."""
    account = signed_in(rig)
    published(rig, account.id, "one")
    copies(rig, account.id, STEP + 2)
    deaths = [
        killed(rig, account.id, faults.once(call, phase, Crash)) for call in range(200)[: 1 + calls(rig, account.id)]
    ]
    assert deaths == [True] * (len(deaths) - 1) + [False]
    assert len(deaths) > 20


def calls(rig: Rig, account_id: str) -> int:
    """How many calls of ports an export takes."""
    rig.ports.memory.clear()
    rig.faults.calls.clear()
    made = asking.ask(rig.ports, TEST, AskExport(account_id))
    before = len(rig.faults.calls)
    run(rig)
    count = len(rig.faults.calls) - before
    assert reading.get(rig.ports, TEST, made.id).status == "completed"
    return count


def killed(rig: Rig, account_id: str, hook: faults.Hook) -> bool:
    """One export whose worker dies there; whether it died. Nobody but the sweep takes the work up."""
    rig.ports.memory.clear()  # a process of its own, that remembers nothing
    made = asking.ask(rig.ports, TEST, AskExport(account_id))
    died = False
    while reading.get(rig.ports, TEST, made.id).status != "completed":
        while tasks := rig.queue.take(rig.clock.now()):
            for task in tasks:
                rig.faults.hook = hook
                try:
                    processing.advance(rig.ports, task.body)
                except Crash:
                    died = True
                finally:
                    rig.faults.hook = None
        rig.clock.advance(CLAIMED.total_seconds() + 1)
        housekeeping.keep(rig.ports)
    export, rows = reading.rows(rig.ports, TEST, made.id)
    assert (export.looked, len({row.published_at for row in rows}), len(rows)) == (STEP + 3,) * 3
    return died


def test_two_exports_at_once_and_every_task_twice(rig: Rig) -> None:
    """Each has its own rows; a fourth at once is refused."""
    one, other = signed_in(rig), redirected(rig, "twitter")
    published(rig, one.id, "a", "b")
    published(rig, other.id, "c")
    made = [asking.ask(rig.ports, TEST, AskExport(account.id)) for account in (one, other, one)]
    with pytest.raises(Limited) as caught:
        asking.ask(rig.ports, TEST, AskExport(one.id))
    assert caught.value.code == "billing.export_concurrent"
    run(rig, twice=True)
    texts = [[row.text for row in reading.rows(rig.ports, TEST, export.id)[1]] for export in made]
    assert texts == [["b", "a"], ["c"], ["b", "a"]]
    assert len(reading.list_(rig.ports, TEST, "completed")) == 3
    assert reading.list_(rig.ports, TEST, "pending") == []


def test_a_network_that_wants_a_pause_gets_it(rig: Rig) -> None:
    """What was read so far is kept, and the export goes on afterwards."""
    account = redirected(rig, "twitter")
    published(rig, account.id, "a", "b")
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    asked = 0

    def limited(request: Request) -> Response | None:
        nonlocal asked
        asked += 1
        reset = str(int(rig.clock.now().timestamp()) + 600)
        return Response(429, {"x-rate-limit-reset": reset}, b'{"title":"Too Many Requests"}') if asked == 2 else None

    rig.sandbox.intercept = limited
    [task] = rig.queue.take(rig.clock.now())
    assert processing.advance(rig.ports, task.body) == "processing"
    assert reading.get(rig.ports, TEST, made.id).looked == 1
    waited = rig.queue.next_at()
    assert waited
    assert waited >= rig.clock.now() + timedelta(seconds=590)
    run(rig)
    export, rows = reading.rows(rig.ports, TEST, made.id)
    assert [row.text for row in rows] == ["b", "a"]
    assert all(row.likes is not None for row in rows)
    assert export.waits == 1


def test_an_account_that_is_gone_fails_its_export(rig: Rig) -> None:
    """With the reason; the sweep removes what it left."""
    account = signed_in(rig)
    published(rig, account.id, "a")
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    accounts.disconnect(rig.ports, TEST, account.id)
    run(rig)
    failed = reading.get(rig.ports, TEST, made.id)
    assert (failed.status, bool(failed.error)) == ("failed", True)
    assert files.urls(rig.ports, failed) is None


def test_a_token_that_ended_is_renewed_and_a_dead_one_fails_the_export(rig: Rig) -> None:
    """No file of empty figures: the reason is told, and a failed export costs neither pause nor number."""
    account = redirected(rig, "twitter")
    published(rig, account.id, "a", "b")
    refused = Response(401, {}, b'{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}')
    old = [request.headers["Authorization"] for request in rig.sandbox.sent if "Authorization" in request.headers][-1]
    rig.sandbox.intercept = lambda request: refused if request.headers.get("Authorization") == old else None
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    run(rig)
    _, rows = reading.rows(rig.ports, TEST, made.id)
    assert [row.likes is not None for row in rows] == [True, True]
    page = redirected(rig, "facebook")
    published(rig, page.id, "a", "b")
    dead = Response(400, {}, b'{"error":{"message":"no","type":"OAuthException","code":190,"error_subcode":458}}')
    asked = len(rig.sandbox.sent)
    rig.sandbox.intercept = lambda request: dead
    made = asking.ask(rig.ports, TEST, AskExport(page.id))
    run(rig)
    failed = reading.get(rig.ports, TEST, made.id)
    assert (failed.status, failed.parts, "connect" in failed.error) == ("failed", 0, True)
    assert len(rig.sandbox.sent) - asked <= 2


def test_an_answer_that_nobody_can_read_ends_no_export(rig: Rig) -> None:
    """The row says so, and a step that breaks over something else is given up after some pauses."""
    account = redirected(rig, "twitter")
    published(rig, account.id, "a")
    rig.sandbox.intercept = lambda request: Response(200, {}, b'{"data":5}')
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    run(rig)
    _, [row] = reading.rows(rig.ports, TEST, made.id)
    assert "could not be read" in row.error
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    [doc] = rig.store.query(Query(f"workspaces/{TEST.space}/targets"))
    rig.store.commit([Write("update", doc.path, {"pieces": [{"role": "nonsense"}]})])
    run(rig)
    assert reading.get(rig.ports, TEST, made.id).status == "failed"


def test_files_and_rows_are_removed_when_they_expire(rig: Rig) -> None:
    """The entry in the list stays."""
    account = signed_in(rig)
    published(rig, account.id, "a")
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    run(rig)
    assert blob_key(made, files.WORKBOOK) in rig.blobs.files
    rig.clock.advance(91 * 86_400)
    with pytest.raises(Invalid) as caught:
        reading.rows(rig.ports, TEST, made.id)
    assert caught.value.code == "export.expired"
    housekeeping.keep(rig.ports)
    assert not [key for key in rig.blobs.files if "exports" in key]
    assert not [path for path, _ in rig.store.everything() if "/parts/" in path]
    assert reading.get(rig.ports, TEST, made.id).status == "completed"


def test_who_may_ask_and_for_what(rig: Rig) -> None:
    """Not for other workspaces, not with keys of some brands, not for what nobody looks at."""
    account = signed_in(rig)
    bound = Caller("ws_1", "test", "key_9", brand_ids=("default",))
    for caller, error in ((OTHER, Missing), (LIVE, Missing), (bound, Forbidden)):
        with pytest.raises(error):
            asking.ask(rig.ports, caller, AskExport(account.id))
    for command in (AskExport(account.id, include_transcript=True), AskExport(account.id, include_vision=True)):
        with pytest.raises(Unsupported) as caught:
            asking.ask(rig.ports, TEST, command)
        assert caught.value.meta["field"].startswith("include_")
    made = asking.ask(rig.ports, TEST, AskExport(account.id))
    for missing in (made.id, "exp_none", "a/b"):
        with pytest.raises(Missing):
            reading.get(rig.ports, OTHER, missing)


def test_a_plan_limits_rows_and_wants_a_pause_between_exports() -> None:
    """Free: 30 posts, once in seven days; the sandbox is free of both pause and number."""
    rig = memory_ports.rig()
    free = replace(rig.ports, default_plan="free")
    account = signed_in(rig)
    made = asking.ask(free, TEST, AskExport(account.id))
    assert (made.max_rows, made.kept_for) == (30, 7 * 86_400)
    run(rig)
    asking.ask(free, TEST, AskExport(account.id))
    doc = rig.store.get(f"workspaces/{TEST.space}/accounts/{account.id}")
    assert doc
    live = {**doc.data, "space": LIVE.space}
    rig.ports.store.commit([Write("set", f"workspaces/{LIVE.space}/accounts/{account.id}", live)])
    asking.ask(free, LIVE, AskExport(account.id))
    with pytest.raises(Limited) as caught:
        asking.ask(free, LIVE, AskExport(account.id))
    assert caught.value.code == "billing.export_cooldown"
    assert caught.value.meta["retry_after_seconds"] > 6 * 86_400
    for _ in range(3):  # two a month: what failed counts for neither
        [doc] = rig.store.query(Query(f"workspaces/{LIVE.space}/exports", where=(("status", "==", "pending"),)))
        rig.store.commit([Write("update", doc.path, {"status": "failed"})])
        rig.clock.advance(1)
        asking.ask(free, LIVE, AskExport(account.id))


def test_an_export_that_is_asked_for_again_by_the_same_request_is_found() -> None:
    """After a crash: neither the pause nor the number is in the way of who has it already."""
    rig = memory_ports.rig()
    account = signed_in(rig)
    doc = rig.store.get(f"workspaces/{TEST.space}/accounts/{account.id}")
    assert doc
    live = {**doc.data, "space": LIVE.space}
    rig.ports.store.commit([Write("set", f"workspaces/{LIVE.space}/accounts/{account.id}", live)])
    runs = [repeating.repeatable(replace(rig.ports, default_plan="free"), b"seed", rig.clock.now()) for _ in range(2)]
    first, second = (asking.ask(run, LIVE, AskExport(account.id)) for run in runs)
    assert first.id == second.id
    assert len(reading.list_(rig.ports, LIVE)) == 1
