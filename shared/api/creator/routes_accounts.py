"""Accounts and the ways to connect them: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.creator.routes_posts import BASE
from shared.api.engine.routes import Route

_HANDLERS = "shared.api.creator.handlers_accounts:"
_MODELS = "shared.api.creator.models_accounts:"
_BEGIN = (
    "account.unsupported_platform",
    "validation.redirect_uri_invalid",
    "platform.app_missing",
    "system.vault_unavailable",
)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_BEGUN: dict[str, Any] = {
    "authorization_url": "https://rostrum.example.com/sandbox/authorize?url=https%3A%2F%2Fx.com%2Fi%2Foauth2%2Fauthorize",
    "state": "kq3V0n8hM2wq",
    "expires_in": 600,
}

ACCOUNTS: tuple[Route, ...] = (
    Route(
        "GET",
        f"{BASE}/accounts",
        f"{_HANDLERS}list_",
        "The connected accounts",
        {200: f"{_MODELS}AccountsResponse"},
        scope="accounts:read",
        answer_example={
            "accounts": [
                {
                    "id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
                    "platform": "bluesky",
                    "username": "acme.bsky.social",
                    "display_name": "Acme",
                    "status": "connected",
                    "connected_at": "2026-11-22T12:00:00Z",
                    "permissions": ["post", "read_analytics"],
                }
            ]
        },
    ),
    Route(
        "POST",
        f"{BASE}/accounts/connect",
        f"{_HANDLERS}connect",
        "Where to send whoever owns the account",
        {200: f"{_MODELS}AuthorizationResponse"},
        scope="accounts:manage",
        body=f"{_MODELS}ConnectRequest",
        errors=(*_BEGIN, *_KEYED),
        idempotency="claim",
        secret=True,
        example={"platform": "instagram", "redirect_uri": "https://app.example.com/oauth/callback"},
        answer_example=_BEGUN,
    ),
    Route(
        "DELETE",
        f"{BASE}/accounts/{{account_id}}",
        f"{_HANDLERS}disconnect",
        "Disconnect an account",
        {204: None},
        scope="accounts:manage",
        errors=("account.not_found",),
    ),
    Route(
        "GET",
        "/api/v1/auth/oauth/{platform}",
        f"{_HANDLERS}oauth",
        "Go to a network's consent page",
        {302: None, 200: f"{_MODELS}AuthorizationResponse"},
        scope="accounts:manage",
        query=f"{_MODELS}OAuthQuery",
        errors=_BEGIN,
        description="A redirect to the network, or with `format=json` its address. The network comes back to /oauth/callback/{platform}.",
        answer_example=_BEGUN,
    ),
)
