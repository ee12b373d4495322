"""Posts and threads: what callers are sent."""

from __future__ import annotations

from shared.api.creator.models_common import PostStatus
from shared.api.engine.models import Time, View


class TargetError(View):
    """Why one platform does not have the post, or not all of it."""

    code: str
    message: str
    retryable: bool


class PublishedOn(View):
    """One platform of a publication. ``estimated_reach``: the account's followers, where somebody has read them."""

    platform: str
    account_id: str
    status: PostStatus
    estimated_reach: int | None = None


class PublishResponse(View):
    """Accepted: what becomes of it, the post says."""

    publish_id: str
    """The post's id."""
    status: PostStatus
    scheduled_for: Time | None = None
    platforms: list[PublishedOn]
    created_at: Time


class LinkView(View):
    """The web page that goes with the text."""

    url: str
    title: str | None = None
    description: str | None = None


class ContentView(View):
    """As it was given."""

    text: str
    hashtags: list[str]
    mentions: list[str]
    link: LinkView | None = None


class MediaView(View):
    """One file of a post."""

    type: str | None = None
    url: str | None = None
    media_id: str | None = None
    alt_text: str | None = None


class PlatformPost(View):
    """The post on one account. ``post_id`` and ``url`` are the network's, once it is live."""

    platform: str
    account_id: str
    status: PostStatus
    post_id: str | None = None
    url: str | None = None
    published_at: Time | None = None
    error: TargetError | None = None


class PostAnalyticsSummary(View):
    """Totals as they were last read."""

    total_impressions: int | None = None
    total_engagements: int | None = None
    engagement_rate: float | None = None
    """Engagements per hundred impressions."""
    measured_at: Time


class PostResponse(View):
    """A post."""

    id: str
    title: str
    content: ContentView
    media: list[MediaView]
    platforms: list[str]
    status: PostStatus
    campaign_id: str | None = None
    tags: list[str]
    scheduled_at: Time | None = None
    published_at: Time | None = None
    platform_posts: list[PlatformPost]
    analytics: PostAnalyticsSummary | None = None
    created_at: Time
    created_by: str | None = None
    updated_at: Time


class NotDeleted(View):
    """A live copy that could not be taken down."""

    platform: str
    account_id: str
    reason: str


class DeletePostResponse(View):
    """``deleted``: no live copy remains."""

    id: str
    deleted: bool
    remaining: list[NotDeleted]


class ThreadResponse(View):
    """A thread that was accepted."""

    thread_id: str
    """The post's id: GET /api/v1/creator/social/posts/{thread_id} tells what becomes of it."""
    platform: str
    account_id: str
    post_count: int
    status: PostStatus
    scheduled_at: Time | None = None


class QueuedPost(View):
    """A post that waits for its time."""

    id: str
    title: str
    scheduled_at: Time
    platforms: list[str]
    status: PostStatus


class QueueResponse(View):
    """What is scheduled, the next first."""

    queue: list[QueuedPost]
    total_scheduled: int
    next_cursor: str | None = None
