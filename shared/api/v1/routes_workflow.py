"""What teams do with posts: import, bulk, approve, preview, history, cost; as data. Part of the group ``/v1/posts``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.api.engine.routes import ADMIN, ANY_KEY, Route, Upload

_HANDLERS = "shared.api.v1.handlers_workflow:"
_ASKS = "shared.api.v1.models_workflow:"
_SAYS = "shared.api.v1.views_workflow:"
_POST = "shared.api.v1.views_posts:PostResponse"
_MAX_CSV = 5 * 1024 * 1024

_IMPORTED: dict[str, Any] = {
    "created": 1,
    "failed": 1,
    "total_rows": 2,
    "dry_run": False,
    "errors": [
        {
            "row": 3,
            "column": "visibility",
            "code": "validation.field_invalid",
            "message": "visibility: it must be one of public, private.",
        }
    ],
}

Codes = tuple[str, ...]


_READ: dict[str, Any] = {"scope": "posts:read", "wide": True}
_UNAGREED = ("post.state_invalid", "post.approval_late", "publishing.duplicate_content")


def workflow(find: Codes, judge: Codes, making: Codes, post: Mapping[str, Any]) -> tuple[Route, ...]:
    """The routes. ``find``, ``judge`` and ``making``: codes of what finds, judges and makes posts; ``post``: an example."""
    return (
        *_many(judge, making, post),
        *_approving(find, judge, post),
        *_looking(find, judge),
        _cost(find),
        *_settings(),
    )


def _many(judge: Codes, making: Codes, post: Mapping[str, Any]) -> tuple[Route, ...]:
    return (
        Route(
            "POST",
            "/v1/posts/import",
            f"{_HANDLERS}import_",
            "Make posts from a CSV file",
            {200: f"{_SAYS}ImportPostsResponse"},
            scope="posts:write",
            upload=Upload("file", _MAX_CSV, "validation.body_too_large", "Split the file."),
            query=f"{_ASKS}ImportQuery",
            example={
                "file": "text,account_ids,scheduled_at\nWe are live.,acc_01KB2KZ0A7B8C9D0E1F2G3H4J5,2026-12-24T18:00:00Z\n"
            },
            errors=("validation.body_invalid", "validation.body_too_large", *_keyed(making)),
            idempotency="commit",
            description=(
                "UTF-8, at most 1,000 rows; the first row names the columns: text, title, account_ids, scheduled_at, "
                "visibility, first_comment, platform_data, board_id, timezone, media_urls, tags, campaign_id. Only text "
                "is required; several accounts, addresses or tags are separated by |. Rows are independent: `errors` "
                "names those that were not made by the number that a spreadsheet shows. The same file (or the same "
                "Idempotency-Key) sent again within seven days makes no row twice, also after an import that was cut "
                "off; to import the same file once more, send another Idempotency-Key and skip_duplicate_check=true."
            ),
            answer_example=_IMPORTED | {"posts": [post]},
        ),
        Route(
            "POST",
            "/v1/posts/bulk",
            f"{_HANDLERS}bulk",
            "Make up to 50 posts",
            {200: f"{_SAYS}BulkPostsResponse"},
            scope="posts:write",
            body=f"{_ASKS}BulkPostsRequest",
            errors=(*_shape(judge), *_keyed(making)),
            idempotency="commit",
            description=(
                "Each is made by itself, as POST /v1/posts makes it: `results` has its status, and the post or the "
                "error. With an Idempotency-Key, a request that was cut off can be sent again: no post is made twice."
            ),
            example={"posts": [{"text": "Monday"}, {"text": "Tuesday"}]},
            answer_example={"created": 1, "failed": 0, "results": [{"index": 0, "status": 201, "post": post}]},
        ),
    )


def _approving(find: Codes, judge: Codes, post: Mapping[str, Any]) -> tuple[Route, ...]:
    keyed = ("idempotency.key_reused", "idempotency.in_progress")
    common: dict[str, Any] = {"idempotency": "claim", "answer_example": post}
    return (
        Route(
            "POST",
            "/v1/posts/{pid}/submit",
            f"{_HANDLERS}submit",
            "Ask for approval of a draft",
            {200: _POST},
            scope="posts:write",
            errors=(*find, "post.state_invalid", *keyed),
            **common,
        ),
        Route(
            "POST",
            "/v1/posts/{pid}/approve",
            f"{_HANDLERS}approve",
            "Agree to a post that awaits approval",
            {200: _POST},
            scope="posts:approve",
            body=f"{_ASKS}ApproveRequest",
            body_optional=True,
            errors=(*find, *_UNAGREED, *judge, *keyed),
            description=(
                "It is then scheduled for its time, or sent now where that was asked for; without a time it is a draft "
                "that its author may publish. If its time has passed the answer is 409 `post.approval_late`, and nothing "
                "goes out at an hour that nobody chose: approve it with `publish_now` or another `scheduled_at`."
            ),
            example={"updated_at": "2026-11-22T12:00:00Z"},
            **common,
        ),
        Route(
            "POST",
            "/v1/posts/{pid}/reject",
            f"{_HANDLERS}reject",
            "Send a post that awaits approval back",
            {200: _POST},
            scope="posts:approve",
            body=f"{_ASKS}RejectRequest",
            body_optional=True,
            errors=(*find, "post.state_invalid", *keyed),
            description="It is a draft again, with the reason in `approval`; a slot of the queue that it had is free.",
            example={"reason": "The price is last year's."},
            **common,
        ),
    )


def _looking(find: Codes, judge: Codes) -> tuple[Route, ...]:
    found = (*find, "ambiguous_post_id")
    return (
        Route(
            "GET",
            "/v1/posts/{pid}/history",
            f"{_HANDLERS}history",
            "Who did what to a post, and what became of it",
            {200: f"{_SAYS}PostHistoryResponse"},
            errors=found,
            **_READ,
            description="Oldest first. Of very many changes the first and the latest 99 are kept.",
            answer_example={"data": [{"at": "2026-11-22T12:00:00Z", "actor": "key_1", "action": "created"}]},
        ),
        Route(
            "GET",
            "/v1/posts/{pid}/preview",
            f"{_HANDLERS}preview",
            "What will be sent, per account",
            {200: f"{_SAYS}PreviewResponse"},
            errors=(*found, "account.unsupported_platform", "media.busy"),
            **_READ,
        ),
        Route(
            "POST",
            "/v1/posts/preview",
            f"{_HANDLERS}preview_request",
            "What would be sent, per account or network",
            {200: f"{_SAYS}PreviewResponse"},
            scope=ANY_KEY,
            body="shared.api.v1.models_posts:ValidatePostRequest",
            errors=judge,
            idempotency="claim",
            description="It takes the body of POST /v1/posts/validate. Nothing is written.",
            example={"text": "Hello", "platforms": ["bluesky"]},
        ),
    )


def _cost(find: Codes) -> Route:
    return Route(
        "GET",
        "/v1/posts/{pid}/cost",
        f"{_HANDLERS}cost",
        "What a post costs: its networks and our own operations",
        {200: f"{_SAYS}CostResponse"},
        errors=(*find, "ambiguous_post_id"),
        **_READ,
        description=(
            "At list prices. `estimated_usd`: if everything goes well; `counted_usd`: for the requests begun so far, "
            "retries included. `reading`: what the network takes for the post's numbers, as often as they are read on "
            "schedule. None of it is a bill."
        ),
    )


def _settings() -> tuple[Route, ...]:
    example = {"approval": "required"}
    return (
        Route(
            "GET",
            "/v1/posts/settings",
            f"{_HANDLERS}settings",
            "What the workspace has decided about its posts",
            {200: f"{_SAYS}PostSettingsResponse"},
            scope="posts:read",
            answer_example=example,
        ),
        Route(
            "PATCH",
            "/v1/posts/settings",
            f"{_HANDLERS}change_settings",
            "Demand approval of posts, or no longer",
            {200: f"{_SAYS}PostSettingsResponse"},
            scope=ADMIN,
            body=f"{_ASKS}PostSettingsRequest",
            description="Posts that are scheduled already stay so; those that await approval still do.",
            example=example,
            answer_example=example,
        ),
    )


def _keyed(making: Codes) -> Codes:
    return tuple(code for code in making if code.startswith("idempotency."))


def _shape(judge: Codes) -> Codes:
    return tuple(code for code in judge if code.startswith(("validation.body", "validation.field")))
