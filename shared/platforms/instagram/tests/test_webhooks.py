"""Deliveries: the handshake, the signature, and what the simulator sends (what they say: ``test_mapping``)."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from shared.domain.content import Act, Kind
from shared.platforms._graph.webhooks import signature
from shared.platforms.contract import Refused
from shared.platforms.instagram import inbox, simulator, webhooks
from shared.platforms.instagram.tests import world as stages
from tests.support import odd
from tests.support.simulated import START

FIXTURES = Path(__file__).parents[1] / "fixtures"


def _delivery(name: str) -> bytes:
    return (FIXTURES / f"webhook.{name}.instagram.json").read_bytes()


def test_no_two_deliveries_have_one_id() -> None:
    """What is told of one message: received, read, a reaction, its end."""
    names = ("comment", "mention", "message", "reaction", "unreaction", "read", "postback", "story_insights")
    assert len({webhooks.parse({}, _delivery(name))[0].id for name in names}) == len(names)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"nonsense", b'{"object": "page", "entry": []}', b'{"object": "instagram", "entry": [{}]}']
)
def test_what_makes_no_sense_is_a_value_error(body: bytes) -> None:
    """And nothing else."""
    with pytest.raises(ValueError):
        webhooks.parse({}, body)


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("webhook.*.instagram.json")), ids=lambda path: path.name)
def test_whatever_is_odd_in_a_delivery_is_read_or_refused(path: Path) -> None:
    """Each of its fields in turn is of a type that nobody expects: events or ValueError, nothing else."""
    for body in odd.bodies(json.loads(path.read_bytes())):
        with suppress(ValueError):
            assert all(event.id and odd.is_flat(event.data) for event in webhooks.parse({}, body))


def test_only_signed_bytes_are_believed() -> None:
    """With the Instagram app's secret, to the byte."""
    body = _delivery("comment")
    headers = {"x-hub-signature-256": signature(body, "secret")}
    assert webhooks.verify(headers, body, "secret", START)
    assert not webhooks.verify(headers, body + b" ", "secret", START)
    assert not webhooks.verify(headers, body, "other", START)
    query = {"hub.mode": "subscribe", "hub.challenge": "11", "hub.verify_token": "ours"}
    reply = webhooks.challenge(query, "secret", "ours")
    assert reply is not None
    assert reply.body == "11"
    assert webhooks.challenge(query, "secret", "theirs") is None


def test_a_subscribed_account_hears_and_no_other() -> None:
    """A comment of somebody's and one of its own, a letter and the answer to it; nothing once it is switched off."""
    stage = stages.stage()
    who = stage.account.platform_account_id
    published = stage.published(stages.pieces()[Kind.IMAGE])
    simulator.visit(stage.world, who, "comment", "Unheard", published.id)
    assert simulator.pushes(stage.world) == ()
    webhooks.subscribe(stage.call, "https://example.test", "secret")
    webhooks.subscribe(stage.call, "https://example.test", "secret")
    simulator.visit(stage.world, who, "comment", "Where is this?", published.id)
    stage.done(Act("comment.create", published.id, "In Bergen"))
    simulator.visit(stage.world, who, "message", "Hello?")
    talk = inbox.conversations(stage.call, "").items[0]
    stage.done(Act("message.send", talk.id, "Hello!", handles=talk.handles))
    pushes = simulator.pushes(stage.world)
    assert all(webhooks.verify(push.headers, push.body, "sandbox-secret", START) for push in pushes)
    events = [event for push in pushes for event in webhooks.parse(push.headers, push.body)]
    told = [(event.kind, event.data["own"]) for event in events]
    assert told == [
        ("comment.created", False),
        ("comment.created", True),
        ("message.received", False),
        ("message.sent", True),
    ]
    assert {event.platform_account_id for event in events} == {who}
    webhooks.unsubscribe(stage.call)
    webhooks.unsubscribe(stage.call)
    simulator.visit(stage.world, who, "message", "Anybody?")
    assert len(simulator.pushes(stage.world)) == 4


def test_an_account_is_subscribed_to_what_its_permissions_allow() -> None:
    """One field too many, and Instagram refuses them all: who connected without messages hears of comments nevertheless."""
    stage = stages.stage()
    tokens = replace(stage.account.tokens, scopes=("instagram_business_basic", "instagram_business_manage_comments"))
    made = webhooks.subscribe(
        replace(stage, account=replace(stage.account, tokens=tokens)).call, "https://example.test", "secret"
    )
    assert made.state == {"fields": ["comments", "live_comments"]}
    (sent,) = stage.http.sent
    assert isinstance(sent.body, bytes)
    assert parse_qs(sent.body.decode()) == {"subscribed_fields": ["comments,live_comments"]}
    stage.http.sent.clear()
    nothing = replace(tokens, scopes=("instagram_business_basic",))
    with pytest.raises(Refused) as refused:
        webhooks.subscribe(
            replace(stage, account=replace(stage.account, tokens=nothing)).call, "https://example.test", "secret"
        )
    assert (refused.value.row.code, stage.http.sent) == ("permission_denied", [])


def test_the_simulator_refuses_fields_that_this_login_does_not_have(monkeypatch: pytest.MonkeyPatch) -> None:
    """``story_insights`` are Facebook Login's."""
    stage = stages.stage()
    monkeypatch.setattr(webhooks, "FIELDS", {"comments": "", "story_insights": ""})
    with pytest.raises(Refused):
        webhooks.subscribe(stage.call, "https://example.test", "secret")
