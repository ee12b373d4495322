"""What a caller asks for, decoded but not yet judged. Each dialect makes these; nothing here knows of HTTP.

Times stay text (``2026-12-24T18:00:00+01:00``, or a local time beside ``timezone``): reading them is part of judging
them, so that every dialect refuses the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.domain.posts import SourceType

Visibility = Literal["public", "private", "connections_only", "logged_in", "unlisted"]

MAX_TARGETS = 30  # what one query finds again (``in`` takes 30 values), and far below a commit's 500 writes
MAX_MEDIA = 35  # the longest carousel that any network takes
MAX_SEGMENTS = 100
MAX_LATENESS_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class MediaInput:
    """One media item: a file of the library, a public URL, or a handle that the network gave out.

    ``type`` (image, video) is read off the file where it is absent.
    """

    source_type: SourceType
    source: str
    type: str | None = None
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One further item of a thread."""

    text: str
    media: tuple[MediaInput, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A web page that the post points to. ``title`` and ``description`` where a network lets the sender word its card."""

    url: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class TargetOrder:
    """One account to publish on, and what differs there. None: as the post says."""

    account_id: str
    text: str | None = None
    title: str | None = None
    media: tuple[MediaInput, ...] | None = None
    first_comment: str | None = None
    visibility: Visibility | None = None
    scheduled_at: str | None = None
    page_id: str | None = None
    board_id: str | None = None
    platform_data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CreatePost:
    """A post to make: now (``publish_now`` wins), at a time, in the ``queue``'s next free slot (of ``queue_brand_id``, or of
    the accounts' brand), or a draft when there is none of these. ``tags`` and ``campaign_id`` label it.
    ``check_duplicates``: refuse what says the same on the same account as another post within a day. ``unfinished``: as
    long as it is a draft, the networks' limits may wait; they are looked at when it gets a time.

    ``platform_data`` is keyed by platform; a target's own is flat and wins. ``timezone`` (IANA) reads times without an
    offset. ``max_lateness``: found later than so many minutes, the post is ``missed`` and not sent. ``hashtags``, ``mentions``
    and ``link`` become part of what is sent (:mod:`shared.operations.posts.wording`), but for a target with a text of its own.
    """

    text: str = ""
    title: str = ""
    targets: tuple[TargetOrder, ...] = ()
    media: tuple[MediaInput, ...] = ()
    segments: tuple[Segment, ...] = ()
    first_comment: str = ""
    visibility: Visibility = "public"
    publish_now: bool = False
    scheduled_at: str | None = None
    timezone: str | None = None
    max_lateness: int = 60
    platform_data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    skip_validation: bool = False
    tags: tuple[str, ...] = ()
    campaign_id: str = ""
    queue: bool = False
    queue_brand_id: str = ""
    check_duplicates: bool = False
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    link: Link | None = None
    unfinished: bool = False


EDITABLE_FIELDS = frozenset(
    {
        "text",
        "title",
        "targets",
        "media",
        "segments",
        "first_comment",
        "visibility",
        "scheduled_at",
        "timezone",
        "max_lateness",
        "platform_data",
        "skip_validation",
        "hashtags",
        "mentions",
        "link",
    }
)
