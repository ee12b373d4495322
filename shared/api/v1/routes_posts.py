"""Posts: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ANY_KEY, Route
from shared.api.v1.routes_inbox import FILES
from shared.api.v1.routes_workflow import workflow

_HANDLERS = "shared.api.v1.handlers_posts:"
_ASKS = "shared.api.v1.models_posts:"
_SAYS = "shared.api.v1.views_posts:"
_DONE = "shared.api.v1.models_common:SuccessResponse"

_FIND = ("post.not_found",)
_FIND_ANY = (*_FIND, "ambiguous_post_id")
_JUDGE = (
    "validation.post_limit_exhausted",
    "validation.body_invalid",
    "validation.field_required",
    "validation.field_invalid",
    "validation.field_unknown",
    "validation.text_too_long",
    "validation.too_many_hashtags",
    "validation.thread_unsupported",
    "validation.thread_too_long",
    "validation.kind_unsupported",
    "validation.media_count",
    "validation.media_type_mismatch",
    "validation.media_type_unsupported",
    "validation.media_too_large",
    "validation.media_too_long",
    "validation.media_too_short",
    "validation.media_ratio",
    "validation.media_width",
    "validation.alt_text_too_long",
    "validation.option_unknown",
    "validation.visibility_unsupported",
    "validation.first_comment_unsupported",
    "validation.time_invalid",
    "validation.time_past",
    "validation.time_skipped",
    "validation.time_too_far",
    "validation.offset_missing",
    "validation.timezone_unknown",
    "publishing.duplicate_target",
    "publishing.media.mixing_unsupported",
    "account.unsupported_platform",
    "account.not_found",
    "account.reconnection_required",
    "validation.body_too_large",
    *FILES,
    "platform.*",
)
_PLACED = ("publishing.duplicate_content", "queue.no_free_slot", "brand.not_found")
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")

_POST: dict[str, Any] = {
    "id": "post_01KB2M8Q4T9XWZ6V3H7N5R1C0D",
    "status": "scheduled",
    "text": "We are live in Lisbon.",
    "media": [],
    "media_ids": [],
    "targets": [
        {
            "id": "tgt_01KB2M8Q4V2P8J6K4D9S7F3G1H",
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "platform": "bluesky",
            "status": "scheduled",
            "attempts": 0,
            "scheduled_at": "2026-12-24T17:00:00Z",
            "media_type": "text",
        }
    ],
    "visibility": "public",
    "scheduled_at": "2026-12-24T17:00:00Z",
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
    "retry_count": 0,
    "hidden": False,
    "max_lateness": 60,
}

ROUTES = (
    Route(
        "POST",
        "/v1/posts",
        f"{_HANDLERS}create",
        "Make a post: publish now, schedule, or keep as a draft",
        {201: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}CreatePostRequest",
        errors=(*_JUDGE, *_PLACED, *_KEYED),
        idempotency="commit",
        location="/v1/posts/{id}",
        description=(
            "All or nothing: every target is checked against its network's limits before anything is stored. The answer "
            "comes at once; publishing follows, and each target tells what became of it. Where the workspace demands "
            "approval, a post of a caller without `posts:approve` is `awaiting_approval`, and nothing of it is sent."
        ),
        example={
            "text": "We are live in Lisbon.",
            "targets": [{"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"}],
            "scheduled_at": "2026-12-24T18:00:00",
            "timezone": "Europe/Berlin",
        },
        answer_example=_POST,
    ),
    Route(
        "GET",
        "/v1/posts",
        f"{_HANDLERS}list_",
        "Posts, with filters",
        {200: f"{_SAYS}PostsListResponse"},
        scope="posts:read",
        query=f"{_ASKS}ListPostsQuery",
        errors=(
            "validation.time_invalid",
            "validation.offset_missing",
            "validation.cursor_invalid",
            "account.unsupported_platform",
            "validation.field_invalid",
        ),
        description="A page may hold fewer posts than `limit` and still have a next one.",
        answer_example={"data": [_POST], "pagination": {"limit": 25, "has_more": False}},
    ),
    Route(
        "GET",
        "/v1/posts/validate",
        f"{_HANDLERS}constraints",
        "Text, media, carousel and scheduling limits per platform",
        {200: f"{_SAYS}PlatformConstraintsResponse"},
        scope=ANY_KEY,
        query=f"{_ASKS}ConstraintsQuery",
        errors=("account.unsupported_platform",),
    ),
    Route(
        "POST",
        "/v1/posts/validate",
        f"{_HANDLERS}validate",
        "A dry run of the checks",
        {200: f"{_SAYS}ValidatePostResponse"},
        scope=ANY_KEY,
        body=f"{_ASKS}ValidatePostRequest",
        errors=_JUDGE,
        idempotency="claim",
        description=(
            "It takes the same body as POST /v1/posts, and `platforms` or `account_ids` in place of `targets`. What "
            "creating would refuse is in `errors`; nothing is written."
        ),
        example={"text": "Hello", "platforms": ["bluesky"]},
        answer_example={"valid": True, "errors": [], "warnings": []},
    ),
    Route(
        "GET",
        "/v1/posts/{pid}",
        f"{_HANDLERS}get",
        "One post with its targets",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:read",
        errors=_FIND_ANY,
        wide=True,
        description="By its own id, or by the id that a network gave to what was made of it.",
        answer_example=_POST,
    ),
    Route(
        "PATCH",
        "/v1/posts/{pid}",
        f"{_HANDLERS}update",
        "Edit a post that is not sent yet",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}UpdatePostRequest",
        errors=(*_FIND, "post.state_invalid", *_JUDGE),
        description=(
            "A post can be edited while it is draft, scheduled, failed or missed on every account, and still while it "
            "is `publishing` as long as its files are being prepared: until the first request that could make it "
            "visible. From then on, and once a part of it is live, the answer is 409 `post.state_invalid`. `hidden` "
            "alone can always be changed. What is left out stays. It never publishes; `scheduled_at: null` makes the "
            "post a draft again."
        ),
        example={"text": "We are live in Porto."},
        answer_example=_POST,
    ),
    Route(
        "DELETE",
        "/v1/posts/{pid}",
        f"{_HANDLERS}delete",
        "Drop an unpublished post, or delete the copies of a published one",
        {200: f"{_SAYS}DeletePostResponse"},
        scope="posts:write",
        errors=(*_FIND, "post.state_invalid"),
        description=(
            "Once no live copy remains, the post is `cancelled` for good: it leaves the lists, stays readable by its "
            "id, and is neither changed nor sent any more. Deleting it again gives the same answer."
        ),
        answer_example={"success": True, "deleted": True, "results": []},
    ),
    Route(
        "POST",
        "/v1/posts/{pid}/publish",
        f"{_HANDLERS}publish",
        "Publish a draft or scheduled post now",
        {201: f"{_SAYS}PostResponse"},
        scope="posts:write",
        errors=(*_FIND, "post.state_invalid", "post.approval_pending", *_JUDGE, *_KEYED),
        idempotency="claim",
        location="/v1/posts/{id}",
        description=(
            "Where the workspace demands approval, the draft of a caller without `posts:approve` is submitted instead "
            "(`awaiting_approval`), unless it was approved as it is."
        ),
        answer_example=_POST,
    ),
    Route(
        "POST",
        "/v1/posts/{pid}/retry",
        f"{_HANDLERS}retry",
        "Try the failed and missed targets again",
        {200: _DONE},
        scope="posts:write",
        errors=(
            *_FIND,
            "post.state_invalid",
            "post.approval_pending",
            "post.no_retryable_deliveries",
            "validation.post_limit_exhausted",
            *_KEYED,
        ),
        idempotency="claim",
        answer_example={"success": True},
    ),
    Route(
        "POST",
        "/v1/posts/{pid}/unpublish",
        f"{_HANDLERS}unpublish",
        "Take a published post down, on one account or on all",
        {200: _DONE},
        scope="posts:write",
        body=f"{_ASKS}UnpublishRequest",
        body_optional=True,
        errors=(*_FIND, "post.state_invalid", "account.not_found", "resource.not_supported", *_KEYED),
        idempotency="claim",
        example={"account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5"},
        answer_example={"success": True},
    ),
    Route(
        "POST",
        "/v1/posts/{pid}/resolve",
        f"{_HANDLERS}resolve",
        "Say what became of a target that needs review",
        {200: f"{_SAYS}PostResponse"},
        scope="posts:write",
        body=f"{_ASKS}ResolveRequest",
        errors=(
            *_FIND,
            "post.state_invalid",
            "post.approval_pending",
            "resource.not_found",
            "validation.field_required",
            *_KEYED,
        ),
        idempotency="claim",
        description=(
            "A target needs review when nobody can know whether the network published it. Look at the account: "
            "`published` if it is live (name its id and link), `retry` if it is not."
        ),
        example={
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "outcome": "published",
            "platform_post_id": "1859003341201",
            "permalink": "https://x.com/rostrum/status/1859003341201",
        },
        answer_example=_POST,
    ),
    Route(
        "GET",
        "/v1/posts/{pid}/metrics",
        f"{_HANDLERS}metrics",
        "Live engagement numbers per target",
        {200: f"{_SAYS}MetricsResponseWrapper"},
        scope="posts:read",
        errors=_FIND_ANY,
        wide=True,
        description="A target that cannot be read carries an error object instead of numbers.",
    ),
    *workflow(_FIND, _JUDGE, (*_PLACED, *_KEYED), _POST),
)
