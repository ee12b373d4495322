"""Actions, and reading from the networks: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ANY_KEY, Route
from shared.api.v1.routes_inbox import FILES, MENTIONS

_HANDLERS = "shared.api.v1.handlers_actions:"
_ASKS = "shared.api.v1.models_actions:"
_SAYS = "shared.api.v1.views_actions:"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_READ = (
    "validation.field_required",
    "validation.field_invalid",
    "account.not_found",
    "account.reconnection_required",
    "resource.not_supported",
    "platform.*",
)
_FIND = ("action.not_found",)
_CHANGE = (*_FIND, "action.state_invalid", "auth.insufficient_scope")
_ACTION: dict[str, Any] = {
    "id": "act_01KB2M8Q4T9XWZ6V3H7N5R1C0D",
    "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "platform": "facebook",
    "verb": "comment.reply",
    "on": "122100000000000001_1150000000000002",
    "text": "Thank you!",
    "arguments": {},
    "status": "sending",
    "attempts": 0,
    "created_at": "2026-11-22T12:00:00Z",
}
_PROMISE = (
    "The same promise as for posts: it is sent at most once, never lost in silence, and says `needs_review` when nobody "
    "can know. The answer comes at once; ask for the action, or wait for `action.done`. The scope depends on the verb: "
    "`dms:send` for messages and private replies, `inbox:write` for comments, likes and answers to reviews, `ads:write` "
    "for ads, `accounts:manage` for what is the network's own (boards, playlists, templates)."
)
_SEEN = (
    "A restricted key sees the actions that it may do, and those whose like it may read: messages and private replies with "
    "`dms:read`, comments, likes and answers to reviews with `inbox:read`, ads with `ads:read`, what is the network's own "
    "with `accounts:read`. The others are left out of a page, which may then be shorter than `limit`."
)

ACTIONS = (
    Route(
        "POST",
        "/v1/actions",
        f"{_HANDLERS}act",
        "Comment, reply, like, hide, message, answer a review, advertise: whatever others will see and is no post",
        {201: f"{_SAYS}ActionResponse"},
        scope=ANY_KEY,
        body=f"{_ASKS}ActionRequest",
        errors=(
            "validation.field_required",
            "validation.field_invalid",
            "validation.field_unknown",
            "validation.option_unknown",
            "validation.text_too_long",
            "account.not_found",
            "account.reconnection_required",
            "resource.not_supported",
            "validation.interaction_limit_exhausted",
            "auth.insufficient_scope",
            "platform.*",
            *FILES,
            *_KEYED,
        ),
        idempotency="commit",
        location="/v1/actions/{id}",
        description=_PROMISE,
        example={
            "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "verb": "comment.reply",
            "on": "122100000000000001_1150000000000002",
            "text": "Thank you!",
        },
        answer_example=_ACTION,
    ),
    Route(
        "GET",
        "/v1/actions",
        f"{_HANDLERS}list_",
        "An account's actions, newest first",
        {200: f"{_SAYS}ActionsListResponse"},
        scope=ANY_KEY,
        query=f"{_ASKS}ListActionsQuery",
        errors=("validation.cursor_invalid",),
        description=_SEEN,
        answer_example={"data": [_ACTION], "pagination": {"has_more": False}},
    ),
    Route(
        "GET",
        "/v1/actions/{id}",
        f"{_HANDLERS}get",
        "What became of an action",
        {200: f"{_SAYS}ActionResponse"},
        scope=ANY_KEY,
        errors=(*_FIND, "auth.insufficient_scope"),
        description=_SEEN,
        answer_example={
            **_ACTION,
            "status": "done",
            "platform_id": "122100000000000001_1150000000000009",
            "attempts": 1,
        },
    ),
    Route(
        "DELETE",
        "/v1/actions/{id}",
        f"{_HANDLERS}cancel",
        "Call off an action that was not sent yet",
        {200: f"{_SAYS}ActionResponse"},
        scope=ANY_KEY,
        errors=_CHANGE,
    ),
    Route(
        "POST",
        "/v1/actions/{id}/retry",
        f"{_HANDLERS}retry",
        "Try a failed or missed action again",
        {200: f"{_SAYS}ActionResponse"},
        scope=ANY_KEY,
        errors=(*_CHANGE, *_KEYED),
        idempotency="claim",
    ),
    Route(
        "POST",
        "/v1/actions/{id}/resolve",
        f"{_HANDLERS}resolve",
        "Say how an action was that needs_review: done, or do it (retry)",
        {200: f"{_SAYS}ActionResponse"},
        scope=ANY_KEY,
        body=f"{_ASKS}ResolveActionRequest",
        errors=(*_CHANGE, "validation.field_invalid", *_KEYED),
        idempotency="claim",
        example={"outcome": "done"},
    ),
)


def _reading(path: str, handler: str, what: str, answer: str, query: str, scope: str) -> Route:
    """A question to the network, answered as it is at this moment and kept nowhere."""
    return Route(
        "GET",
        f"/v1/accounts/{{id}}/{path}",
        f"{_HANDLERS}{handler}",
        what,
        {200: f"{_SAYS}{answer}"},
        scope=scope,
        query=f"{_ASKS}{query}",
        errors=_READ,
    )


READING = (
    _reading(
        "comments", "comments", "The comments on one post, live", "CommentsResponse", "CommentsQuery", "inbox:read"
    ),
    _reading(
        "conversations", "conversations", "Conversations, live", "ConversationsResponse", "CursorQuery", "dms:read"
    ),
    _reading(
        "messages",
        "messages",
        "The messages of one conversation, live",
        "MessagesResponse",
        "MessagesQuery",
        "dms:read",
    ),
    *MENTIONS,
    _reading("reviews", "reviews", "The account's reviews, live", "ReviewsResponse", "CursorQuery", "inbox:read"),
    _reading("ads/accounts", "ad_accounts", "Ad accounts", "AdAccountsResponse", "CursorQuery", "ads:read"),
    _reading(
        "ads", "ad_objects", "Campaigns, ad groups, creatives or ads", "AdObjectsResponse", "AdObjectsQuery", "ads:read"
    ),
    _reading("ads/stats", "ad_stats", "Figures of ads over some days", "AdStatsResponse", "AdStatsQuery", "ads:read"),
    Route(
        "GET",
        "/v1/accounts/{id}/resources/{name}",
        f"{_HANDLERS}resource",
        "What is the network's own: boards, playlists, flairs, pages, creator info (GET /v1/platforms lists them)",
        {200: f"{_SAYS}ResourceResponse"},
        scope="accounts:read",
        foreign_query=True,
        errors=(*_READ, "validation.option_unknown"),
        description="The query is the resource's own arguments, and `cursor`.",
    ),
)
