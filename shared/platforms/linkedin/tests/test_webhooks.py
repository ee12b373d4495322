"""Notifications of pages: the handshake, the signature, what deliveries say, and the subscription."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.domain.errors import Unsupported
from shared.platforms.contract import App
from shared.platforms.linkedin import simulator, webhooks
from shared.platforms.linkedin.tests.person import PAGES, Person
from tests.support.simulated import START, call_for

FIXTURES = Path(__file__).parents[1] / "fixtures"
HOOK = "https://rostrum.example/webhooks/linkedin"
SECRET = "sandbox-secret"


def pushed(person: Person) -> list[Any]:
    """The deliveries so far, as our endpoint meets them."""
    return [({k.lower(): v for k, v in one.headers.items()}, one.body) for one in simulator.pushes(person.world)]


def subscribed() -> Person:
    person = Person(PAGES, page=True)
    person.http.world = person.world
    webhooks.subscribe(with_number(person), HOOK, SECRET)
    return person


def with_number(person: Person) -> Any:
    return call_for(person.http, person.account, App("client", SECRET, "4711"))


def test_the_challenge_is_answered_with_its_hmac() -> None:
    """As JSON, in hex."""
    reply = webhooks.challenge({"challengeCode": "890e4665-4dfe-4ab1-b689-ed553bceeed0"}, "secret", "")
    assert reply
    body = json.loads(reply.body)
    expected = hmac.new(b"secret", b"890e4665-4dfe-4ab1-b689-ed553bceeed0", hashlib.sha256).hexdigest()
    assert (body["challengeResponse"], reply.content_type) == (expected, "application/json")
    assert webhooks.challenge({}, "secret", "") is None


def test_what_linkedin_signed_is_told_from_what_it_did_not() -> None:
    """One byte of the body, of the signature or of the secret decides."""
    person = subscribed()
    post = person.publish("A post of the page")
    simulator.visit(person.world, person.urn, "comment", on=post.id, text="Well done")
    (headers, body), *_ = pushed(person)
    assert webhooks.verify(headers, body, SECRET, START)
    assert not webhooks.verify(headers, body + b" ", SECRET, START)
    assert not webhooks.verify(headers, body, "another", START)
    assert not webhooks.verify({}, body, SECRET, START)


def test_what_happens_is_told() -> None:
    """Comments, likes and mentions of others; the page's own comment is marked as such."""
    person = subscribed()
    post = person.publish("A post of the page")
    comment = simulator.visit(person.world, person.urn, "comment", on=post.id, text="Well done")
    simulator.visit(person.world, person.urn, "like", on=post.id)
    simulator.visit(person.world, person.urn, "mention", text="Look at Fern & Moss")
    events = [event for _, body in pushed(person) for event in webhooks.parse({}, body)]
    assert [event.kind for event in events] == ["comment.created", "reaction.created", "mention.created"]
    assert {event.platform_account_id for event in events} == {person.urn}
    assert len({event.id for event in events}) == 3
    first = events[0].data
    assert (first["comment_id"], first["text"], first["own"]) == (comment, "Well done", False)
    assert first["post_id"] == post.id


def test_a_delivery_as_it_was_seen_is_read() -> None:
    """A comment of a member on a page's post."""
    (event,) = webhooks.parse({}, (FIXTURES / "notification_comment.json").read_bytes())
    assert (event.kind, event.id) == ("comment.created", "5603453321")
    assert event.data["comment_id"] == "urn:li:comment:(urn:li:activity:7094637247890620418,7094977717598625792)"
    assert event.data["post_id"] == "urn:li:share:7094637247487995904"
    assert event.at.isoformat() == "2023-08-09T09:48:26.310000+00:00"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b'{"notifications": [5]}', b'{"type": "x", "notifications": null}']
)
def test_what_makes_no_sense_is_refused(body: bytes) -> None:
    """ValueError, whatever it is."""
    with pytest.raises(ValueError, match=r".+"):
        webhooks.parse({}, body)


def test_a_subscription_ends_and_can_be_given_back() -> None:
    """LinkedIn says until when; twice unsubscribed is fine."""
    person = Person(PAGES, page=True)
    call = with_number(person)
    assert webhooks.subscribe(call, HOOK, SECRET).renew_at
    assert webhooks.subscribe(call, HOOK, SECRET).renew_at
    webhooks.unsubscribe(call)
    webhooks.unsubscribe(call)
    post = person.publish("A post of the page")
    simulator.visit(person.world, person.urn, "comment", on=post.id, text="Anybody there?")
    assert not pushed(person)


def test_members_have_none_and_the_number_is_needed() -> None:
    """Both are said in words that help."""
    with pytest.raises(Unsupported, match="pages"):
        webhooks.subscribe(with_number(Person()), HOOK, SECRET)
    with pytest.raises(Unsupported, match="LINKEDIN_APP_CONFIG"):
        webhooks.subscribe(Person(PAGES, page=True).call, HOOK, SECRET)


ODD: list[Any] = [None, 0, -1, True, 1e400, "", "x" * 5000, "\ud800", [], {}, ["x"], {"x": {"y": []}}, [{"id": []}]]


def bent(value: Any) -> Iterator[Any]:
    """The delivery with each of its parts exchanged for something odd, one at a time."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ({**value, key: other} for other in (*ODD, *bent(part)))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], other, *value[place + 1 :]] for other in (*ODD, *bent(part)))


@pytest.mark.parametrize("action", ["COMMENT", "SHARE_MENTION", "LIKE"])
def test_an_odd_delivery_is_refused_as_such_or_read(action: str) -> None:
    """A signed one may still be of any form: ValueError, or events that a store takes."""
    delivery = json.loads((FIXTURES / "notification_comment.json").read_bytes())
    for one in delivery["notifications"]:
        one["action"] = action
    for odd in bent(delivery):
        try:
            events = webhooks.parse({}, json.dumps(odd).encode())
        except ValueError:
            continue
        for event in events:
            json.dumps([event.id, event.platform_account_id, event.data], ensure_ascii=False).encode()
            assert len(event.id) <= 300


def test_nothing_is_signed_with_no_secret() -> None:
    """An app without one takes no deliveries, and answers no challenge."""
    body = b'{"notifications": []}'
    forged = hmac.new(b"", b"hmacsha256=" + body, hashlib.sha256).hexdigest()
    assert not webhooks.verify({"x-li-signature": forged}, body, "", START)
    assert webhooks.challenge({"challengeCode": "x"}, "", "") is None
    assert not webhooks.verify({"x-li-signature": "\ud800"}, body, SECRET, START)
