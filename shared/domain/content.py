"""What is published: pieces of text and media, and the kinds that they make up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a piece is, in the networks' common words. A platform's manifest lists the ones it takes."""

    TEXT = "text"
    IMAGE = "image"  # one image, or several beside a text
    CAROUSEL = "carousel"  # several items swiped through
    VIDEO = "video"
    REEL = "reel"
    STORY = "story"
    LINK = "link"  # a link with its preview, as a post of its own
    POLL = "poll"
    REPOST = "repost"  # somebody else's post, shown again to one's own followers
    SHORT = "short"  # a short vertical video with a place of its own
    LIVE = "live"  # a broadcast that is announced now and sent later
    ARTICLE = "article"  # a web page with title, description and thumbnail of our own
    DOCUMENT = "document"  # a PDF to leaf through
    SPOTLIGHT = "spotlight"  # a short video for strangers, shown once it was reviewed
    SAVED_STORY = "saved_story"  # a story that stays on the profile
    EVENT = "event"  # something that begins and ends
    OFFER = "offer"  # an event with a coupon or terms


class MediaType(StrEnum):
    """The media types that networks publish."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"  # a PDF


class Role(StrEnum):
    """What a piece is within its target."""

    POST = "post"
    REPLY = "reply"  # a further item of a thread
    FIRST_COMMENT = "first_comment"
    ACTION = "action"  # no post at all: see Act


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What is known of a media item before it is published. Pixels, seconds, bytes; None where not known."""

    type: MediaType
    content_type: str
    size: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A media item as an adapter receives it.

    ``url``: an address from which the network itself can fetch the file, alive for at least 24 h.
    ``read(start, length)``: bytes of the file, for networks that are handed them.
    ``facts``: type, content type, size, dimensions; complete by now.
    """

    facts: MediaFacts
    url: str
    read: Callable[[int, int], bytes]

    def bytes(self) -> bytes:
        """The whole file; only for files that the caller knows to be small."""
        return self.read(0, self.facts.size or 0)


@dataclass(frozen=True, slots=True)
class Parent:
    """What a reply answers: the piece before it and the first of the thread, as the network names them.

    ``handles`` are what the adapter itself kept of that piece (strong references, keys).
    """

    id: str
    handles: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One visible thing to publish: what an adapter is given.

    ``options`` is the caller's ``platform_data`` for this network, validated against the manifest's option names.
    ``key`` is 128 bits of hex made once per piece, before the first attempt: the seed of native idempotency keys.
    ``created_at`` is fixed once per piece too (epoch microseconds), so that a repeated request is byte-identical.
    ``root`` and ``parent`` are set on replies and first comments.
    """

    kind: Kind
    role: Role
    text: str
    media: tuple[MediaFile, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    created_at: int = 0
    root: Parent | None = None
    parent: Parent | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One visible write that is not a post: a comment, a reply, a like, a message, an answer to a review, an ad.

    ``verb`` is one of the manifest's actions (``comment.reply``). ``on`` is the network's id of what it is done to (the
    comment that is answered, the conversation, the campaign of a new ad group; empty where there is nothing), and
    ``handles`` are what an adapter kept of that thing when it was read or made. ``arguments`` are validated against the
    action's options. ``key`` and ``created_at`` as on :class:`Piece`.
    """

    verb: str
    on: str
    text: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[MediaFile, ...] = ()
    handles: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    created_at: int = 0
