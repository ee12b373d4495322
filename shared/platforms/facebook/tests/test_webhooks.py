"""Deliveries: the handshake, the signature, every documented payload in our words, and the simulator's own pushes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.platforms._graph.simulated import SECRET
from shared.platforms.contract import Fate, Refused
from shared.platforms.facebook import publish, simulator, webhooks
from shared.platforms.facebook.tests import world as stages

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASES = sorted(path.name.split(".")[1] for path in FIXTURES.glob("webhook.*.facebook.json"))


@pytest.fixture
def stage() -> stages.Stage:
    """A Page whose events are delivered."""
    stage = stages.stage()
    webhooks.subscribe(stage.call, "https://example.test/hook", "secret")
    return stage


def told(body: bytes) -> list[dict[str, Any]]:
    events = [asdict(event) | {"at": event.at.isoformat()} for event in webhooks.parse({}, body)]
    return [{name: value for name, value in event.items() if name != "raw"} for event in events]


@pytest.mark.parametrize("case", CASES)
def test_a_documented_payload_in_our_words(case: str) -> None:
    """Kind, account, time, and what it is about; twice the same id."""
    body = (FIXTURES / f"webhook.{case}.facebook.json").read_bytes()
    assert told(body) == json.loads((FIXTURES / f"webhook.{case}.canonical.json").read_text())
    assert [event["id"] for event in told(body)] == [event["id"] for event in told(body)]
    assert all(event.raw for event in webhooks.parse({}, body))


@pytest.mark.parametrize(
    "entry",
    [
        {"id": "1", "time": 1, "changes": [{"field": "picture", "value": {"item": "photo"}}]},
        {"id": "1", "time": 1, "changes": [{"field": "feed", "value": {"item": "event", "verb": "add"}}]},
        {"id": "1", "time": 1, "changes": [{"field": "feed", "value": "new"}]},
        {"id": "1", "time": 1, "messaging": [{"timestamp": 5, "optin": {}}]},
        {
            "id": "1",
            "time": 1,
            "changes": [{"field": "feed", "value": {"item": "status", "verb": "add", "published": 0}}],
        },
    ],
)
def test_what_we_do_not_know_is_other(entry: dict[str, Any]) -> None:
    """Never an error: it is kept, raw."""
    (event,) = webhooks.parse({}, json.dumps({"object": "page", "entry": [entry]}).encode())
    assert event.kind == "other"


@pytest.mark.parametrize(
    "entry",
    [{"id": "1", "messaging": [5]}, {"id": "1", "messaging": [{}]}, {"id": "1", "changes": [{"field": "feed"}]}],
)
def test_what_makes_no_sense_is_refused(entry: dict[str, Any]) -> None:
    """ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r".+"):
        webhooks.parse({}, json.dumps({"object": "page", "entry": [entry]}).encode())


HOSTILE: tuple[Any, ...] = (None, True, 5, -1, 10**30, "", "x" * 5000, [], [5], {}, {"id": []}, [[[]]], "\ud800", 1e308)


def mutants(value: Any) -> Iterator[Any]:
    """The value with each of its parts put in turn by something of another type."""
    yield from HOSTILE
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: mutant} for mutant in mutants(part))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from ([*value[:number], mutant, *value[number + 1 :]] for mutant in mutants(part))


@pytest.mark.parametrize("case", CASES)
def test_no_bytes_break_the_reader(case: str) -> None:
    """Each part of each payload of a wrong type: events with short ids and plain data, or ValueError."""
    body = json.loads((FIXTURES / f"webhook.{case}.facebook.json").read_text())
    for mutant in mutants(body):
        try:
            events = webhooks.parse({}, json.dumps(mutant).encode())
        except ValueError:
            continue
        for event in events:
            assert len(event.id) < 1000
            assert len(event.platform_account_id) < 100
            assert all(isinstance(value, str | int | float | bool) for value in event.data.values())


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b'{"object":"page","entry":' + b"[" * 100_000, b"5"])
def test_what_is_no_delivery_is_refused(body: bytes) -> None:
    """ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r".+"):
        webhooks.parse({}, body)


def test_a_post_of_nobody_known_is_not_ours() -> None:
    """Facebook keeps back who visitors are: only the Page's own id makes it the Page's post."""
    value = {"item": "status", "verb": "add", "post_id": "1_2", "created_time": 5}
    for by, kind in (({}, "other"), ({"from": {"id": "1"}}, "post.published"), ({"from": {"id": "3"}}, "other")):
        entry = {"id": "1", "time": 5, "changes": [{"field": "feed", "value": {**value, **by}}]}
        (event,) = webhooks.parse({}, json.dumps({"object": "page", "entry": [entry]}).encode())
        assert event.kind == kind


def test_two_edits_are_two_events() -> None:
    """Both carry the comment's own time; the delivery's tells them apart."""
    value = {"item": "comment", "verb": "edited", "comment_id": "1_2", "created_time": 5, "from": {"id": "3"}}
    entries = [{"id": "1", "time": time, "changes": [{"field": "feed", "value": value}]} for time in (10, 20)]
    events = webhooks.parse({}, json.dumps({"object": "page", "entry": entries}).encode())
    assert [event.kind for event in events] == ["comment.updated"] * 2
    assert events[0].id != events[1].id


def test_the_simulator_tells_what_happens(stage: stages.Stage) -> None:
    """A post, the Page's comment, and visits; signed, and read back as what they were."""
    post = stage.published(stages.pieces()["text"])
    stage.committed(stages.comment_on(post), {})
    stage.world.pass_time(60)
    who = stage.page
    simulator.visit(stage.world, who, "comment", "Nice", on=post.id)
    simulator.visit(stage.world, who, "like", on=post.id)
    simulator.visit(stage.world, who, "message", "Are you open?")
    simulator.visit(stage.world, who, "mention", "With Rostrum today")
    simulator.visit(stage.world, who, "review", "No, never again")
    publish.delete(stage.call, post)
    sent = simulator.pushes(stage.world)
    assert all(webhooks.verify(push.headers, push.body, SECRET, NOW) for push in sent)
    assert not any(webhooks.verify(push.headers, push.body[:-1] + b" ", SECRET, NOW) for push in sent)
    events = [event for push in sent for event in webhooks.parse(push.headers, push.body)]
    assert [event.kind for event in events] == [
        "post.published",
        "comment.created",
        "comment.created",
        "reaction.created",
        "message.received",
        "mention.created",
        "review.created",
        "post.deleted",
    ]
    assert {event.platform_account_id for event in events} == {who}
    assert events[0].data["post_id"] == post.id
    assert [event.data.get("own") for event in events[1:3]] == [True, False]
    assert events[6].data["recommends"] is False
    assert len({event.id for event in events}) == len(events) == len({push.id for push in sent})


def test_who_is_not_subscribed_hears_nothing(stage: stages.Stage) -> None:
    """Unsubscribing twice is fine."""
    webhooks.unsubscribe(stage.call)
    webhooks.unsubscribe(stage.call)
    stage.published(stages.pieces()["text"])
    assert not simulator.pushes(stage.world)


def test_subscribing_needs_its_permission() -> None:
    """pages_manage_metadata."""
    stage = stages.stage()
    for (kind, id_), value in list(stage.world.values.items()):
        if kind == "token":
            stage.world.put(kind, id_, {**value, "scopes": []})
    with pytest.raises(Refused) as refused:
        webhooks.subscribe(stage.call, "", "")
    assert refused.value.fate is Fate.REJECTED


def test_a_field_without_its_permission_is_not_asked_for(stage: stages.Stage) -> None:
    """One of them would have the whole subscription refused."""
    scopes = tuple(name for name in stage.account.tokens.scopes if name not in {"leads_retrieval", "pages_messaging"})
    for (kind, id_), value in list(stage.world.values.items()):
        if kind == "token":
            stage.world.put(kind, id_, {**value, "scopes": list(scopes)})
    less = replace(stage, account=replace(stage.account, tokens=replace(stage.account.tokens, scopes=scopes)))
    assert webhooks.subscribe(less.call, "", "").state["fields"] == ["feed", "mention", "ratings"]
    with pytest.raises(Refused) as refused:
        webhooks.subscribe(stage.call, "", "")  # as if they had been granted
    assert "permissions is needed" in refused.value.platform_message


def test_the_handshake() -> None:
    """The challenge comes back for our verify token only."""
    query = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "ours"}
    reply = webhooks.challenge(query, "secret", "ours")
    assert reply is not None
    assert reply.body == "42"
    assert webhooks.challenge(query, "secret", "theirs") is None
