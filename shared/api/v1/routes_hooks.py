"""REST hooks and the flat form: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import Route
from shared.api.v1 import routes_posts

_HANDLERS = "shared.api.v1.handlers_hooks:"
_MODELS = "shared.api.v1.models_hooks:"
_SCOPE = "webhooks:manage"
_KEYED = ("idempotency.key_reused", "idempotency.in_progress")
_POST = next(one for one in routes_posts.ROUTES if (one.method, one.path) == ("POST", "/v1/posts"))
_HOOK: dict[str, Any] = {
    "id": "hook_4f8b1c2d3e5a69788796a5b4c3d2e1f0",
    "url": "https://hooks.example.com/standard/123/abc/",
    "events": ["comment.received"],
    "flat": True,
    "is_active": True,
    "created_at": "2026-11-22T12:00:00Z",
}

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/hooks",
        f"{_HANDLERS}subscribe",
        "Subscribe an address to events: an instant trigger",
        {201: f"{_MODELS}HookCreatedResponse"},
        scope=_SCOPE,
        body=f"{_MODELS}SubscribeRequest",
        errors=(
            "validation.field_required",
            "validation.field_invalid",
            "webhook.limit_reached",
            "brand.not_found",
            "account.not_found",
            "system.vault_unavailable",
            *_KEYED,
        ),
        idempotency="claim",
        secret=True,
        description=(
            "For programs that subscribe by themselves (Zapier, Make). Nothing is sent to the address now. The same "
            "subscription sent again is the same hook, switched on again if it was off. An address that answers 410 is removed. Deliveries are found under "
            "`/v1/webhooks/{id}/deliveries`, like those of every endpoint."
        ),
        example={"url": _HOOK["url"], "event": "comment.received"},
        answer_example={**_HOOK, "secret": "whsec_…"},
    ),
    Route(
        "GET",
        "/v1/hooks",
        f"{_HANDLERS}list_",
        "Subscriptions of the workspace",
        {200: f"{_MODELS}HooksListResponse"},
        scope=_SCOPE,
        answer_example={"data": [_HOOK], "count": 1},
    ),
    Route(
        "DELETE",
        "/v1/hooks/{id}",
        f"{_HANDLERS}unsubscribe",
        "Unsubscribe; also what is not there any more",
        {204: None},
        scope=_SCOPE,
    ),
    Route(
        "GET",
        "/v1/hooks/samples/{event}",
        f"{_HANDLERS}samples",
        "What a delivery of this event looks like: your latest ones, else an example",
        {200: f"{_MODELS}SamplesResponse"},
        scope=_SCOPE,
        query=f"{_MODELS}SamplesQuery",
        errors=("resource.not_found",),
        description="An array of one to three payloads, in exactly the form of a delivery; each has its own `id`.",
    ),
    Route(
        "GET",
        "/v1/flat/accounts",
        f"{_HANDLERS}account_choices",
        "Accounts to choose from: an array of id and name",
        {200: f"{_MODELS}ChoicesResponse"},
        scope="accounts:read",
    ),
    Route(
        "GET",
        "/v1/flat/brands",
        f"{_HANDLERS}brand_choices",
        "Brands to choose from: an array of id and name",
        {200: f"{_MODELS}ChoicesResponse"},
        scope="accounts:read",
    ),
    Route(
        "POST",
        "/v1/flat/posts",
        f"{_HANDLERS}create_post",
        "Make a post from fields of one level",
        {201: f"{_MODELS}FlatPostResponse"},
        scope=_POST.scope,
        body=f"{_MODELS}FlatPostRequest",
        errors=_POST.errors,
        idempotency="commit",
        location="/v1/posts/{id}",
        description=(
            "`POST /v1/posts` for programs that fill in fields: lists are texts separated by commas. The answer has one level, "
            "too. A step that is run again makes no second post: send an Idempotency-Key, or rely on the duplicate check."
        ),
        example={
            "account_ids": "acc_01KB2KZ0A7B8C9D0E1F2G3H4J5",
            "text": "We are live in Lisbon.",
            "media_urls": "https://example.com/lisbon.jpg",
            "scheduled_at": "2026-12-24T18:00:00",
            "timezone": "Europe/Berlin",
        },
    ),
)
