"""Brands and invites: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, Route

_HANDLERS = "shared.api.v1.handlers_brands:"
_MODELS = "shared.api.v1.models_brands:"
_INVITES = "shared.api.v1.handlers_invites:"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_WRITE = ("validation.field_required", "validation.field_invalid")
_BRAND: dict[str, Any] = {
    "id": "br_01KB2MZ0A7B8C9D0E1F2G3H4J5",
    "name": "Acme Coffee",
    "timezone": "Europe/Berlin",
    "accounts_count": 3,
    "created_at": "2026-11-22T12:00:00Z",
    "updated_at": "2026-11-22T12:00:00Z",
}
_INVITE: dict[str, Any] = {
    "id": "inv_01KB2NZ0A7B8C9D0E1F2G3H4J5",
    "brand_id": _BRAND["id"],
    "platform": "instagram",
    "token": "GqB8…",
    "url": "https://rostrum.example.com/invite/GqB8…",
    "expires_at": "2026-11-29T12:00:00Z",
}
_PAGE = ("invite.invalid", "invite.expired", "ratelimit.exceeded")
_REDEEM = (
    "For the browser of whoever was sent the link; answers are pages. Opening it uses nothing up: the invite is used when an "
    "account was connected with it, by the first who does."
)
_GONE = (
    "Its open invites are revoked, its accounts disconnected, its own apps removed. Keys that are bound to it stay so: without "
    "any brand they would see everything. If the answer was lost, delete it again: what was left is done then. The brand "
    "`default` cannot be deleted."
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/brands",
        f"{_HANDLERS}list_",
        "Brands with their account counts: of a key that is bound to brands, only those",
        {200: f"{_MODELS}BrandsListResponse"},
        scope="accounts:read",
        answer_example={"data": [_BRAND], "count": 1},
    ),
    Route(
        "POST",
        "/v1/brands",
        f"{_HANDLERS}create",
        "Make a brand",
        {201: f"{_MODELS}BrandResponse"},
        scope=ADMIN,
        body=f"{_MODELS}CreateBrandRequest",
        errors=(*_WRITE, "validation.timezone_unknown", "brand.limit_reached", "billing.brands_limit", *_KEYED),
        idempotency="claim",
        location="/v1/brands/{id}",
        example={"name": "Acme Coffee", "timezone": "Europe/Berlin"},
        answer_example={**_BRAND, "accounts_count": 0},
    ),
    Route(
        "GET",
        "/v1/brands/{id}",
        f"{_HANDLERS}get",
        "One brand",
        {200: f"{_MODELS}BrandResponse"},
        scope="accounts:read",
        errors=("brand.not_found",),
        answer_example=_BRAND,
    ),
    Route(
        "PATCH",
        "/v1/brands/{id}",
        f"{_HANDLERS}update",
        "Rename a brand, or move its clock",
        {200: f"{_MODELS}BrandResponse"},
        scope=ADMIN,
        body=f"{_MODELS}UpdateBrandRequest",
        errors=("brand.not_found", "validation.timezone_unknown", *_WRITE),
        example={"name": "Acme Coffee Roasters"},
        answer_example=_BRAND,
    ),
    Route(
        "DELETE",
        "/v1/brands/{id}",
        f"{_HANDLERS}delete",
        "Delete a brand, with its accounts and open invites",
        {204: None},
        scope=ADMIN,
        errors=("brand.not_found", "resource.conflict"),
        description=_GONE,
    ),
    Route(
        "GET",
        "/v1/invites",
        f"{_INVITES}list_",
        "A brand's invites, newest first: used, expired and revoked ones, too",
        {200: f"{_MODELS}InviteListResponse"},
        scope=ADMIN,
        query=f"{_MODELS}ListInvitesQuery",
        errors=("brand.not_found", "validation.field_required", "system.vault_unavailable"),
        answer_example={
            "data": [{**_INVITE, "is_active": True, "created_at": "2026-11-22T12:00:00Z"}],
            "count": 1,
        },
    ),
    Route(
        "POST",
        "/v1/invites",
        f"{_INVITES}create",
        "A link by which somebody outside connects one account to a brand, once",
        {201: f"{_MODELS}InviteResponse"},
        scope=ADMIN,
        body=f"{_MODELS}CreateInviteRequest",
        errors=(
            "brand.not_found",
            "account.unsupported_platform",
            "byok.credentials_missing",
            "resource.conflict",
            "system.vault_unavailable",
            *_WRITE,
            *_KEYED,
        ),
        idempotency="claim",
        secret=True,
        description="One link may be open for a brand and a network at a time. Whoever has it can use it: send it to one person.",
        example={"brand_id": _BRAND["id"], "platform": "instagram", "expires_in_days": 7},
        answer_example=_INVITE,
    ),
    Route(
        "DELETE",
        "/v1/invites/{id}",
        f"{_INVITES}revoke",
        "Take an invite back; one that was used is no longer there to take",
        {204: None},
        scope=ADMIN,
        errors=("resource.not_found",),
    ),
    Route(
        "GET",
        "/invite/{token}",
        f"{_INVITES}open_",
        "Open an invite: on to the network's consent page, or a form where the network takes credentials",
        {302: None, 200: "text/html"},
        scope=None,
        errors=_PAGE,
        description=_REDEEM,
    ),
    Route(
        "POST",
        "/invite/{token}",
        f"{_INVITES}sign_in",
        "Connect with an invite, by the credentials of the form",
        {200: "text/html"},
        scope=None,
        body=f"{_MODELS}RedeemRequest",
        example={"metadata": {"identifier": "alice.bsky.social", "app_password": "xxxx-xxxx-xxxx-xxxx"}},
        form=True,
        errors=_PAGE,
        description=_REDEEM,
    ),
    Route(
        "GET",
        "/invite/{token}/choices/{choice_id}",
        f"{_INVITES}choice",
        "The accounts that the invited person's consent covers",
        {200: "text/html"},
        scope=None,
        errors=("connection.not_found", *_PAGE),
        description=_REDEEM,
    ),
    Route(
        "POST",
        "/invite/{token}/choices/{choice_id}",
        f"{_INVITES}choose",
        "Connect those that were chosen",
        {200: "text/html"},
        scope=None,
        body=f"{_MODELS}RedeemChoiceRequest",
        example={"page_ids": ["100200300400500"]},
        form=True,
        errors=("connection.not_found", *_PAGE),
        description=_REDEEM,
    ),
)
