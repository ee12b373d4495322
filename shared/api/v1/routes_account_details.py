"""What a network says of an account itself, and its boards: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_account_details:"
_MODELS = "shared.api.v1.models_account_details:"
_PENDING = "shared.api.v1.views_inbox:PendingResponse"
_READ = ("account.not_found", "account.reconnection_required", "resource.not_supported", "platform.*")
_PAGES = ("account.not_found", "account.pages_not_supported")
_ACT = (
    *_READ,
    "validation.field_required",
    "validation.field_invalid",
    "validation.field_unknown",
    "validation.option_unknown",
    "validation.text_too_long",
    "validation.body_too_large",
    "action.state_invalid",
)
_ONE_PAGE = (
    "A consent that covers several pages is answered by choosing, and each chosen page is an account of its own. Its only page "
    "is itself: always active and the default. To stop using it, disconnect the account."
)
_WAITS = (
    "Sent at most once, as every action. What is not done within eight seconds is answered 202, with the action to ask for; "
    "do not send it again."
)
_PAGE: dict[str, Any] = {
    "id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "platform_page_id": "100200300400500",
    "name": "Fern's Bakery",
    "is_active": True,
    "is_default": True,
}
_BOARD = {"id": "549755885175", "board_id": "549755885175", "name": "Plans", "privacy": "PUBLIC"}

DETAILS: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/accounts/{id}/pages",
        f"{_HANDLERS}pages",
        "The page of an account, on networks that have pages",
        {200: f"{_MODELS}PagesListResponse"},
        scope="accounts:read",
        errors=_PAGES,
        description=_ONE_PAGE,
        answer_example={"data": [_PAGE]},
    ),
    Route(
        "PATCH",
        "/v1/accounts/{id}/pages/{pageId}",
        f"{_HANDLERS}update_page",
        "Keep a page on and the default, which it is; it cannot be switched off",
        {200: f"{_MODELS}AccountPage"},
        scope="accounts:manage",
        body=f"{_MODELS}UpdatePageRequest",
        errors=(*_PAGES, "resource.not_found", "resource.conflict"),
        description=_ONE_PAGE,
        example={"is_default": True},
        answer_example=_PAGE,
    ),
    Route(
        "GET",
        "/v1/accounts/{id}/creator-info",
        f"{_HANDLERS}creator_info",
        "What the creator may post right now: ask before showing a form",
        {200: f"{_MODELS}CreatorInfoResponse"},
        scope="accounts:read",
        errors=_READ,
        answer_example={
            "platform": "tiktok",
            "nickname": "Ada",
            "can_post": True,
            "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
            "interaction_settings": {"comment_disabled": False, "duet_disabled": False, "stitch_disabled": True},
            "max_video_duration_sec": 600,
        },
    ),
    Route(
        "GET",
        "/v1/accounts/{id}/limits",
        f"{_HANDLERS}limits",
        "What is left of the network's quotas; nothing where it tells nothing",
        {200: f"{_MODELS}UsageLimitsResponse"},
        scope="accounts:read",
        errors=_READ,
        description="`retry_after_seconds` is there while the network has asked us to publish nothing.",
        answer_example={"posts_remaining": 97, "posts_total": 100},
    ),
    Route(
        "GET",
        "/v1/accounts/{id}/boards",
        f"{_HANDLERS}boards",
        "The account's boards, live",
        {200: f"{_MODELS}BoardsResponse"},
        scope="accounts:read",
        errors=_READ,
        answer_example={"data": [_BOARD]},
    ),
    Route(
        "POST",
        "/v1/accounts/{id}/boards",
        f"{_HANDLERS}create_board",
        "Make a board",
        {201: f"{_MODELS}BoardItem", 202: _PENDING},
        scope="accounts:manage",
        body=f"{_MODELS}CreateBoardRequest",
        errors=(*_ACT, "idempotency.key_reused", "idempotency.in_progress"),
        idempotency="commit",
        description=_WAITS,
        example={"name": "Plans", "privacy": "PUBLIC"},
        answer_example=_BOARD,
    ),
    Route(
        "PATCH",
        "/v1/accounts/{id}/boards/{boardId}",
        f"{_HANDLERS}update_board",
        "Change a board",
        {200: f"{_MODELS}BoardItem", 202: _PENDING},
        scope="accounts:manage",
        body=f"{_MODELS}UpdateBoardRequest",
        errors=_ACT,
        description=_WAITS,
        example={"name": "Plans for spring"},
        answer_example=_BOARD,
    ),
    Route(
        "DELETE",
        "/v1/accounts/{id}/boards/{boardId}",
        f"{_HANDLERS}delete_board",
        "Delete a board with what is on it",
        {204: None, 202: _PENDING},
        scope="accounts:manage",
        errors=_ACT,
        description=_WAITS,
    ),
)
