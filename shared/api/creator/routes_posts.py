"""Posts, threads and the queue: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route

BASE = "/api/v1/creator/social"
_HANDLERS = "shared.api.creator.handlers_posts:"
_ASKS = "shared.api.creator.models_posts:"
_SAYS = "shared.api.creator.views_posts:"
FIND = ("post.not_found",)
_STATE = ("post.state_invalid",)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_JUDGE = (
    "validation.text_too_long",
    "validation.media_type_unsupported",
    "validation.media_too_large",
    "validation.time_invalid",
    "validation.time_past",
    "validation.time_skipped",
    "validation.time_too_far",
    "validation.offset_missing",
    "validation.timezone_unknown",
    "account.unsupported_platform",
    "account.not_found",
    "account.reconnection_required",
    "media.not_found",
    "media.busy",
    "media.too_large",
    "validation.post_limit_exhausted",
    "platform.*",
)
POST_ID = "post_01KB2M8Q4T9XWZ6V3H7N5R1C0D"
_ACCOUNT_ID = "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"
_POST: dict[str, Any] = {
    "id": POST_ID,
    "title": "Spring menu",
    "content": {"text": "Our spring menu is here.", "hashtags": ["spring"], "mentions": []},
    "media": [],
    "platforms": ["bluesky"],
    "status": "draft",
    "tags": ["menu"],
    "platform_posts": [{"platform": "bluesky", "account_id": _ACCOUNT_ID, "status": "draft"}],
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
}

POSTS: tuple[Route, ...] = (
    Route(
        "POST",
        f"{BASE}/publish",
        f"{_HANDLERS}publish",
        "Publish on one or more platforms, now or at a time",
        {201: f"{_SAYS}PublishResponse"},
        scope="posts:write",
        body=f"{_ASKS}PublishRequest",
        errors=(*_JUDGE, *_KEYED),
        idempotency="commit",
        location=f"{BASE}/posts/{{publish_id}}",
        description="The answer comes at once; publishing follows, and the post of this id tells what becomes of it.",
        example={
            "content": {"text": "We are live in Lisbon."},
            "platforms": [{"platform": "bluesky", "account_id": _ACCOUNT_ID}],
        },
        answer_example={
            "publish_id": POST_ID,
            "status": "publishing",
            "platforms": [{"platform": "bluesky", "account_id": _ACCOUNT_ID, "status": "publishing"}],
            "created_at": "2026-11-22T12:00:00Z",
        },
    ),
    Route(
        "POST",
        f"{BASE}/posts",
        f"{_HANDLERS}create",
        "Make a draft, or schedule a post",
        {201: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}CreatePostRequest",
        errors=(*_JUDGE, *_KEYED),
        idempotency="commit",
        location=f"{BASE}/posts/{{id}}",
        description="A draft may be unfinished: the networks' limits are looked at when it is published or scheduled.",
        example={
            "title": "Spring menu",
            "content": {"text": "Our spring menu is here.", "hashtags": ["spring"]},
            "platforms": ["bluesky"],
            "tags": ["menu"],
        },
        answer_example=_POST,
    ),
    Route(
        "GET",
        f"{BASE}/posts/{{post_id}}",
        f"{_HANDLERS}get",
        "One post, with what became of it on each platform",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:read",
        errors=FIND,
        answer_example=_POST,
    ),
    Route(
        "PUT",
        f"{BASE}/posts/{{post_id}}",
        f"{_HANDLERS}update",
        "Change a post that is not sent yet; what is left out stays",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}UpdatePostRequest",
        errors=(*FIND, *_STATE, *_JUDGE),
        example={"content": {"text": "Our spring menu is here, with asparagus."}},
        answer_example=_POST,
    ),
    Route(
        "DELETE",
        f"{BASE}/posts/{{post_id}}",
        f"{_HANDLERS}delete",
        "Drop an unsent post, or take the copies of a live one down",
        {200: f"{_SAYS}DeletePostResponse"},
        scope="posts:write",
        errors=(*FIND, *_STATE),
        answer_example={"id": POST_ID, "deleted": True, "remaining": []},
    ),
    Route(
        "POST",
        f"{BASE}/posts/{{post_id}}/publish",
        f"{_HANDLERS}publish_now",
        "Publish a draft or a scheduled post now",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}PublishPostRequest",
        body_optional=True,
        errors=(*FIND, *_STATE, *_JUDGE, *_KEYED),
        idempotency="claim",
        example={"publish_now": True},
        answer_example=_POST | {"status": "publishing"},
    ),
    Route(
        "POST",
        f"{BASE}/posts/{{post_id}}/schedule",
        f"{_HANDLERS}schedule",
        "Give a post its time",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}SchedulePostRequest",
        errors=(*FIND, *_STATE, *_JUDGE, *_KEYED),
        idempotency="claim",
        description="A time with an offset counts as it is; one without is a local time of `timezone`. A local time that the zone skips is refused.",
        example={"scheduled_at": "2026-12-24T18:00:00", "timezone": "Europe/Berlin"},
        answer_example=_POST | {"status": "scheduled", "scheduled_at": "2026-12-24T17:00:00Z"},
    ),
    Route(
        "POST",
        f"{BASE}/posts/{{post_id}}/cancel",
        f"{_HANDLERS}cancel",
        "Stop a scheduled post",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        errors=(*FIND, *_STATE, *_KEYED),
        idempotency="claim",
        answer_example=_POST | {"status": "cancelled"},
    ),
    Route(
        "POST",
        f"{BASE}/threads",
        f"{_HANDLERS}thread",
        "Publish a thread, now or at a time",
        {201: f"{_SAYS}ThreadResponse"},
        scope="posts:write",
        body=f"{_ASKS}CreateThreadRequest",
        errors=(*_JUDGE, "validation.thread_unsupported", "validation.thread_too_long", *_KEYED),
        idempotency="commit",
        location=f"{BASE}/posts/{{thread_id}}",
        example={"platform": "bluesky", "posts": [{"text": "One thing first."}, {"text": "And another."}]},
        answer_example={
            "thread_id": POST_ID,
            "platform": "bluesky",
            "account_id": _ACCOUNT_ID,
            "post_count": 2,
            "status": "publishing",
        },
    ),
    Route(
        "GET",
        f"{BASE}/scheduling/queue",
        f"{_HANDLERS}queue",
        "What is scheduled, the next first",
        {200: f"{_SAYS}QueueResponse"},
        scope="posts:read",
        query=f"{_ASKS}QueueQuery",
        errors=("validation.cursor_invalid",),
        answer_example={
            "queue": [
                {
                    "id": POST_ID,
                    "title": "Spring menu",
                    "scheduled_at": "2026-12-24T17:00:00Z",
                    "platforms": ["bluesky"],
                    "status": "scheduled",
                }
            ],
            "total_scheduled": 1,
        },
    ),
)
