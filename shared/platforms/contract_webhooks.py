"""What a platform's ``webhooks.py`` does: the handshake, the signature, and what a delivery says.

``challenge``, ``verify`` and ``parse`` are pure, on bytes: they get no Call. Header names are lower case. ``secret`` is what
the network signs with (usually the app's client secret).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from shared.platforms.contract import Call

EventKind = Literal[
    "post.published",
    "post.updated",
    "post.failed",
    "post.deleted",
    "comment.created",
    "comment.updated",
    "comment.deleted",
    "reaction.created",
    "reaction.deleted",
    "message.received",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "message.deleted",
    "mention.created",
    "review.created",
    "review.updated",
    "follow.created",
    "follow.deleted",
    "account.revoked",
    "account.updated",
    "template.updated",
    "lead.created",
    "ad.updated",
    "other",
]


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer a handshake with."""

    status: int
    body: str
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``id``: the same for the same thing however often it is delivered (our dedupe key).

    ``platform_account_id``: whose account it concerns, in the network's words. ``data``: canonical fields where they make
    sense (post_id, comment_id, parent_id, conversation_id, message_id, mention_id, review_id, text, author_id, author_name,
    author_username, person_id, own, hidden, postback, payload, referral, receipt, files (JSON text: a list of type and url),
    publish_id, reason, stars …), all text, numbers or booleans. ``raw``: the network's own part of the payload.
    """

    kind: EventKind
    id: str
    platform_account_id: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription that stands. ``renew_at``: when it must be renewed, None when it has no end."""

    renew_at: datetime | None = None
    state: Mapping[str, Any] = field(default_factory=dict)


class Webhooks(Protocol):
    """``webhooks.py``. ``PUSHES``: which kinds of what people say (``domain.inbox.Kind``) the network tells by itself, all of them:
    what it tells in part is asked for, too."""

    PUSHES: frozenset[str]

    def challenge(self, query: Mapping[str, str], secret: str, verify_token: str) -> Reply | None:
        """The answer to a GET handshake, None when it is none of ours (a wrong verify token). Some networks have none."""

    def verify(self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
        """Whether the network signed these bytes: in constant time, and within its replay window where it has one."""

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[Event]:
        """What the delivery says, after ``verify``. Raises ValueError when it makes no sense; unknown kinds are ``other``."""

    def subscribe(self, call: Call, callback_url: str, secret: str) -> Subscription:
        """Have the account's events delivered. Repeatable. Raises Refused."""

    def unsubscribe(self, call: Call, secret: str = "", state: Mapping[str, Any] | None = None) -> None:
        """Have them delivered no more; what is already gone is fine. ``secret`` and ``state``: what subscribe was given, and
        what its Subscription said. Raises Refused."""


class Callbacks(Protocol):
    """What ``webhooks.py`` has beside, where the manifest's ``hooks`` name callbacks: a form with one signed text."""

    def verify_callback(self, body: bytes, secret: str) -> bool:
        """Whether the network signed it, in constant time."""

    def parse_callback(self, path: str, body: bytes) -> list[Event]:
        """What it says, after ``verify_callback``. Raises ValueError when it makes no sense."""
