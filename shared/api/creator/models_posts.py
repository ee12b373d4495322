"""Posts and threads: what callers send."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.operations.posts.commands import MAX_MEDIA, MAX_SEGMENTS, MAX_TARGETS

MAX_MARKS = 100  # hashtags or mentions, beside the text


class MediaItem(Body):
    """One file: by a public ``url``, or by the ``media_id`` that the upload answered."""

    type: Literal["image", "video", "document"] | None = None
    """Read off the file if left out."""
    url: str | None = Field(None, min_length=1, max_length=2048)
    media_id: str | None = Field(None, min_length=1, max_length=128)
    alt_text: str = ""


class LinkContent(Body):
    """A web page: shown as a card where the network lets us word one, else its address is put below the text."""

    url: str = Field(min_length=1, max_length=2048)
    title: str = Field("", max_length=500)
    description: str = Field("", max_length=1000)


class PostContent(Body):
    """What is said. Hashtags and mentions that the text does not say already are put below it."""

    text: str = ""
    hashtags: list[str] = Field(default_factory=list, max_length=MAX_MARKS)
    """With or without ``#``."""
    mentions: list[str] = Field(default_factory=list, max_length=MAX_MARKS)
    """With or without ``@``."""
    link: LinkContent | None = None


class PublishContent(PostContent):
    """What is said and shown."""

    media: list[MediaItem] = Field(default_factory=list, max_length=MAX_MEDIA)


class PlatformTarget(Body):
    """One account to publish on."""

    platform: str = Field(min_length=1, max_length=64)
    account_id: str | None = Field(None, min_length=1, max_length=128)
    """Needed where several accounts of the platform are connected."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The network's own options (GET /v1/platforms lists them), in any case; ``everyone`` and the like mean its default."""


class PublishRequest(Body):
    """Something to publish now, or at ``publish_at``."""

    content: PublishContent
    platforms: list[str | PlatformTarget] = Field(min_length=1, max_length=MAX_TARGETS)
    """Names, where one account of the platform is connected; else objects with ``account_id``."""
    publish_at: str | None = Field(None, max_length=64)
    """RFC 3339, with an offset or beside ``timezone``."""
    timezone: str | None = Field(None, max_length=64)


class CreatePostRequest(Body):
    """A draft, unless ``status`` is ``scheduled`` and there is a time."""

    title: str = Field("", max_length=500)
    content: PostContent
    media: list[MediaItem] = Field(default_factory=list, max_length=MAX_MEDIA)
    platforms: list[str | PlatformTarget] = Field(default_factory=list, max_length=MAX_TARGETS)
    """Names, where one account of the platform is connected; else objects with ``account_id``."""
    status: Literal["draft", "scheduled"] = "draft"
    scheduled_at: str | None = Field(None, max_length=64)
    timezone: str | None = Field(None, max_length=64)
    campaign_id: str | None = Field(None, max_length=128)
    tags: list[str] = Field(default_factory=list, max_length=MAX_MARKS)


class UpdateContent(Body):
    """What is left out stays."""

    text: str | None = None
    hashtags: list[str] | None = Field(None, max_length=MAX_MARKS)
    mentions: list[str] | None = Field(None, max_length=MAX_MARKS)
    link: LinkContent | None = None


class UpdatePostRequest(Body):
    """What is left out stays; ``platforms`` replaces the list."""

    title: str | None = Field(None, max_length=500)
    content: UpdateContent | None = None
    media: list[MediaItem] | None = Field(None, max_length=MAX_MEDIA)
    platforms: list[str | PlatformTarget] | None = Field(None, max_length=MAX_TARGETS)
    campaign_id: str | None = Field(None, max_length=128)
    tags: list[str] | None = Field(None, max_length=MAX_MARKS)


class PublishPostRequest(Body):
    """``publish_now`` is what this operation does; a later time is what ``schedule`` is for."""

    publish_now: Literal[True] = True


class SchedulePostRequest(Body):
    """The time to publish at."""

    scheduled_at: str = Field(min_length=1, max_length=64)
    """RFC 3339: with an offset, which then counts, or a local time of ``timezone``."""
    timezone: str | None = Field(None, max_length=64)
    """An IANA zone such as ``America/Los_Angeles``."""


class ThreadPart(Body):
    """One post of a thread."""

    text: str = ""
    media: list[MediaItem] = Field(default_factory=list, max_length=MAX_MEDIA)


class CreateThreadRequest(Body):
    """Posts that answer one another, on a network that has threads."""

    platform: str = Field(min_length=1, max_length=64)
    account_id: str | None = Field(None, min_length=1, max_length=128)
    posts: list[ThreadPart] = Field(min_length=2, max_length=MAX_SEGMENTS + 1)
    schedule_at: str | None = Field(None, max_length=64)
    timezone: str | None = Field(None, max_length=64)


class QueueQuery(Body):
    """A page of the queue."""

    limit: int = Field(50, ge=1, le=100)
    cursor: str | None = Field(None, max_length=512)
