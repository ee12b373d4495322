"""What a platform's ``inbox.py`` answers: comments, conversations, mentions and reviews, in our words.

A network's ``inbox`` module has the reading functions of :class:`Inbox` for the features that its manifest offers, and
the four functions of ``contract.Actor`` for its actions. Reading is free of effects, except that a network may mark a
conversation read. Any of them may raise ``contract.Refused`` or let the http port's errors through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from shared.platforms.contract import Call, Published

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, newest first unless the network has it otherwise; ``next`` is an opaque cursor, empty at the end."""

    items: tuple[T, ...]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the network, as far as it says."""

    id: str
    name: str = ""
    username: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment or a reply to one. ``own``: the account itself wrote it, so it is never counted as incoming.

    ``can``: the verbs that the network allows on it now. ``handles``: what the adapter needs to act on it.
    """

    id: str
    post_id: str
    text: str
    author: Person
    at: datetime
    parent_id: str = ""
    own: bool = False
    hidden: bool = False
    liked: bool = False
    likes: int | None = None
    replies: int | None = None
    permalink: str = ""
    can: frozenset[str] = frozenset()
    handles: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of messages. ``reply_until``: when the network's messaging window closes, None when it has none.

    ``people``: who takes part beside the account. ``on`` for ``message.send`` is the conversation's ``id``.
    """

    id: str
    people: tuple[Person, ...]
    updated_at: datetime
    snippet: str = ""
    unread: int | None = None
    reply_until: datetime | None = None
    handles: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a message: ``type`` is image, video, audio, file or the network's own word."""

    type: str
    url: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``own``: the account sent it."""

    id: str
    conversation_id: str
    text: str
    sender: Person
    at: datetime
    own: bool = False
    attachments: tuple[Attachment, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Review:
    """A review. ``stars`` 1 to 5 where there are stars, ``recommends`` where the network asks yes or no.

    ``reply_state``: where the network looks at answers first: pending, approved, rejected.
    """

    id: str
    author: Person
    text: str
    at: datetime
    stars: int | None = None
    recommends: bool | None = None
    reply: str | None = None
    reply_at: datetime | None = None
    reply_state: str = ""
    permalink: str = ""
    can: frozenset[str] = frozenset()
    handles: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named the account: in a post (``post_id``) or in a comment on it (``comment_id``)."""

    id: str
    author: Person
    text: str
    at: datetime
    post_id: str = ""
    comment_id: str = ""
    permalink: str = ""
    handles: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


class Inbox(Protocol):
    """``inbox.py``, reading. ``cursor`` is a page's ``next``, empty for the first page. At most 50 items a page."""

    def comments(self, call: Call, post: Published, cursor: str) -> Page[Comment]:
        """The comments on one published post, replies included (by ``parent_id``). For ``comments.list``."""

    def conversations(self, call: Call, cursor: str) -> Page[Conversation]:
        """The account's conversations. For ``messages.list``, as the next."""

    def messages(self, call: Call, conversation_id: str, cursor: str) -> Page[Message]:
        """The messages of one conversation."""

    def mentions(self, call: Call, cursor: str) -> Page[Mention]:
        """Where others named the account. For ``mentions.list``."""

    def reviews(self, call: Call, cursor: str) -> Page[Review]:
        """The account's reviews. For ``reviews.list``."""


class Resources(Protocol):
    """``resources.py``: the network's own things that callers look up, by the names of ``manifest.resources``."""

    def read(self, call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
        """One page of a resource, in the network's own fields beside ``id`` and ``name`` where it has them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with something that was only looked at. ``index``: which of its parts, where it has parts.

    ``severe`` False: it may be refused, or is unwise.
    """

    field: str
    message: str
    index: int | None = None
    severe: bool = True


class Settings(Protocol):
    """``settings.py``: what an owner sets of the account itself, by the names of ``manifest.settings``.

    Followers see nothing of it, and its arguments may be secrets (a PIN, a code): it is one request, made once and at
    once, never kept and never repeated by us. Doing it again is the owner's to decide, who can read how it stands.
    """

    def change(self, call: Call, name: str, arguments: Mapping[str, Any]) -> None:
        """One request. Raises Invalid, Refused, AnswerLost, NotSent."""

    def examine(self, verb: str, arguments: Mapping[str, Any]) -> list[Fault]:
        """What the network would find in the arguments of an action of its own, without asking it; empty: nothing."""
