"""The audit: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, Route

_HANDLERS = "shared.api.v1.handlers_audit:"
_MODELS = "shared.api.v1.models_audit:"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HEAD: dict[str, Any] = {"seq": 12, "hash": _HASH, "created_at": "2026-11-22T12:00:00Z"}

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/audit",
        f"{_HANDLERS}list_",
        "Who did what that matters to security: keys, accounts, webhooks, people, plans",
        {200: f"{_MODELS}AuditListResponse"},
        scope=ADMIN,
        query=f"{_MODELS}AuditQuery",
        errors=(
            "validation.field_invalid",
            "validation.time_invalid",
            "validation.offset_missing",
            "validation.cursor_invalid",
        ),
        description="Kept for as long as the workspace is. Each entry holds the hash of the one before it.",
        answer_example={
            "data": [
                {
                    "seq": 12,
                    "act": "key.created",
                    "actor": "usr_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
                    "resource_id": "key_01KB2J1K2M3N4P5Q6R7S8T9V0W",
                    "details": {"mode": "live", "scopes": "posts:write"},
                    "created_at": _HEAD["created_at"],
                    "prev": "0" * 64,
                    "hash": _HASH,
                }
            ],
            "pagination": {"limit": 50, "has_more": False},
        },
    ),
    Route(
        "GET",
        "/v1/audit/head",
        f"{_HANDLERS}head",
        "The end of the audit's chain, to be noted elsewhere",
        {200: f"{_MODELS}AuditHeadResponse"},
        scope=ADMIN,
        description="Whoever can write the store can make a whole new chain, but none that ends in a hash that you have noted.",
        answer_example=_HEAD,
    ),
    Route(
        "GET",
        "/v1/audit/verify",
        f"{_HANDLERS}verify",
        "Compute the audit's hashes anew, and compare",
        {200: f"{_MODELS}AuditCheckResponse"},
        scope=ADMIN,
        query=f"{_MODELS}VerifyQuery",
        errors=("validation.field_invalid",),
        description="At most 1000 entries at once: go on at `next`. `broken_at` is the first entry that is wrong, and `fault` how.",
        answer_example={"intact": True, "first": 1, "last": 12, "last_hash": _HASH, "head": _HEAD},
    ),
)
