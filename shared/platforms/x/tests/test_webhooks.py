"""X's webhooks: the challenge, signatures, X's own sample payloads, and subscribing."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.platforms.contract import Refused
from shared.platforms.x import simulator, webhooks
from shared.platforms.x.tests.fixtures import pairs
from shared.platforms.x.tests.person import Person
from tests.support import odd
from tests.support.simulated import START

SECRET = "sandbox-secret"
CASES = pairs("hook_")
DATED = {"date": "Sun, 22 Nov 2026 12:00:00 GMT"}


@pytest.mark.parametrize(("theirs", "ours"), [(t, o) for _, t, o in CASES], ids=[name for name, _, _ in CASES])
def test_an_event_becomes_this(theirs: dict[str, Any], ours: list[dict[str, Any]]) -> None:
    """Each sample of X's documentation, field by field."""
    found = webhooks.parse(DATED, json.dumps(theirs).encode())
    shown = [
        {
            "kind": event.kind,
            "id": event.id,
            "platform_account_id": event.platform_account_id,
            "at": event.at.isoformat(),
            "data": dict(event.data),
        }
        for event in found
    ]
    assert shown == ours
    assert all(event.raw == theirs["data"] for event in found)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data": 5}', b'{"data": [{}]}', b"<html>", b"[" * 200_000])
def test_what_makes_no_sense_is_refused(body: bytes) -> None:
    """By ValueError, whatever it is."""
    with pytest.raises(ValueError):
        webhooks.parse({}, body)


@pytest.mark.parametrize("theirs", [t for _, t, _ in CASES], ids=[name for name, _, _ in CASES])
def test_whatever_is_odd_in_a_delivery_is_read_or_refused(theirs: dict[str, Any]) -> None:
    """Each of its fields in turn is of a type that nobody expects: events or ValueError, nothing else."""
    for body in odd.bodies(theirs):
        with suppress(ValueError):
            assert all(event.id and odd.is_flat(event.data) for event in webhooks.parse(DATED, body))


def test_the_challenge_is_answered_as_documented() -> None:
    """HMAC-SHA256 of the token with the consumer secret, in base64; nothing for other requests."""
    reply = webhooks.challenge({"crc_token": "challenge_string"}, "key:consumer", "")
    assert reply is not None
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert json.loads(reply.body) == {"response_token": "sha256=eVCiy88Y5uz+6uBjQU3UFAARMBRB4rhPoSudtGlt0mE="}
    assert webhooks.challenge({}, "consumer", "") is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_the_challenge_signs_no_deliveries(encoding: str) -> None:
    """X signs deliveries with the same secret in the same way: who may choose what is signed could forge them all."""
    forged = json.dumps({"data": {"event_type": "dm.received"}}).encode(encoding)
    assert webhooks.challenge({"crc_token": forged.decode()}, "consumer", "") is None
    assert webhooks.challenge({"crc_token": "challenge_string"}, "", "") is None


def test_only_what_x_signed_is_believed() -> None:
    """One byte more, another secret, no secret, no header: all are refused."""
    body = b'{"data": {"event_type": "post.create"}}'
    signed = {webhooks.SIGNATURE: webhooks.signature("consumer", body)}
    assert webhooks.verify(signed, body, "consumer", START)
    assert webhooks.verify(signed, body, "key:consumer", START)
    assert not webhooks.verify(signed, body + b" ", "consumer", START)
    assert not webhooks.verify(signed, body, "another", START)
    assert not webhooks.verify({webhooks.SIGNATURE: webhooks.signature("", body)}, body, "", START)
    assert not webhooks.verify({}, body, "consumer", START)
    assert not webhooks.verify({webhooks.SIGNATURE: "sha256=é"}, body, "consumer", START)


def test_who_shows_an_old_revocation_again_cannot_date_it_anew() -> None:
    """The header is not signed."""
    told = {"event_type": "oauth.revoke", "filter": {"user_id": "1"}, "payload": {"user_id": "1"}}
    said = json.dumps({"data": {**told, "payload": {"user_id": "1", "date_time": "2026-11-01T12:00:00Z"}}}).encode()
    (event,) = webhooks.parse(DATED, said)
    assert (event.kind, event.at) == ("account.revoked", datetime(2026, 11, 1, 12, tzinfo=UTC))
    with pytest.raises(ValueError, match="shape"):
        webhooks.parse(DATED, json.dumps({"data": told}).encode())


def test_subscribing_twice_is_one_subscription_per_event() -> None:
    """One webhook for the address, one subscription per event, and none left afterwards."""
    person = Person()
    address = "https://rostrum.example/webhooks/twitter"
    first, made = (webhooks.subscribe(person.call, address, "key:sandbox-secret") for _ in range(2))
    assert first == made
    assert made.renew_at is None
    assert len((person.world.get("x.subs", "all") or {})["subs"]) == len(webhooks.SUBSCRIBED)
    assert len((person.world.get("x.hooks", "all") or {})["hooks"]) == 1
    for _ in range(2):
        webhooks.unsubscribe(person.call, "key:sandbox-secret", made.state)
    assert (person.world.get("x.subs", "all") or {})["subs"] == []
    pairs_that_asked = 1  # the consumer's, also at the end
    assert sum(kind == "x.app" for kind, _ in person.world.values) == pairs_that_asked


def test_at_a_new_address_the_subscriptions_move_there() -> None:
    """An installation that moved would hear nothing more: those that stand are led to its new webhook, none is doubled."""
    person = Person()
    webhooks.subscribe(person.call, "https://old.example/webhooks/twitter", SECRET)
    state = webhooks.subscribe(person.call, "https://new.example/webhooks/twitter", SECRET).state
    subs = (person.world.get("x.subs", "all") or {})["subs"]
    assert {one["webhook_id"] for one in subs} == {state["webhook_id"]}
    assert len(subs) == len(webhooks.SUBSCRIBED)


def test_an_address_that_x_does_not_take_is_refused() -> None:
    """No port, no plain http."""
    person = Person()
    with pytest.raises(Refused) as refused:
        webhooks.subscribe(person.call, "https://rostrum.example:8443/webhooks/twitter", SECRET)
    assert refused.value.row.code == "invalid_request"


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("reply", "comment.created"),
        ("mention", "mention.created"),
        ("message", "message.received"),
        ("follow", "follow.created"),
    ],
)
def test_what_others_do_is_delivered_signed(what: str, kind: str) -> None:
    """Somebody does it; the delivery passes verify and says what and to whom."""
    person = Person()
    me = person.connected.platform_account_id
    webhooks.subscribe(person.call, "https://rostrum.example/webhooks/twitter", SECRET)
    made = simulator.visit(person.world, me, what, "Well done", on="1460323737035677698")
    (push,) = simulator.pushes(person.world)
    assert webhooks.verify(push.headers, push.body, SECRET, person.world.now)
    (event,) = webhooks.parse(push.headers, push.body)
    assert (event.kind, event.platform_account_id) == (kind, me)
    if what != "follow":
        assert made in {event.data.get(name) for name in ("comment_id", "post_id", "message_id")}
        assert "Well done" in str(event.data["text"])
