"""One thing, told by a push and answered to a question, has one id on every network: nothing is filed or listed twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import KINDS, Item, Kind
from shared.operations import accounts, choosing, chores, recording, sandboxing
from shared.operations.engaging import reading
from shared.operations.inbox import filing, reports, sources
from shared.operations.inbox.reports import Thing
from shared.operations.ingesting import processing
from shared.platforms import registry
from shared.platforms.contract_inbox import Comment
from shared.ports.store import Query
from tests.api.client import PHOTO, Api
from tests.operations import flows

CASES = [
    (platform, kind)
    for platform in registry.all_names()
    for kind in KINDS
    if sources.pushes(platform, kind)
    and sources.answers(platform, kind)
    and kind in getattr(registry.simulator(platform), "HAPPENINGS", ())
]


def test_networks_are_held_against_themselves() -> None:
    """What can be told in two ways, and made to happen."""
    assert {platform for platform, kind in CASES if kind == "comment"} >= {
        "facebook",
        "instagram",
        "threads",
        "twitter",
    }
    assert ("linkedin", "comment") in CASES
    assert {kind for _, kind in CASES} == set(KINDS)


@pytest.mark.parametrize(("platform", "kind"), CASES)
def test_pushed_and_answered_is_the_same_thing(call: Api, platform: str, kind: Kind) -> None:
    """By its id, where it stands and who said it; filed by the push, it is no news to who asks."""
    who = connected(call, platform)
    if kind == "comment":
        media = [{"source_type": "url", "source": PHOTO}] if platform == "instagram" else []
        call.post("Ask me", (platform,), publish_now=True, **({"media": media} if media else {}))
        call.settle()
    chores.hand_out(call.rig.ports, "subscribe")
    call.settle(60)
    told = {"account_id": who.id, "type": kind, "text": "Is it true?"}
    made = call("POST", "/v1/sandbox/events", told)
    assert made.status == 201, made.json
    arrive(call)
    (item,) = [one for one in items(call) if one.kind == kind and "Is it true?" in one.text]
    (thing,) = [one for one in answered(call, who, kind) if one.id == item.network_id]
    said = reports.read(kind, thing).fields
    for name in ("post_id", "parent_id", "text", "own", "stars", "recommends"):
        assert getattr(item, name) == said.get(name, getattr(item, name)), name
    assert said["author"].id in (item.author.id, "")
    assert not filing.polled(call.rig.ports, who, kind, thing)
    if kind == "comment":
        answered_and_echoed(call, who, item)
    if kind == "message":
        rows = call("GET", "/v1/inbox/conversations?limit=100").json["data"]
        (row,) = [one for one in rows if "Is it true?" in one["last_message"]]
        assert len({one["participant_id"] for one in rows}) == len(rows)
        said = call("GET", f"/v1/inbox/conversations/{row['id']}/messages?limit=100").json["data"]
        assert [one["platform_id"] for one in said].count(item.network_id) == 1


def answered_and_echoed(call: Api, who: Account, item: Item) -> None:
    """One's own answer, the network's echo of it and what it answers afterwards are one comment, too."""
    body = {"account_id": who.id, "comment_id": item.network_id, "text": "It is."}
    made = call("POST", f"/v1/inbox/comments/{item.our_post_id}", body)
    assert made.status == 200, made.json
    for one in list(call.rig.bus.messages):
        recording.observe(call.rig.ports, one.data, one.attributes)
    arrive(call)
    (own,) = [one for one in items(call) if one.own]
    assert own.network_id == made.json["platform_id"]
    (thing,) = [one for one in answered(call, who, "comment") if one.id == own.network_id]
    assert not filing.polled(call.rig.ports, who, "comment", thing)
    assert isinstance(thing, Comment)
    assert (own.post_id, own.parent_id) == (thing.post_id, thing.parent_id)


def connected(call: Api, platform: str) -> Account:
    """An account that its network tells of: on LinkedIn that are pages only."""
    if platform != "linkedin":
        return accounts.get(call.rig.ports, call.caller, call.connect(platform))
    query = flows.consent(call.rig, flows.begin(call.rig, platform, call.caller), sandbox_user="many")
    landing = accounts.callback(call.rig.ports, platform, query)
    offered = choosing.get(call.rig.ports, call.caller, landing.connection_id)
    page = next(one for one in offered.candidates if "organization" in one.platform_account_id)
    (who,) = choosing.select(call.rig.ports, call.caller, offered.id, [page.platform_account_id], "page_ids")
    call.accounts[platform] = who.id
    return who


def answered(call: Api, who: Account, kind: Kind) -> Iterator[Thing]:
    """What the network says to who asks: its first pages."""
    ports, caller = call.rig.ports, call.caller
    if kind == "comment":
        (post,) = call("GET", "/v1/inbox/comments").json["data"]
        yield from reading.comments(ports, caller, who.id, post["platform_id"]).items
    elif kind == "mention":
        yield from reading.mentions(ports, caller, who.id).items
    elif kind == "review":
        yield from reading.reviews(ports, caller, who.id).items
    else:
        for talk in reading.conversations(ports, caller, who.id).items:
            yield from reading.messages(ports, caller, who.id, talk.id).items


def items(call: Api) -> list[Item]:
    found = call.rig.store.query(Query(f"workspaces/{call.workspace}.test/inbox"))
    return [codec.decode(Item, doc.data) for doc in found]


def arrive(call: Api) -> None:
    """The networks' deliveries come, and are worked off."""
    call.rig.clock.advance(5)
    sandboxing.hand_over(call.rig.ports, {})
    topics: list[Any] = [one for one in call.rig.bus.messages if one.topic == "webhooks"]
    for one in topics:
        processing.process(call.rig.ports, one.data, one.attributes)
