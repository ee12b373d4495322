"""Accounts and the ways to connect them: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route
from shared.api.v1.routes_account_details import DETAILS
from shared.api.v1.routes_actions import READING
from shared.api.v1.routes_exports import ASK

_HANDLERS = "shared.api.v1.handlers_accounts:"
_MODELS = "shared.api.v1.models_accounts:"
_CONNECT = (
    "platform.*",
    "billing.profile_units_limit",
    "account.unsupported_platform",
    "byok.credentials_missing",
    "brand.not_found",
    "account.already_linked",
    "platform.unreachable",
    "platform.no_answer",
    "validation.field_required",
    "validation.field_invalid",
    "validation.field_unknown",
    "validation.redirect_uri_invalid",
    "validation.url_not_allowed",
    "validation.url_unreachable",
    "idempotency.key_reused",
    "idempotency.in_progress",
)
_ACCOUNT: dict[str, Any] = {
    "id": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "platform": "bluesky",
    "username": "alice.bsky.social",
    "name": "Alice",
    "status": "active",
    "brand_id": "default",
    "scopes": [],
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
    "metadata": {},
}
_PENDING: dict[str, Any] = {
    "connection_id": "pc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
    "platform": "facebook",
    "status": "selection_required",
    "expires_at": "2026-12-01T09:30:00Z",
    "pages": [{"platform_page_id": "100200300400500", "name": "Fern's Bakery", "assignable": True}],
    "profiles": [{"platform_account_id": "100200300400500", "username": "ferns", "display_name": "Fern's Bakery"}],
}
_BACK = (
    "The network sends the person's browser here after consent. It goes on to the caller's `redirect_uri` with "
    "`status`, `platform`, `state` and `account_id` or `error`; without a `redirect_uri`, a page says how it went. "
    "Where the consent covers several accounts (pages, organizations), `status` is `selection_required`, and "
    "`connection_id` names what to choose from."
)
_HOSTING = (
    "Connecting an account again renews its tokens and keeps its id, also after it was disconnected.\n\n"
    "Networks with a consent page send the browser to this installation's own callback, which finishes the consent and "
    "sends the browser on to `redirect_uri`. To host the callback yourself, send its address as "
    "`metadata.redirect_uri` (and no `redirect_uri`): register it with the network's app, too. The network then sends "
    "the browser there with `code` and the `state` that this answers; pass both to `POST /v1/oauth/exchange`."
)
_EXCHANGE = (
    "`metadata.redirect_uri` is the one that connect was given as `metadata.redirect_uri`, and `metadata.state` the one "
    "that connect answered. A code is good once and for a short time (30 seconds on some networks). One that the "
    "network does not accept is a 400 naming `code`, and the consent has to start again with connect."
)

ROUTES = (
    Route(
        "GET",
        "/v1/accounts",
        f"{_HANDLERS}list_",
        "All connected accounts",
        {200: f"{_MODELS}AccountsListResponse"},
        scope="accounts:read",
        query=f"{_MODELS}ListAccountsQuery",
        errors=("account.unsupported_platform",),
        answer_example={"data": [_ACCOUNT], "count": 1},
    ),
    Route(
        "POST",
        "/v1/accounts/connect",
        f"{_HANDLERS}connect",
        "Connect an account: by credentials (201), or by the network's consent page (202)",
        {201: f"{_MODELS}ConnectAccountResponse", 202: f"{_MODELS}ConnectOAuthResponse"},
        scope="accounts:manage",
        body=f"{_MODELS}ConnectRequest",
        errors=_CONNECT,
        idempotency="claim",
        location="/v1/accounts/{id}",
        description=_HOSTING,
        example={
            "platform": "bluesky",
            "metadata": {"identifier": "alice.bsky.social", "app_password": "xxxx-xxxx-xxxx-xxxx"},
        },
        answer_example={**_ACCOUNT, "account_id": _ACCOUNT["id"], "display_name": "Alice"},
    ),
    Route(
        "GET",
        "/v1/accounts/{id}",
        f"{_HANDLERS}get",
        "One connected account",
        {200: f"{_MODELS}Account"},
        scope="accounts:read",
        errors=("account.not_found",),
        answer_example=_ACCOUNT,
    ),
    Route(
        "PATCH",
        "/v1/accounts/{id}",
        f"{_HANDLERS}update",
        "Move an account to another brand",
        {200: f"{_MODELS}Account"},
        scope="accounts:manage",
        body=f"{_MODELS}UpdateAccountRequest",
        errors=("account.not_found", "brand.not_found"),
        example={"brand_id": "br_01KB2MZ0A7B8C9D0E1F2G3H4J5"},
        answer_example=_ACCOUNT,
    ),
    Route(
        "DELETE",
        "/v1/accounts/{id}",
        f"{_HANDLERS}disconnect",
        "Disconnect an account: its grant is given back where the network can, its tokens are destroyed",
        {204: None},
        scope="accounts:manage",
        errors=("account.not_found",),
    ),
    Route(
        "POST",
        "/v1/oauth/exchange",
        f"{_HANDLERS}exchange",
        "Trade an authorization code for an account, when the caller hosts the callback",
        {201: f"{_MODELS}ConnectAccountResponse", 200: f"{_MODELS}PendingConnectionResponse"},
        scope="accounts:manage",
        body=f"{_MODELS}ExchangeRequest",
        errors=("auth.state_mismatch", "platform.app_missing", *_CONNECT),
        idempotency="claim",
        location="/v1/accounts/{id}",
        description=_EXCHANGE,
        example={
            "platform": "twitter",
            "code": "code-from-the-browser",
            "metadata": {"state": "state-from-connect", "redirect_uri": "https://app.example.com/oauth/twitter"},
        },
        answer_example=_PENDING,
    ),
    Route(
        "GET",
        "/v1/accounts/pending/{connection_id}",
        f"{_HANDLERS}pending",
        "What a consent gave to choose from: pages, organizations, locations, numbers",
        {200: f"{_MODELS}PendingConnectionResponse"},
        scope="accounts:manage",
        errors=("connection.not_found",),
        answer_example=_PENDING,
    ),
    Route(
        "POST",
        "/v1/accounts/pending/{connection_id}/select",
        f"{_HANDLERS}select",
        "Choose which of them to connect: once, within 30 minutes",
        {201: f"{_MODELS}SelectedResponse"},
        scope="accounts:manage",
        body=f"{_MODELS}SelectProfileRequest",
        errors=(
            "connection.not_found",
            "billing.profile_units_limit",
            "brand.not_found",
            "account.already_linked",
            "invite.invalid",
            "validation.field_invalid",
            "idempotency.key_reused",
            "idempotency.in_progress",
        ),
        idempotency="claim",
        location="/v1/accounts/{id}",
        description=(
            "Send `platform_account_id` to connect one candidate, or `page_ids` for one or more: ids of `profiles` or `pages` "
            "of `GET /v1/accounts/pending/{connection_id}`. What is not chosen is forgotten."
        ),
        example={"page_ids": ["100200300400500"]},
        answer_example={
            **_ACCOUNT,
            "platform": "facebook",
            "account_id": _ACCOUNT["id"],
            "display_name": "Alice",
            "accounts": [{**_ACCOUNT, "platform": "facebook"}],
        },
    ),
    Route(
        "GET",
        "/v1/oauth/callback/{platform}",
        f"{_HANDLERS}callback",
        "Where a network sends the browser after consent",
        {200: "text/html", 302: None},
        scope=None,
        foreign_query=True,
        errors=("auth.state_mismatch", "account.unsupported_platform"),
        description=_BACK,
    ),
    Route(
        "GET",
        "/oauth/callback/{platform}",
        f"{_HANDLERS}callback",
        "Where a network sends the browser after consent: the address to register with the networks",
        {200: "text/html", 302: None},
        scope=None,
        foreign_query=True,
        errors=("auth.state_mismatch", "account.unsupported_platform"),
        description=_BACK,
    ),
    Route(
        "GET",
        "/sandbox/authorize",
        f"{_HANDLERS}authorize",
        "A simulated network's consent page: consents at once, and sends the browser back",
        {302: None},
        scope=None,
        query=f"{_MODELS}AuthorizeQuery",
        errors=("validation.field_required", "validation.field_invalid", "auth.state_mismatch"),
    ),
    *DETAILS,
    *READING,
    ASK,
)
