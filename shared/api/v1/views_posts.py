"""Posts: what callers are sent."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import Time, View
from shared.api.v1.models_common import VisibilityName
from shared.api.v1.models_posts import MediaInput

StatusName = Literal[
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


class PostTargetErrorResponse(View):
    """Why a target is not live, or could not be read: in our words, and in the network's own."""

    code: str
    message: str
    category: Literal["validation", "auth", "rate_limit", "platform", "system"]
    caused_by: Literal["user", "platform", "system"]
    retryable: bool
    platform_code: str | None = None
    platform_message: str | None = None


class PostTargetMetricsResponse(View):
    """Engagement; ``saves`` and ``shares`` are 0 where the network counts none."""

    likes: int
    comments: int
    shares: int
    saves: int
    extra: dict[str, Any]


class PostTargetResponse(View):
    """A post on one account."""

    id: str
    account_id: str
    platform: str
    status: StatusName
    attempts: int
    """How many requests that could make something visible were begun, over all pieces (the post itself, further items,
    a first comment) and all retries."""
    platform_post_id: str | None = None
    permalink: str | None = None
    published_at: Time | None = None
    """When the post itself went live on this account."""
    scheduled_at: Time | None = None
    text: str | None = None
    """The target's own, where it differs from the post's; so for the following."""
    title: str | None = None
    media: list[MediaInput] | None = None
    media_ids: list[str] | None = None
    """Those of ``media`` that are files of the library."""
    first_comment: str | None = None
    visibility: VisibilityName | None = None
    page_id: str | None = None
    board_id: str | None = None
    platform_data: dict[str, Any] | None = None
    media_type: str | None = None
    """The content kind that the post is on this network: text, image, carousel, video, reel or story."""
    metadata: dict[str, Any] | None = None
    """``thread_post_ids`` and ``thread_failed_at_index`` of a thread; ``first_comment_error``."""
    error: PostTargetErrorResponse | None = None
    metrics: PostTargetMetricsResponse | None = None
    metrics_synced_at: Time | None = None


class SegmentResponse(View):
    """One further item of a thread."""

    text: str
    media: list[MediaInput]


class ApprovalResponse(View):
    """Where a post stands that somebody had to agree to. ``by``: the person or key of the last step."""

    state: Literal["awaiting", "approved", "rejected"]
    at: Time
    by: str | None = None
    reason: str | None = None


class PostResponse(View):
    """A post with its targets."""

    id: str
    status: StatusName
    text: str
    title: str | None = None
    media: list[MediaInput]
    media_ids: list[str]
    targets: list[PostTargetResponse]
    segments: list[SegmentResponse] | None = None
    """The further items of a thread, as they were accepted."""
    first_comment: str | None = None
    platform_data: dict[str, dict[str, Any]] | None = None
    """As it was accepted, keyed by platform."""
    visibility: VisibilityName
    scheduled_at: Time | None = None
    timezone: str | None = None
    """The zone that was sent with it."""
    published_at: Time | None = None
    """When it first went live on any account."""
    created_at: Time
    updated_at: Time
    retry_count: int
    """How often somebody asked for the failed targets to be tried again (POST /v1/posts/{pid}/retry)."""
    hidden: bool
    """Archived by you: left out of lists."""
    deleted_at: Time | None = None
    """Set once the post was deleted. It is then ``cancelled``, out of the lists, and cannot be changed."""
    tags: list[str] | None = None
    campaign_id: str | None = None
    approval: ApprovalResponse | None = None
    """Left out where nobody had to agree."""
    queued: bool | None = None
    """True: its time is a slot of a queue."""
    max_lateness: int
    """Minutes after its time until the post is ``missed`` instead of sent."""


class PaginationInfo(View):
    """Where the list goes on: ``next_cursor`` is left out on the last page."""

    limit: int
    has_more: bool
    next_cursor: str | None = None


class PostsListResponse(View):
    """A page of posts."""

    data: list[PostResponse]
    pagination: PaginationInfo


class TargetDeleteOutcomeResponse(View):
    """What became of one live copy."""

    account_id: str
    platform: str
    outcome: Literal["deleted", "not_supported", "failed"]
    message: str


class DeletePostResponse(View):
    """``deleted``: no live copy remains."""

    success: bool
    deleted: bool
    results: list[TargetDeleteOutcomeResponse]


class MetricsResponse(View):
    """The post's targets with their numbers."""

    post_id: str
    targets: list[PostTargetResponse]


class MetricsResponseWrapper(View):
    """Live numbers."""

    data: MetricsResponse


class ValidationIssue(View):
    """One finding: ``target`` is an account's id, ``segment_index`` the 0-based item of a thread after the post."""

    field: str
    message: str
    code: str
    platform: str | None = None
    target: str | None = None
    segment_index: int | None = None
    meta: dict[str, Any] | None = None


class ValidatePostResponse(View):
    """``errors`` would be refused, ``warnings`` are advice."""

    valid: bool
    errors: list[ValidationIssue]
    warnings: list[ValidationIssue]


class TextConstraints(View):
    """How long a text may be, and how it is counted."""

    max_length: int
    counting_mode: str
    max_bytes: int | None = None
    max_hashtags: int
    """0: no limit."""


class MediaConstraints(View):
    """Over all content kinds, the widest limits. ``kinds`` has them one by one. 0: not supported, or no limit known."""

    supported_image_types: list[str]
    supported_video_types: list[str]
    max_image_size_bytes: int
    max_video_size_bytes: int
    min_video_duration_sec: int
    max_video_duration_sec: int


class CarouselConstraints(View):
    """Several items in one post."""

    supported: bool
    min_items: int
    max_items: int
    images_only: bool
    photos_only: bool
    allow_video: bool


class SchedulingConstraints(View):
    """Times are kept by us, never by the network."""

    supported: bool
    mode: Literal["native", "server_side", ""]


class PlatformConstraints(View):
    """A network's limits."""

    text: TextConstraints
    media: MediaConstraints
    carousel: CarouselConstraints
    scheduling: SchedulingConstraints
    supports_platform_attachment_id: bool
    supports_mixed_media: bool


class PlatformConstraintsResponse(View):
    """Limits by platform."""

    data: dict[str, PlatformConstraints]
