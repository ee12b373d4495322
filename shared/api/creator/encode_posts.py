"""From posts as the operations have them to this dialect's answers."""

from __future__ import annotations

from collections.abc import Mapping

from shared.api.creator import views_posts as views
from shared.api.creator.models_common import PostStatus
from shared.domain import codec
from shared.domain.numbers import PostNumbers
from shared.domain.posts import Failure, Target
from shared.domain.states import Status
from shared.operations.analytics import counting
from shared.operations.posts.commands import CreatePost, MediaInput
from shared.operations.posts.deleting import Deleted
from shared.operations.posts.views import PostView

_STATUS: Mapping[str, PostStatus] = {
    Status.DRAFT: "draft",
    Status.SCHEDULED: "scheduled",
    Status.PUBLISHING: "publishing",
    Status.PUBLISHED: "published",
    Status.PARTIAL: "published",  # on some platforms, or a part of a thread: platform_posts tells which
    Status.FAILED: "failed",
    Status.MISSED: "failed",
    Status.CANCELLED: "cancelled",
    Status.NEEDS_REVIEW: "publishing",  # whoever took it for failed would post it twice
}
_REVIEW = "Nobody can know whether it is live. Look at the account, then POST /v1/posts/{id}/resolve."


def status(of: str) -> PostStatus:
    """One of the six statuses; what awaits an approval is a draft."""
    return _STATUS.get(of, "draft")


def published(made: PostView, reach: Mapping[str, int]) -> views.PublishResponse:
    """What was accepted. ``reach``: followers by account, where known."""
    rows = [
        views.PublishedOn(
            platform=one.platform,
            account_id=one.account_id,
            status=status(one.status),
            estimated_reach=reach.get(one.account_id),
        )
        for one in made.targets
    ]
    return views.PublishResponse(
        publish_id=made.post.id,
        status=status(made.post.status),
        scheduled_for=made.post.scheduled_at,
        platforms=rows,
        created_at=made.post.created_at,
    )


def post(found: PostView, numbers: PostNumbers | None = None) -> views.PostResponse:
    """A post, with its numbers where somebody has read them."""
    one, asked = found.post, codec.decode(CreatePost, found.post.request)
    link = asked.link
    return views.PostResponse(
        id=one.id,
        title=one.title,
        content=views.ContentView(
            text=one.text,
            hashtags=list(asked.hashtags),
            mentions=list(asked.mentions),
            link=views.LinkView(url=link.url, title=link.title or None, description=link.description or None)
            if link
            else None,
        ),
        media=[_media(item) for item in asked.media],
        platforms=platforms(found),
        status=status(one.status),
        campaign_id=asked.campaign_id or None,
        tags=list(asked.tags),
        scheduled_at=one.scheduled_at,
        published_at=one.published_at,
        platform_posts=[_on(target) for target in found.targets],
        analytics=_summary(found, numbers),
        created_at=one.created_at,
        created_by=one.created_by or None,
        updated_at=one.updated_at,
    )


def platforms(found: PostView) -> list[str]:
    """The names of the networks, each once, in the targets' order."""
    return list(dict.fromkeys(target.platform for target in found.targets))


def thread(made: PostView) -> views.ThreadResponse:
    """A thread that was accepted: one target, whose pieces are the posts."""
    target = made.targets[0]
    return views.ThreadResponse(
        thread_id=made.post.id,
        platform=target.platform,
        account_id=target.account_id,
        post_count=len(target.pieces),
        status=status(made.post.status),
        scheduled_at=made.post.scheduled_at,
    )


def deleted(post_id: str, done: Deleted) -> views.DeletePostResponse:
    """What became of the live copies."""
    left = [
        views.NotDeleted(platform=one.target.platform, account_id=one.target.account_id, reason=one.message)
        for one in done.results
        if one.outcome != "deleted"
    ]
    return views.DeletePostResponse(id=post_id, deleted=done.deleted, remaining=left)


def queued(found: PostView) -> views.QueuedPost | None:
    """A post that waits for its time."""
    if found.post.scheduled_at is None:
        return None
    return views.QueuedPost(
        id=found.post.id,
        title=found.post.title,
        scheduled_at=found.post.scheduled_at,
        platforms=platforms(found),
        status=status(found.post.status),
    )


def _on(target: Target) -> views.PlatformPost:
    live = target.first
    return views.PlatformPost(
        platform=target.platform,
        account_id=target.account_id,
        status=status(target.status),
        post_id=live.id or None if live else None,
        url=live.permalink if live else None,
        published_at=live.at if live else None,
        error=_error(target),
    )


def _error(target: Target) -> views.TargetError | None:
    failure: Failure | None = target.error
    if target.status is Status.NEEDS_REVIEW:
        return views.TargetError(code="needs_review", message=_REVIEW, retryable=False)
    if target.status is Status.MISSED:
        text = "Its time was over before it could be sent. Schedule it again."
        return views.TargetError(code="missed", message=text, retryable=True)
    if failure is None:
        return None
    return views.TargetError(code=failure.code.replace(".", "_"), message=failure.message, retryable=failure.retryable)


def _summary(found: PostView, numbers: PostNumbers | None) -> views.PostAnalyticsSummary | None:
    """Of the targets that it has now: an edit may have taken others away."""
    known = numbers.known if numbers else {}
    rows = [known[target.id].counts for target in found.targets if target.id in known]
    if numbers is None or not rows:
        return None
    counts = counting.added(rows)
    return views.PostAnalyticsSummary(
        total_impressions=counts.impressions,
        total_engagements=counting.engagements(counts),
        engagement_rate=counting.joint_rate(rows),
        measured_at=numbers.updated_at,
    )


def _media(item: MediaInput) -> views.MediaView:
    by_id = item.source_type == "media_id"
    return views.MediaView(
        type=item.type,
        url=None if by_id else item.source,
        media_id=item.source if by_id else None,
        alt_text=item.alt_text or None,
    )
