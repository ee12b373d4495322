"""WebSub: the hub's handshake, its signature, and the Atom feed of what a channel did. There is nothing of comments in it.

The hub is asked with a callback that carries a proof made of our secret and the topic, so that nobody else can make it
subscribe or unsubscribe us: the hub keeps a callback's query in its handshake.
https://developers.google.com/youtube/v3/guides/push_notifications, https://www.w3.org/TR/websub/, read 2026-11-22.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from xml.parsers import expat

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.contract_webhooks import Event, Reply, Subscription
from shared.platforms.youtube import errors, wire

HUB: Final = "https://pubsubhubbub.appspot.com/subscribe"
TOPIC: Final = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
PROOF: Final = "websub"
LEASE_SECONDS: Final = 10 * 86_400  # the hub's most
_RENEW_AFTER: Final = timedelta(days=8)
_NEW_FOR: Final = timedelta(minutes=10)  # an entry that changed later than so long after its publication is an update
_ATOM: Final = "http://www.w3.org/2005/Atom"
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_LONGEST_ID: Final = 64
PUSHES: Final[frozenset[str]] = frozenset()  # nothing of what people say


def challenge(query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
    """The hub asks whether we want this: yes, where the callback has our own proof for the topic."""
    topic, given = query.get("hub.topic", ""), query.get(PROOF, "")
    if query.get("hub.mode") not in {"subscribe", "unsubscribe"} or not query.get("hub.challenge"):
        return None
    if not secret or not topic.startswith(TOPIC) or not hmac.compare_digest(given.encode(), _proof(secret, topic)):
        return None
    return Reply(200, query["hub.challenge"])


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether the hub signed these bytes with the secret that we gave it. It signs no time: entries carry theirs."""
    kind, _, given = headers.get("x-hub-signature", "").partition("=")
    digests = {"sha1", "sha256", "sha384", "sha512"}  # WebSub section 8; Google's hub uses the first
    if not secret or kind not in digests:
        return False
    return hmac.compare_digest(given.lower().encode(), hmac.new(secret.encode(), body, kind).hexdigest().encode())


def parse(headers: Mapping[str, str], body: bytes) -> list[Event]:
    """The feed's entries. Raises ValueError, also for a document with a DTD: entities are never expanded."""
    feed = _Feed()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.StartElementHandler = feed.start
    parser.EndElementHandler = feed.end
    parser.CharacterDataHandler = feed.text
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise ValueError(f"the feed is no XML: {error}") from error
    if not feed.is_atom:
        raise ValueError("a delivery of YouTube's hub is an Atom feed")
    return [_event(entry) for entry in feed.entries]


def subscribe(call: Call, callback_url: str, secret: str) -> Subscription:
    """Have the channel's new and changed videos delivered. The hub asks back before it does. Raises Refused."""
    topic = TOPIC + call.who.platform_account_id
    joint = "&" if "?" in callback_url else "?"
    callback = f"{callback_url}{joint}{PROOF}={_proof(secret, topic).decode()}"
    _ask_hub(call, "subscribe", callback, {"hub.secret": secret, "hub.lease_seconds": str(LEASE_SECONDS)})
    return Subscription(call.now + _RENEW_AFTER, {"callback": callback})


def unsubscribe(call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
    """Have them delivered no more, where the callback is known (``state``).

    Without it nothing is asked: the lease ends by itself within ten days. Raises Refused.
    """
    if callback := (state or {}).get("callback"):
        _ask_hub(call, "unsubscribe", str(callback), {})


def _ask_hub(call: Call, mode: str, callback: str, more: Mapping[str, str]) -> None:
    topic = TOPIC + call.who.platform_account_id
    fields = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback, "hub.verify": "async", **more}
    response = call.http.send(_wire.post_form(HUB, fields))
    if not 200 <= response.status < 300:
        raise errors.refusal(response, call.now)


def _proof(secret: str, topic: str) -> bytes:
    return hmac.new(secret.encode(), f"websub:{topic}".encode(), sha256).hexdigest()[:40].encode()


# -------------------------------------------------------------------------------------------------------- feed


@dataclass(slots=True)
class _Feed:
    """The entries of a feed, each as the texts of its own elements, and the attributes of a tombstone."""

    entries: list[dict[str, str]] = field(default_factory=list)
    is_atom: bool = False
    path: list[str] = field(default_factory=list)
    now: dict[str, str] | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.path:
            self.is_atom = name == f"{_ATOM} feed"
        self.path.append(name)
        if len(self.path) == 2 and name == f"{_ATOM} entry":
            self.now = {}
        if len(self.path) == 2 and name == f"{_TOMBSTONES} deleted-entry":
            self.now = {"ref": attributes.get("ref", ""), "when": attributes.get("when", "")}

    def text(self, data: str) -> None:
        if self.now is not None and len(self.path) in {3, 4}:
            name = "/".join(part.rpartition(" ")[2] for part in self.path[2:])
            self.now[name] = self.now.get(name, "") + data

    def end(self, name: str) -> None:
        self.path.pop()
        if len(self.path) == 1 and self.now is not None:
            self.entries.append(self.now)
            self.now = None


def _event(entry: Mapping[str, str]) -> Event:
    if "ref" in entry:
        return _deleted(entry)
    video, channel = _id(entry.get("videoId")), _id(entry.get("channelId"))
    updated, published = (wire.instant(entry.get(name)) for name in ("updated", "published"))
    if not video or not channel or updated is None:
        raise ValueError("an entry names its video, its channel and its time")
    new = published is not None and updated - published <= _NEW_FOR
    data = {"post_id": video, "text": entry.get("title", "").strip(), "permalink": wire.permalink(video, "")}
    author = entry.get("author/name", "").strip()
    return Event(
        "post.published" if new else "post.updated",
        f"{video}@{updated.astimezone(UTC).isoformat()}",
        channel,
        updated,
        {**data, "author_name": author, "own": True},
        dict(entry),
    )


def _deleted(entry: Mapping[str, str]) -> Event:
    video, when = _id(entry["ref"].removeprefix("yt:video:")), wire.instant(entry["when"])
    uri = entry.get("by/uri", "").strip()
    if not video or when is None:
        raise ValueError("a deleted entry names its video and its time")
    channel = _id(uri.rpartition("/channel/")[2])
    return Event("post.deleted", f"{video}@deleted", channel, when, {"post_id": video}, dict(entry))


def _id(value: str | None) -> str:
    text = (value or "").strip()
    return text if text and len(text) <= _LONGEST_ID and "/" not in text else ""


def _refuse_dtd(*declared: object) -> None:
    raise ValueError("a feed has no DTD")
