"""The audit: every act is in it with what it did, or not at all; and nobody changes it unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Connected, Tokens
from shared.domain.audit import Entry, digest, entry_path, head_path
from shared.domain.errors import Forbidden, Invalid, RostrumError
from shared.operations import (
    accounts,
    audits,
    brand_deletion,
    brands,
    choosing,
    invites,
    keys,
    redeeming,
    redirect_uris,
)
from shared.operations.accounts import Redirect
from shared.operations.audits import Checked, Wanted
from shared.operations.keys import CreateKey
from shared.operations.linking import Owner
from shared.operations.posts import settings
from shared.ports.store import Unavailable, Write
from tests.operations import flows
from tests.support import memory_ports
from tests.support.faults import Crash, once
from tests.support.memory_ports import Rig

TEST = flows.TEST


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def told(rig: Rig, **wanted: Any) -> list[Entry]:
    return list(audits.list_(rig.ports, TEST, Wanted(limit=100, **wanted)).entries)[::-1]


def chain(rig: Rig, length: int) -> None:
    for number in range(length):
        redirect_uris.add(rig.ports, TEST, f"https://app{number}.example.com/")


def change(rig: Rig, seq: int, **fields: Any) -> None:
    rig.ports.store.commit([Write("update", entry_path(TEST.space, seq), fields)])


def remove(rig: Rig, seq: int) -> None:
    rig.ports.store.commit([Write("delete", entry_path(TEST.space, seq))])


def rewritten(rig: Rig, at: int, **fields: Any) -> None:
    """An entry changed by somebody who knows how hashes are made."""
    doc = rig.ports.store.get(entry_path(TEST.space, at))
    assert doc is not None
    entry = replace(codec.decode(Entry, doc.data), **fields)
    entry = replace(entry, hash=digest(entry))
    rig.ports.store.commit([Write("set", doc.path, codec.encode(entry))])


def test_acts_are_told_in_their_order_with_who_and_what(rig: Rig) -> None:
    key = keys.create(rig.ports, TEST, CreateKey("CI", ("posts:read",))).key
    keys.update(rig.ports, TEST, key.id, scopes=("posts:read", "posts:write"))
    keys.rotate(rig.ports, TEST, key.id)
    keys.revoke(rig.ports, TEST, key.id)
    account = flows.signed_in(rig)
    brand = brands.create(rig.ports, TEST, "Bakery")
    accounts.move(rig.ports, TEST, account.id, brand.id)
    entry = redirect_uris.add(rig.ports, TEST, "https://app.example.com/done?secret=1")
    redirect_uris.remove(rig.ports, TEST, entry.id)
    settings.change(rig.ports, TEST, "required")
    brand_deletion.delete(rig.ports, TEST, brand.id)
    assert [(one.act, one.actor, one.resource_id, dict(one.details)) for one in told(rig)] == [
        ("key.created", "key_1", key.id, {"mode": "test", "scopes": "posts:read"}),
        ("key.updated", "key_1", key.id, {"changed": "scopes", "scopes": "posts:read,posts:write"}),
        ("key.rotated", "key_1", key.id, {}),
        ("key.revoked", "key_1", key.id, {}),
        ("account.connected", "key_1", account.id, {"platform": "bluesky", "brand_id": "default"}),
        ("account.moved", "key_1", account.id, {"brand_id": brand.id, "came_from": "default"}),
        ("redirect_uri.added", "key_1", entry.id, {"host": "app.example.com"}),
        ("redirect_uri.removed", "key_1", entry.id, {}),
        ("settings.changed", "key_1", "posts", {"approval": "required"}),
        ("brand.deleted", "key_1", brand.id, {}),
        ("account.disconnected", "key_1", account.id, {"platform": "bluesky"}),
    ]
    assert audits.verify(rig.ports, TEST).fault is None


def test_no_secret_and_no_name_that_somebody_chose_is_in_it(rig: Rig) -> None:
    new = keys.create(rig.ports, TEST, CreateKey("Name of a person"))
    flows.signed_in(rig)
    text = json.dumps([asdict(one) for one in told(rig)], default=str)
    for secret in (new.raw, new.raw[13:], "Name of a person", "alice", "app-password"):
        assert secret not in text


ACTS: dict[str, Callable[[Rig], object]] = {
    "key.created": lambda rig: keys.create(rig.ports, TEST, CreateKey("CI")),
    "redirect_uri.added": lambda rig: redirect_uris.add(rig.ports, TEST, "https://app.example.com/"),
    "settings.changed": lambda rig: settings.change(rig.ports, TEST, "required"),
    "account.connected": flows.signed_in,
}
MADE = {
    "key.created": "api_keys/",
    "redirect_uri.added": "/redirect_uris/",
    "settings.changed": "/settings/",
    "account.connected": "/accounts/",
}


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("act", ACTS)
def test_whatever_fails_an_act_and_its_entry_are_both_there_or_neither(act: str, phase: Any) -> None:
    for wanted in range(60):
        rig = memory_ports.rig()
        rig.faults.hook = once(wanted, phase, Unavailable if wanted % 2 else Crash)
        with suppress(Unavailable, RostrumError, Crash):
            ACTS[act](rig)
        calls, rig.faults.hook = len(rig.faults.calls), None
        there = any(MADE[act] in path for path, _ in rig.store.everything())
        assert [one.act for one in told(rig)] == [act] * there, f"call {wanted} {phase}"
        assert audits.verify(rig.ports, TEST).fault is None
        if wanted > calls:
            return
    pytest.fail("the act has more calls than were tried")


TAMPERED: dict[str, tuple[Callable[[Rig], object], int, str]] = {
    "other details": (lambda rig: change(rig, 3, details={"host": "other.example.com"}), 3, "altered"),
    "another actor": (lambda rig: change(rig, 1, actor="key_2"), 1, "altered"),
    "another time": (lambda rig: change(rig, 5, created_at=rig.clock.now()), 5, "altered"),
    "another hash": (lambda rig: change(rig, 4, hash="0" * 64), 4, "altered"),
    "one made anew": (lambda rig: rewritten(rig, 2, actor="key_2"), 3, "unlinked"),
    "one put elsewhere": (lambda rig: rewritten(rig, 2, seq=3), 2, "altered"),
    "the last made anew": (lambda rig: rewritten(rig, 6, actor="key_2"), 6, "head"),
    "one removed": (lambda rig: remove(rig, 4), 4, "missing"),
    "the last removed": (lambda rig: remove(rig, 6), 6, "missing"),
    "the first removed": (lambda rig: remove(rig, 1), 1, "missing"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_changed_behind_its_back_is_found_where_it_is(rig: Rig, how: str) -> None:
    chain(rig, 6)
    rig.clock.advance(1)
    tamper, seq, fault = TAMPERED[how]
    tamper(rig)
    found = audits.verify(rig.ports, TEST)
    assert (found.broken, found.fault) == (seq, fault)


def test_a_whole_new_chain_shows_only_to_who_has_noted_a_head(rig: Rig) -> None:
    """What a chain of hashes proves, and what it does not."""
    chain(rig, 4)
    noted, prev = audits.head(rig.ports, TEST), "0" * 64
    for seq in range(1, 5):
        rewritten(rig, seq, actor="key_2", prev=prev)
        doc = rig.ports.store.get(entry_path(TEST.space, seq))
        prev = doc.data["hash"] if doc else ""
    rig.ports.store.commit([Write("update", head_path(TEST.space), {"hash": prev})])
    found = audits.verify(rig.ports, TEST)
    assert found.fault is None
    assert (found.last, found.hash) == (noted.seq, prev)
    assert found.hash != noted.hash


def test_a_check_goes_on_where_the_last_one_ended(rig: Rig) -> None:
    chain(rig, 10)
    seen: list[Checked] = []
    start: int | None = 1
    while start is not None:
        seen.append(audits.verify(rig.ports, TEST, start, 4))
        start = seen[-1].next
    assert [(one.first, one.last, one.fault) for one in seen] == [(1, 4, None), (5, 8, None), (9, 10, None)]
    assert seen[-1].hash == audits.head(rig.ports, TEST).hash
    change(rig, 9, actor="key_2")
    assert audits.verify(rig.ports, TEST, 1, 4).fault is None
    assert audits.verify(rig.ports, TEST, 5, 10).broken == 9
    with pytest.raises(Invalid, match="10 entries"):
        audits.verify(rig.ports, TEST, 11)


def test_an_empty_chain_is_intact(rig: Rig) -> None:
    found = audits.verify(rig.ports, TEST)
    assert (found.fault, found.last, found.head.seq, found.hash) == (None, 0, 0, "0" * 64)


def test_many_at_once_make_one_chain_without_a_gap(rig: Rig) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: keys.create(rig.ports, TEST, CreateKey(f"k{number}")).key.id, range(40)))
    assert [one.seq for one in told(rig)] == list(range(1, 41))
    assert {one.resource_id for one in told(rig)} == set(made)
    assert audits.verify(rig.ports, TEST).fault is None


def test_pages_and_filters_find_what_they_say(rig: Rig) -> None:
    chain(rig, 5)
    other = replace(TEST, key_id="key_9")
    rig.clock.advance(60)
    at = rig.clock.now().isoformat()
    keys.create(rig.ports, other, CreateKey("CI"))
    redirect_uris.add(rig.ports, other, "https://other.example.com/")
    assert [one.seq for one in told(rig, actor="key_9")] == [6, 7]
    assert [one.seq for one in told(rig, act="redirect_uri.added", actor="key_9")] == [7]
    assert [one.seq for one in told(rig, since=at)] == [6, 7]
    assert [one.seq for one in told(rig, act="redirect_uri.added", until=at)][:5] == [1, 2, 3, 4, 5]
    first = audits.list_(rig.ports, TEST, Wanted(limit=4))
    rest = audits.list_(rig.ports, TEST, Wanted(limit=4, cursor=first.next_cursor))
    assert [one.seq for one in (*first.entries, *rest.entries)] == [7, 6, 5, 4, 3, 2, 1]
    assert rest.next_cursor is None
    with pytest.raises(Invalid, match=r"key\.created"):
        told(rig, act="key.made")


def test_only_full_access_sees_it_and_every_workspace_and_mode_has_its_own(rig: Rig) -> None:
    chain(rig, 2)
    assert audits.head(rig.ports, flows.LIVE).seq == 0
    assert audits.head(rig.ports, flows.OTHER).seq == 0
    for caller in (replace(TEST, scopes=("analytics:read",)), replace(TEST, brand_ids=("default",))):
        for act in (audits.head, audits.verify, lambda p, c: audits.list_(p, c, Wanted())):
            with pytest.raises(Forbidden):
                act(rig.ports, caller)


def test_two_connections_of_one_account_are_two_acts(rig: Rig) -> None:
    first, again = flows.signed_in(rig), flows.signed_in(rig)
    assert first.id == again.id
    assert [one.act for one in told(rig)] == ["account.connected", "account.connected"]


def test_who_connected_an_account_is_told_however_many_pages_lay_between(rig: Rig) -> None:
    """By credentials, by the network's page, by choosing among what it gave. Who was invited has no name, but an invite."""
    flows.redirected(rig, "twitter")
    found = tuple(Connected(f"page_{number}", "p", "P", Tokens(f"token{number}")) for number in range(2))
    choice = choosing.offer(rig.ports, Owner(TEST.space, TEST.sandbox, actor="usr_1"), "facebook", found)
    choosing.select(rig.ports, TEST, choice.id, ["page_1"], "page_ids")
    link = invites.create(rig.ports, TEST, brands.create(rig.ports, TEST, "Acme").id, "threads", 7)
    begun = redeeming.open_(rig.ports, link.token)
    assert isinstance(begun, Redirect)
    accounts.callback(rig.ports, "threads", flows.consent(rig, begun))
    acts = [one for one in told(rig) if one.act == "account.connected"]
    assert [(one.actor, "invite" in one.details) for one in acts] == [("key_1", False), ("usr_1", False), ("", True)]
    logged = [
        one for path, one in rig.store.everything() if "/events/" in path and one["action"] == "account.connected"
    ]
    assert sorted(one["actor"] for one in logged) == ["", "key_1", "usr_1"]
