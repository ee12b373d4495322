"""Brands and invites: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, Route

_HANDLERS = "shared.api.v1.handlers_brands:"
_MODELS = "shared.api.v1.models_brands:"
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
        errors=(*_WRITE, "brand.limit_reached", "billing.brands_limit", *_KEYED),
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
        errors=("brand.not_found", *_WRITE),
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
)
