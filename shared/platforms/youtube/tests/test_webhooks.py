"""The hub's handshake and signature, and what its feeds say."""

from __future__ import annotations

import hmac
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.domain.content import Kind
from shared.platforms.youtube import publish, simulator, webhooks
from shared.platforms.youtube.tests.person import Person, film
from tests.support import simulated
from tests.support.simulated import START

SECRET = "the-hub-secret"
CALLBACK = "https://rostrum.example/webhooks/youtube"
FIXTURES = Path(__file__).parents[1] / "fixtures"


def _asked(person: Person) -> dict[str, str]:
    """The query that the hub asks back with: the callback's own, and its questions."""
    form = dict(parse_qsl(bytes(person.http.sent[-1].body or b"").decode()))  # type: ignore[arg-type]
    query = dict(parse_qsl(urlsplit(form["hub.callback"]).query))
    return {**query, "hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "c-1"}


def test_the_hub_is_told_yes_to_what_we_asked_for() -> None:
    """Its challenge comes back as it is."""
    person = Person()
    subscription = webhooks.subscribe(person.call, CALLBACK, SECRET)
    reply = webhooks.challenge(_asked(person), SECRET, "")
    assert reply is not None
    assert (reply.status, reply.body) == (200, "c-1")
    assert subscription.renew_at is not None
    assert (subscription.renew_at - START).days == 8


@pytest.mark.parametrize(
    "change",
    [
        {"websub": "0" * 40},
        {"websub": ""},
        {"hub.topic": webhooks.TOPIC + "UCsomebodyelse"},
        {"hub.topic": "https://evil.example/feed"},
        {"hub.mode": "denied"},
        {"hub.challenge": ""},
    ],
)
def test_what_we_did_not_ask_for_is_none_of_ours(change: dict[str, str]) -> None:
    """Nobody else can subscribe us, nor unsubscribe."""
    person = Person()
    webhooks.subscribe(person.call, CALLBACK, SECRET)
    assert webhooks.challenge({**_asked(person), **change}, SECRET, "") is None


def test_unsubscribing_names_the_same_callback() -> None:
    """Where it is known; else the lease ends by itself, and nothing is asked."""
    person = Person()
    subscription = webhooks.subscribe(person.call, CALLBACK, SECRET)
    before = len(person.http.sent)
    webhooks.unsubscribe(person.call)
    assert len(person.http.sent) == before
    webhooks.unsubscribe(person.call, SECRET, subscription.state)
    asked = _asked(person)
    assert asked["hub.mode"] == "unsubscribe"
    assert webhooks.challenge(asked, SECRET, "") is not None


def test_pushes_are_signed() -> None:
    """The right secret and the very bytes; nothing else."""
    person = Person()
    person.post(simulated.piece(Kind.VIDEO, "A film", (film(),), options={"title": "A & B"}))
    push = simulator.pushes(person.world)[-1]
    now = person.world.now
    assert webhooks.verify(push.headers, push.body, "sandbox-secret", now)
    assert not webhooks.verify(push.headers, push.body + b" ", "sandbox-secret", now)
    assert not webhooks.verify(push.headers, push.body, "other", now)
    assert not webhooks.verify({}, push.body, "sandbox-secret", now)
    assert not webhooks.verify({"x-hub-signature": "sha1="}, push.body, "", now)
    md5 = hmac.new(b"sandbox-secret", push.body, "md5").hexdigest()
    assert not webhooks.verify({"x-hub-signature": f"md5={md5}"}, push.body, "sandbox-secret", now)


def test_a_new_video_an_update_and_a_deletion_are_told() -> None:
    """Each under an id of its own, the same at every delivery."""
    person = Person()
    made, _ = person.post(simulated.piece(Kind.VIDEO, "A film", (film(),), options={"title": "A & B"}))
    publish.delete(person.call, made)
    new, gone = (webhooks.parse(push.headers, push.body)[0] for push in simulator.pushes(person.world))
    assert (new.kind, new.platform_account_id, new.data["post_id"]) == ("post.published", person.id, made.id)
    assert new.data["text"] == "A & B"
    assert (gone.kind, gone.platform_account_id, gone.data["post_id"]) == ("post.deleted", person.id, made.id)
    again = webhooks.parse({}, simulator.pushes(person.world)[0].body)[0]
    assert again.id == new.id != gone.id


def test_the_documented_feed_is_an_update() -> None:
    """Google's own example: published on the 6th, updated on the 9th."""
    (event,) = webhooks.parse({}, (FIXTURES / "push_documented.xml").read_bytes())
    assert (event.kind, event.platform_account_id, event.data["post_id"]) == ("post.updated", "CHANNEL_ID", "VIDEO_ID")
    assert (event.data["author_name"], event.data["text"]) == ("Channel title", "Video title")
    assert event.at.isoformat() == "2015-03-09T19:05:24.552394+00:00"


ENTITIES = b"""<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&b;</title></entry></feed>"""
OUTSIDE = b"""<!DOCTYPE feed SYSTEM "file:///etc/passwd"><feed xmlns="http://www.w3.org/2005/Atom"/>"""
ENCODED = b"""<?xml version="1.0" encoding="nonsense"?><feed xmlns="http://www.w3.org/2005/Atom"/>"""
BEFORE_TIME = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:yt="http://www.youtube.com/xml/schemas/2015"><entry>
<yt:videoId>v</yt:videoId><yt:channelId>c</yt:channelId><updated>0001-01-01T00:00:00+14:00</updated></entry></feed>"""
EMPTY_ENTRY = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>"""


@pytest.mark.parametrize(
    "body", [ENTITIES, OUTSIDE, ENCODED, BEFORE_TIME, EMPTY_ENTRY, b"", b"<feed>", b"<rss/>", b"{}", b"\xff\xfe"]
)
def test_what_makes_no_sense_is_said(body: bytes) -> None:
    """No entity is expanded, nothing is fetched."""
    with pytest.raises(ValueError, match=r"."):
        webhooks.parse({}, body)


def test_an_empty_feed_says_nothing() -> None:
    """And is no error."""
    assert webhooks.parse({}, b'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title></feed>') == []
