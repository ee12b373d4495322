"""From posts and targets to this dialect's answers."""

from __future__ import annotations

from typing import Any, cast

from shared.api.v1 import views_posts as views
from shared.api.v1.models_posts import MediaInput as MediaModel
from shared.domain import codec
from shared.domain.content import Role
from shared.domain.posts import Approval, Failure, Post, Target
from shared.operations.posts.commands import CreatePost, MediaInput, Segment, TargetOrder
from shared.operations.posts.deleting import Deleted
from shared.operations.posts.issues import Findings, Issue
from shared.operations.posts.listing import Page
from shared.operations.posts.measuring import Measured, PostMetrics
from shared.operations.posts.views import PostView
from shared.platforms.contract import Metrics


def post(found: PostView) -> views.PostResponse:
    """A post with its targets."""
    stored = found.post
    asked = codec.again(CreatePost, stored.request)
    orders = {order.account_id: order for order in asked.targets}
    return views.PostResponse(
        id=stored.id,
        status=cast(views.StatusName, str(stored.status)),
        text=stored.text,
        title=stored.title or None,
        media=[_media(item) for item in asked.media],
        media_ids=list(stored.media_ids),
        targets=[target(stored, one, orders.get(one.account_id)) for one in found.targets],
        segments=[_segment(one) for one in asked.segments] or None,
        first_comment=asked.first_comment or None,
        platform_data={name: dict(data) for name, data in asked.platform_data.items()} or None,
        visibility=asked.visibility,
        scheduled_at=stored.scheduled_at,
        timezone=asked.timezone,
        published_at=stored.published_at,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        retry_count=stored.retry_count,
        hidden=stored.hidden,
        deleted_at=stored.deleted_at,
        tags=list(stored.tags) or None,
        campaign_id=stored.campaign_id or None,
        approval=_approval(stored.approval) if stored.approval else None,
        queued=True if stored.slot else None,
        max_lateness=asked.max_lateness,
    )


def _approval(found: Approval) -> views.ApprovalResponse:
    return views.ApprovalResponse(state=found.state, at=found.at, by=found.by or None, reason=found.reason or None)


def target(stored: Post, one: Target, order: TargetOrder | None) -> views.PostTargetResponse:
    """A post on one account. ``order``: what was asked for it."""
    own = order or TargetOrder(one.account_id)
    return views.PostTargetResponse(
        id=one.id,
        account_id=one.account_id,
        platform=one.platform,
        status=cast(views.StatusName, str(one.status)),
        attempts=one.attempt,
        platform_post_id=one.first.id or None if one.first else None,
        permalink=one.first.permalink if one.first else None,
        published_at=one.published_at,
        scheduled_at=one.due_at if own.scheduled_at or stored.scheduled_at else None,
        text=own.text,
        title=own.title,
        media=None if own.media is None else [_media(item) for item in own.media],
        media_ids=[item.source for item in own.media or () if item.source_type == "media_id"] or None,
        first_comment=own.first_comment,
        visibility=own.visibility,
        page_id=own.page_id,
        board_id=own.board_id,
        platform_data=dict(own.platform_data) or None,
        media_type=str(one.pieces[0].kind) if one.pieces else None,
        metadata=_metadata(one),
        error=failure(one.error) if one.error else None,
    )


def failure(found: Failure) -> views.PostTargetErrorResponse:
    """Why something is not live."""
    return views.PostTargetErrorResponse(
        code=found.code,
        message=found.message,
        category=found.category,
        caused_by=found.caused_by,
        retryable=found.retryable,
        platform_code=found.platform_code or None,
        platform_message=found.platform_message or None,
    )


def page(found: Page) -> views.PostsListResponse:
    """A page of posts."""
    more = found.next_cursor is not None
    pagination = views.PaginationInfo(limit=found.limit, has_more=more, next_cursor=found.next_cursor)
    return views.PostsListResponse(data=[post(one) for one in found.posts], pagination=pagination)


def deleted(found: Deleted) -> views.DeletePostResponse:
    """What became of the live copies."""
    results = [
        views.TargetDeleteOutcomeResponse(
            account_id=result.target.account_id,
            platform=result.target.platform,
            outcome=result.outcome,
            message=result.message,
        )
        for result in found.results
    ]
    return views.DeletePostResponse(success=found.deleted, deleted=found.deleted, results=results)


def measured(found: PostMetrics) -> views.MetricsResponseWrapper:
    """The live targets with their numbers."""
    asked = codec.decode(CreatePost, found.view.post.request)
    orders = {order.account_id: order for order in asked.targets}
    targets = [_measured(found.view.post, one, orders.get(one.target.account_id)) for one in found.measured]
    return views.MetricsResponseWrapper(data=views.MetricsResponse(post_id=found.view.post.id, targets=targets))


def findings(found: Findings) -> views.ValidatePostResponse:
    """What a dry run found."""
    return views.ValidatePostResponse(
        valid=not found.errors,
        errors=[issue(one) for one in found.errors],
        warnings=[issue(one) for one in found.warnings],
    )


def _measured(stored: Post, one: Measured, order: TargetOrder | None) -> views.PostTargetResponse:
    shown = target(stored, one.target, order)
    numbers = _metrics(one.metrics) if one.metrics else None
    error = failure(one.error) if one.error else None
    return shown.model_copy(update={"metrics": numbers, "error": error, "metrics_synced_at": one.at})


def _metrics(found: Metrics) -> views.PostTargetMetricsResponse:
    extra: dict[str, Any] = dict(found.extra) | ({} if found.views is None else {"views": found.views})
    return views.PostTargetMetricsResponse(
        likes=found.likes or 0,
        comments=found.comments or 0,
        shares=found.shares or 0,
        saves=found.saves or 0,
        extra=extra,
    )


def issue(found: Issue) -> views.ValidationIssue:
    """One finding of a dry run."""
    return views.ValidationIssue(
        field=found.field,
        message=found.message,
        code=found.code,
        platform=found.platform,
        target=found.target,
        segment_index=found.segment,
        meta=dict(found.meta) or None,
    )


def _segment(one: Segment) -> views.SegmentResponse:
    return views.SegmentResponse(text=one.text, media=[_media(item) for item in one.media])


def _media(item: MediaInput) -> MediaModel:
    given = codec.encode(item)
    return MediaModel.model_validate({**given, "type": "file"} if given["type"] == "document" else given)


def _metadata(one: Target) -> dict[str, Any] | None:
    """Of a thread: its items' ids, and where it stopped. Of a first comment: what kept it from being made."""
    made: dict[str, Any] = {}
    items = [piece for piece in one.pieces if piece.role is not Role.FIRST_COMMENT]
    if len(items) > 1:
        made["thread_post_ids"] = [piece.live.id for piece in items if piece.live]
        stopped = next((index for index, piece in enumerate(items) if piece.error), None)
        made |= {} if stopped is None else {"thread_failed_at_index": stopped}
    comment = next((piece for piece in one.pieces if piece.role is Role.FIRST_COMMENT), None)
    if comment is not None and comment.error is not None:
        made["first_comment_error"] = failure(comment.error).model_dump(exclude_none=True)
    return made or None
