"""Posts: what callers send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.api.v1.models_common import VisibilityName

MAX_TEXT = 100_000  # characters: above every network's limit, so that the network's own limit is what is told


Id = Annotated[str, Field(min_length=1, max_length=128)]


class MediaInput(Body):
    """One media item: a file of the library (``media_id``) or a public URL."""

    source_type: Literal["url", "media_id", "platform_attachment_id"]
    source: str = Field(min_length=1, max_length=4096)
    """The URL, or the id."""
    type: Literal["image", "video", "audio", "file"] | None = None
    """Read off the file where it is left out. A PDF is a ``file``."""
    alt_text: str = Field("", max_length=5000)
    """What the item shows, for those who do not see it."""


class SegmentRequest(Body):
    """One further item of a thread."""

    text: str = Field(max_length=MAX_TEXT)
    media: list[MediaInput] | None = Field(None, max_length=35)
    media_ids: list[Id] | None = Field(None, max_length=35)


class TargetRequest(Body):
    """An account to publish on, and what differs there."""

    account_id: str = Field(min_length=1, max_length=128)
    text: str | None = Field(None, max_length=MAX_TEXT)
    title: str | None = Field(None, max_length=1000)
    media: list[MediaInput] | None = Field(None, max_length=35)
    media_ids: list[Id] | None = Field(None, max_length=35)
    """Deprecated: the same as media items of source_type media_id."""
    first_comment: str | None = Field(None, max_length=MAX_TEXT)
    visibility: VisibilityName | None = None
    scheduled_at: str | None = Field(None, max_length=64)
    page_id: str | None = Field(None, max_length=128)
    board_id: str | None = Field(None, max_length=128)
    platform_data: dict[str, Any] | None = None
    """The network's own options, flat."""


class _Content(Body):
    """What creating and editing have in common."""

    title: str | None = Field(None, max_length=1000)
    targets: list[TargetRequest] | None = Field(None, max_length=100)
    media: list[MediaInput] | None = Field(None, max_length=35)
    media_ids: list[Id] | None = Field(None, max_length=35)
    """Deprecated: the same as media items of source_type media_id. ``media`` wins."""
    segments: list[SegmentRequest] | None = Field(None, max_length=100)
    """The further items of a native thread, after the post itself."""
    first_comment: str | None = Field(None, max_length=MAX_TEXT)
    """Written under the post once it is live; best effort."""
    visibility: VisibilityName | None = None
    scheduled_at: str | None = Field(None, max_length=64)
    """RFC 3339 with an offset, or a local time beside ``timezone``. A local time that comes twice when clocks go back is
    the first of the two; one that they skip is refused. Up to 60 seconds ago counts as now, earlier is refused."""
    timezone: str | None = Field(None, max_length=64)
    """An IANA zone (``Europe/Berlin``) for times without an offset; refused where there is no time."""
    max_lateness: int | None = None
    """Minutes: found later than this after its time, the post is ``missed`` and not sent. 60 if left out."""
    platform_data: dict[str, dict[str, Any]] | None = None
    """The networks' own options, keyed by platform. A target's own win."""
    skip_validation: bool = False
    """Leave the networks' limits to the networks."""
    tags: list[str] | None = Field(None, max_length=100)
    """Your labels, at most 20 of 50 characters; kept in lower case and without #. They change nothing of what is sent."""
    campaign_id: str | None = Field(None, max_length=200)
    """What you call the campaign that the post belongs to."""


class CreatePostRequest(_Content):
    """A post to make: now (``publish_now``), at ``scheduled_at``, or a draft when there is neither."""

    text: str = Field("", max_length=MAX_TEXT)
    """The main text; may be left out when there are media, or when every target brings its own."""
    publish_now: bool = False
    """Wins over ``scheduled_at``."""
    queue: bool = False
    """Take the next free slot of the queue (PUT /v1/queue/slots), in place of a time."""
    queue_brand_id: str | None = Field(None, min_length=1, max_length=128)
    """Whose queue: the brand of the accounts if it is left out."""
    skip_duplicate_check: bool = False
    """Otherwise a post that says the same on the same account as another one within 24 hours is refused (409)."""


class UpdatePostRequest(_Content):
    """What to change; what is left out stays. ``scheduled_at: null`` makes the post a draft again."""

    text: str | None = Field(None, max_length=MAX_TEXT)
    hidden: bool | None = None
    """Archived: left out of lists."""


class ValidatePostRequest(CreatePostRequest):
    """A post to check: what creating it takes, and for whom. Nothing is made, whatever ``publish_now`` says."""

    platforms: list[str] | None = Field(None, max_length=100)
    """Check it for these networks as such, whichever account."""
    account_ids: list[Id] | None = Field(None, max_length=100)
    """Check it for these accounts; ``targets`` wins."""


class UnpublishRequest(Body):
    """Where to take the post down; everywhere if left out."""

    account_id: str | None = Field(None, min_length=1, max_length=128)


class ResolveRequest(Body):
    """What became of a target that is ``needs_review``: it is live (``published``), or it is not (``retry``)."""

    outcome: Literal["published", "retry"]
    target_id: str | None = Field(None, max_length=128)
    account_id: str | None = Field(None, max_length=128)
    platform_post_id: str | None = Field(None, max_length=512)
    permalink: str | None = Field(None, max_length=2048)


class ListPostsQuery(Body):
    """Filters and order. ``from`` and ``to`` bound the time that ``sort`` orders by."""

    account_ids: str | None = Field(None, max_length=4000)
    """Comma separated."""
    status: (
        Literal[
            "draft",
            "awaiting_approval",
            "scheduled",
            "publishing",
            "published",
            "partial",
            "failed",
            "cancelled",
            "missed",
            "needs_review",
        ]
        | None
    ) = None
    platform: str | None = Field(None, max_length=64)
    brand_id: str | None = Field(None, max_length=128)
    """Posts with an account of this brand."""
    page_id: str | None = Field(None, max_length=128)
    """Posts with a target for this page or board."""
    tag: str | None = Field(None, max_length=100)
    campaign_id: str | None = Field(None, max_length=200)
    since: str | None = Field(None, alias="from", max_length=64)
    until: str | None = Field(None, alias="to", max_length=64)
    search: str = Field("", max_length=200)
    """Case-insensitive, in text and title."""
    sort: Literal["scheduled_asc", "scheduled_desc", "created_asc", "created_desc"] = "scheduled_asc"
    hidden: bool = False
    """True lists the archived and the deleted posts, and only those; they are left out otherwise."""
    cursor: str | None = Field(None, max_length=1024)
    limit: int = Field(25, ge=1, le=100)


class ConstraintsQuery(Body):
    """Which network; all if left out."""

    platform: str | None = Field(None, max_length=64)
