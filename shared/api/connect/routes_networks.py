"""Networks, pages, walls and channels: the routes, as data. Every body may be a form or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.api.engine.routes import Route

CALLED: Mapping[str, str] = {"google": "youtube"}
"""What this dialect's sign-in routes call a network, where its own name is another."""

_HANDLERS = "shared.api.connect.handlers_networks:"
_MODELS = "shared.api.connect.models_networks:"
_DONE = "shared.api.connect.models_common:StatusResponse"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_READ: dict[str, Any] = {"scope": "accounts:read", "idempotency": "claim", "errors": _KEYED}
_WRITE: dict[str, Any] = {"scope": "accounts:manage", "idempotency": "claim", "form": True}
_FIND = ("network.not_found", *_KEYED)
_ENTER = ("account.unsupported_platform", "validation.field_invalid", "network.limit_reached", *_KEYED)
_ADOPT = (
    "account.unsupported_platform",
    "account.verification_failed",
    "account.already_linked",
    "billing.profile_units_limit",
    "platform.*",
    "platform.app_missing",
    "platform.no_answer",
    "platform.unreachable",
    "resource.not_supported",
    "brand.not_found",
    *_KEYED,
)
_NETWORK = {
    "id": 123,
    "user_id": 456,
    "network": "instagram",
    "network_id": "17841400000000000",
    "network_url": "https://www.instagram.com/fern/",
    "status": "accepted",
    "followers": 5000,
    "verified": True,
    "category": "fashion",
    "engagement_rate": 3.5,
    "connected_at": "2026-11-01T00:00:00Z",
    "last_updated": "2026-11-20T10:00:00Z",
    "account_id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "extra_data": {"engagement_rate": "3.5", "website": "https://example.com"},
}
_ITEM: dict[str, Any] = {
    name: _NETWORK[name] for name in ("user_id", "status", "category", "connected_at", "last_updated")
}
_PAGE = {
    **_ITEM,
    "id": 456,
    "network": "facebook",
    "page_id": "100200300400500",
    "page_name": "Fern's Bakery",
    "page_url": "https://www.facebook.com/100200300400500",
    "followers": 10000,
}
_WALL = {
    **_ITEM,
    "id": 789,
    "network": "instagram",
    "wall_id": "wall123",
    "wall_name": "Fashion Wall",
    "wall_url": "https://instagram.com/wall123",
    "followers": 5000,
}
_CHANNEL = {
    **_ITEM,
    "id": 101,
    "network": "youtube",
    "channel_id": "UC_x5XG1OV2P6uZZ5FSM9Ttw",
    "channel_name": "Fern bakes",
    "channel_url": "https://www.youtube.com/channel/UC_x5XG1OV2P6uZZ5FSM9Ttw",
    "subscribers": 15000,
}


def _said(message: str, **more: Any) -> dict[str, Any]:
    return {"status": "success", "message": message, **more}


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/api/get/networks/",
        f"{_HANDLERS}list_networks",
        "Every network: those that are connected, and those that were entered",
        {200: f"{_MODELS}NetworksResponse"},
        answer_example={"networks": [_NETWORK]},
        **_READ,
    ),
    Route(
        "POST",
        "/api/get/social-pages/",
        f"{_HANDLERS}list_pages",
        "Every page",
        {200: f"{_MODELS}PagesResponse"},
        answer_example={"pages": [_PAGE]},
        **_READ,
    ),
    Route(
        "POST",
        "/api/get/social-walls/",
        f"{_HANDLERS}list_walls",
        "Every wall",
        {200: f"{_MODELS}WallsResponse"},
        answer_example={"walls": [_WALL]},
        **_READ,
    ),
    Route(
        "POST",
        "/api/get/social-channels/",
        f"{_HANDLERS}list_channels",
        "Every channel",
        {200: f"{_MODELS}ChannelsResponse"},
        answer_example={"channels": [_CHANNEL]},
        **_READ,
    ),
    Route(
        "POST",
        "/api/auth/{network}/",
        f"{_HANDLERS}authenticate",
        "Connect with a token that you have already: `facebook`, `google`, `instagram`, `twitter`",
        {200: f"{_MODELS}ConnectedResponse"},
        body=f"{_MODELS}TokenRequest",
        errors=_ADOPT,
        description=(
            "The network is asked whose token it is before anything is kept. `google` connects a YouTube channel. A token that "
            "comes without a `refresh_token` is good until it ends: `POST /v1/accounts/connect` gives a connection that lasts."
        ),
        example={"access_token": "…", "user_id": "17841400000000000"},
        answer_example=_said("Instagram account connected successfully", network_id=125, network_ids=[125]),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/action/network-extra/update/",
        f"{_HANDLERS}extra",
        "Keep further fields with a network",
        {200: _DONE},
        body=f"{_MODELS}NetworkExtraRequest",
        errors=("validation.field_invalid", *_FIND),
        example={"network_id": 123, "extra_data": {"website": "https://example.com", "engagement_rate": 3.5}},
        answer_example=_said("Network extra information updated successfully"),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/action/network/approval/",
        f"{_HANDLERS}approval",
        "Enter a network for approval; entered again, it keeps its number",
        {200: f"{_MODELS}ApprovalResponse"},
        body=f"{_MODELS}ApprovalRequest",
        errors=_ENTER,
        example={
            "network_type": "instagram",
            "network_id": "user123",
            "network_url": "https://instagram.com/user123",
            "followers": 5000,
            "category": "fashion",
        },
        answer_example=_said("Network submitted for approval", approval_id=789),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/action/network/review/",
        f"{_HANDLERS}review",
        "A person's word on what was entered: accepted, rejected or suspended",
        {200: _DONE},
        body=f"{_MODELS}ReviewRequest",
        errors=("network.connected", *_FIND),
        example={"network_id": 789, "status": "accepted"},
        answer_example=_said("Network accepted"),
        **{**_WRITE, "scope": "admin"},
    ),
    Route(
        "POST",
        "/api/network/status/",
        f"{_HANDLERS}status",
        "How a network stands",
        {200: f"{_MODELS}NetworkStatusResponse"},
        body=f"{_MODELS}NetworkRequest",
        errors=_FIND,
        example={"network_id": 123},
        answer_example={
            "status": "accepted",
            "verified": True,
            "followers": 5000,
            "engagement_rate": 3.5,
            "last_updated": "2026-11-20T10:00:00Z",
        },
        **{**_WRITE, "scope": "accounts:read"},
    ),
    Route(
        "POST",
        "/api/network/disconnect/",
        f"{_HANDLERS}disconnect",
        "Disconnect a network, or take back what was entered",
        {200: _DONE},
        body=f"{_MODELS}NetworkRequest",
        errors=("account.not_found", *_FIND),
        example={"network_id": 123},
        answer_example=_said("Network disconnected successfully"),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/add/social-page/",
        f"{_HANDLERS}add_page",
        "Enter a page",
        {200: f"{_MODELS}PageAddedResponse"},
        body=f"{_MODELS}AddPageRequest",
        errors=_ENTER,
        example={
            "network": "facebook",
            "page_id": "page456",
            "page_name": "Beauty Blog",
            "page_url": "https://facebook.com/page456",
            "followers": 8000,
            "category": "beauty",
        },
        answer_example=_said("Social page added successfully", page_id=457),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/add/social-wall/",
        f"{_HANDLERS}add_wall",
        "Enter a wall",
        {200: f"{_MODELS}WallAddedResponse"},
        body=f"{_MODELS}AddWallRequest",
        errors=_ENTER,
        example={
            "network": "instagram",
            "wall_id": "wall456",
            "wall_name": "Beauty Wall",
            "wall_url": "https://instagram.com/wall456",
        },
        answer_example=_said("Social wall added successfully", wall_id=790),
        **_WRITE,
    ),
    Route(
        "POST",
        "/api/add/social-channel/",
        f"{_HANDLERS}add_channel",
        "Enter a channel",
        {200: f"{_MODELS}ChannelAddedResponse"},
        body=f"{_MODELS}AddChannelRequest",
        errors=_ENTER,
        example={
            "network": "youtube",
            "channel_id": "channel456",
            "channel_name": "Beauty Channel",
            "channel_url": "https://youtube.com/channel456",
            "subscribers": 8000,
        },
        answer_example=_said("Social channel added successfully", channel_id=102),
        **_WRITE,
    ),
)
