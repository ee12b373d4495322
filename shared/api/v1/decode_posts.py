"""From this dialect's requests to the commands of ``operations.posts``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.api.v1 import models_posts as models
from shared.operations.posts.commands import CreatePost, MediaInput, Segment, TargetOrder
from shared.operations.posts.listing import ListPosts


def create(body: models.CreatePostRequest) -> CreatePost:
    """A post to make."""
    given = _content(body) | {
        "text": body.text,
        "publish_now": body.publish_now,
        "queue": body.queue,
        "queue_brand_id": body.queue_brand_id,
        "check_duplicates": not body.skip_duplicate_check,
    }
    return CreatePost(**{name: value for name, value in given.items() if value is not None})


def changes(body: models.UpdatePostRequest) -> dict[str, Any]:
    """What an edit says: only the fields that were sent. Null empties a field; of ``scheduled_at``, it ends the plan."""
    sent = body.model_fields_set
    given = _content(body) | {"text": body.text, "hidden": body.hidden}
    names = (sent - {"media_ids"}) | ({"media"} if "media_ids" in sent else set())
    return {name: _EMPTY.get(name) if given[name] is None else given[name] for name in sorted(names)}


_EMPTY: Mapping[str, Any] = {
    "text": "",
    "title": "",
    "targets": (),
    "media": (),
    "segments": (),
    "first_comment": "",
    "visibility": "public",
    "max_lateness": 60,
    "platform_data": {},
    "hidden": False,
    "tags": (),
    "campaign_id": "",
}


def check(body: models.ValidatePostRequest) -> CreatePost:
    """A post to check. Of ``targets`` and ``account_ids``, the first wins."""
    given = _content(body) | {"text": body.text, "publish_now": body.publish_now}
    if not given["targets"] and body.account_ids:
        given["targets"] = tuple(TargetOrder(account_id) for account_id in body.account_ids)
    return CreatePost(**{name: value for name, value in given.items() if value is not None})


def listed(query: models.ListPostsQuery) -> ListPosts:
    """Which posts to list."""
    accounts = tuple(dict.fromkeys(part.strip() for part in (query.account_ids or "").split(",") if part.strip()))
    return ListPosts(
        status=query.status,
        platform=query.platform,
        account_ids=accounts,
        brand_id=query.brand_id,
        page_id=query.page_id,
        tag=query.tag,
        campaign_id=query.campaign_id,
        since=query.since,
        until=query.until,
        search=query.search,
        sort=query.sort,
        hidden=query.hidden,
        limit=query.limit,
        cursor=query.cursor,
    )


def _content(body: models.CreatePostRequest | models.UpdatePostRequest) -> dict[str, Any]:
    return {
        "title": body.title,
        "targets": None if body.targets is None else tuple(_target(target) for target in body.targets),
        "media": _media(body.media, body.media_ids),
        "segments": None if body.segments is None else tuple(_segment(segment) for segment in body.segments),
        "first_comment": body.first_comment,
        "visibility": body.visibility,
        "scheduled_at": body.scheduled_at,
        "timezone": body.timezone,
        "max_lateness": body.max_lateness,
        "platform_data": body.platform_data,
        "skip_validation": body.skip_validation,
        "tags": None if body.tags is None else tuple(body.tags),
        "campaign_id": body.campaign_id,
    }


def _target(target: models.TargetRequest) -> TargetOrder:
    return TargetOrder(
        account_id=target.account_id,
        text=target.text,
        title=target.title,
        media=_media(target.media, target.media_ids),
        first_comment=target.first_comment,
        visibility=target.visibility,
        scheduled_at=target.scheduled_at,
        page_id=target.page_id,
        board_id=target.board_id,
        platform_data=target.platform_data or {},
    )


def _segment(segment: models.SegmentRequest) -> Segment:
    return Segment(segment.text, _media(segment.media, segment.media_ids) or ())


def _media(items: Sequence[models.MediaInput] | None, ids: Sequence[str] | None) -> tuple[MediaInput, ...] | None:
    """``media`` wins over the older ``media_ids``; None when neither was sent."""
    if items is not None:
        return tuple(media_input(item) for item in items)
    return None if ids is None else tuple(MediaInput("media_id", media_id) for media_id in ids)


def media_input(item: models.MediaInput) -> MediaInput:
    """One media item. What callers name a file is a document here: of files there are PDFs only."""
    kind = "document" if item.type == "file" else item.type
    return MediaInput(item.source_type, item.source, kind, item.alt_text)
