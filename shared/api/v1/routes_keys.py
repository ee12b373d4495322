"""API keys: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, ANY_KEY, Route

_HANDLERS = "shared.api.v1.handlers_keys:"
_MODELS = "shared.api.v1.models_keys:"
_FIND = ("key.not_found",)
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_WRITE = ("validation.field_required", "validation.scope_invalid", "validation.brand_invalid")
_KEY: dict[str, Any] = {
    "id": "key_01KB2J1K2M3N4P5Q6R7S8T9V0W",
    "name": "Newsroom",
    "mode": "test",
    "scopes": ["posts:read", "posts:write"],
    "brand_ids": [],
}
_LISTED = {**_KEY, "preview": "rst_test_a1B2…", "is_active": True, "created_at": "2026-11-22T12:00:00Z"}
_NEW = {**_KEY, "raw_key": "rst_test_…", "message": "Keep raw_key now: it is not shown again."}

ROUTES = (
    Route(
        "GET",
        "/v1/keys",
        f"{_HANDLERS}list_",
        "Keys with their scopes",
        {200: f"{_MODELS}KeysListResponse"},
        scope=ADMIN,
        answer_example={"data": [_LISTED], "count": 1},
    ),
    Route(
        "POST",
        "/v1/keys",
        f"{_HANDLERS}create",
        "Make a key",
        {201: f"{_MODELS}CreateKeyResponse"},
        scope=ADMIN,
        body=f"{_MODELS}CreateKeyRequest",
        errors=(*_WRITE, "key.limit_reached", *_KEYED),
        idempotency="claim",
        location="/v1/keys/{id}",
        secret=True,
        description="`raw_key` is shown in this answer only.",
        example={"name": "Newsroom", "scopes": ["posts:read", "posts:write"]},
        answer_example=_NEW,
    ),
    Route(
        "GET",
        "/v1/keys/scopes",
        f"{_HANDLERS}scopes",
        "The scopes that a key may have",
        {200: f"{_MODELS}KeyScopesResponse"},
        scope=ANY_KEY,
    ),
    Route(
        "PATCH",
        "/v1/keys/{id}",
        f"{_HANDLERS}update",
        "Change a key's name, scopes or brands; the secret stays",
        {200: f"{_MODELS}KeyListItem"},
        scope=ADMIN,
        body=f"{_MODELS}UpdateKeyRequest",
        errors=(*_FIND, *_WRITE),
        example={"name": "Newsroom (old)"},
        answer_example=_LISTED,
    ),
    Route(
        "POST",
        "/v1/keys/{id}/rotate",
        f"{_HANDLERS}rotate",
        "A new secret for the same key; the old one is refused at once",
        {200: f"{_MODELS}CreateKeyResponse"},
        scope=ADMIN,
        errors=(*_FIND, "key.revoked", *_KEYED),
        idempotency="claim",
        secret=True,
        answer_example=_NEW,
    ),
    Route(
        "DELETE",
        "/v1/keys/{id}",
        f"{_HANDLERS}revoke",
        "Revoke a key for good, from the next request on",
        {200: "shared.api.v1.models_common:OKResponse"},
        scope=ADMIN,
        errors=_FIND,
        answer_example={"ok": True},
    ),
)
