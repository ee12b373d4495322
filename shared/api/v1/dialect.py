"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

_ROUTES = "shared.api.v1.routes_{}:ROUTES"

V1 = Dialect(
    name="v1",
    groups={
        "/v1/posts": _ROUTES.format("posts"),
        "/v1/queue": _ROUTES.format("queue"),
        "/v1/accounts": _ROUTES.format("accounts"),
        "/v1/actions": "shared.api.v1.routes_actions:ACTIONS",
        "/v1/oauth": _ROUTES.format("accounts"),
        "/oauth": _ROUTES.format("accounts"),
        "/sandbox": _ROUTES.format("accounts"),
        "/v1/brands": _ROUTES.format("brands"),
        "/v1/invites": _ROUTES.format("brands"),
        "/invite": _ROUTES.format("brands"),
        "/v1/oauth/redirect-uris": _ROUTES.format("redirect_uris"),
        "/v1/inbox": _ROUTES.format("inbox"),
        "/v1/sandbox": _ROUTES.format("sandbox"),
        "/v1/media": _ROUTES.format("media"),
        "/v1/exports": _ROUTES.format("exports"),
        "/v1/events": _ROUTES.format("events"),
        "/v1/audit": _ROUTES.format("audit"),
        "/v1/webhooks": _ROUTES.format("webhooks"),
        "/v1/hooks": _ROUTES.format("hooks"),
        "/v1/flat": _ROUTES.format("hooks"),
        "/v1/usage": _ROUTES.format("billing"),
        "/v1/billing": _ROUTES.format("billing"),
        "/v1/users": _ROUTES.format("users"),
        "/v1/auth": _ROUTES.format("auth"),
        "/v1/keys": _ROUTES.format("keys"),
        "/v1/platforms": "shared.api.v1.routes_platforms:PLATFORMS",
        "/healthz": _ROUTES.format("about"),
        "/readyz": _ROUTES.format("about"),
        "/openapi.json": _ROUTES.format("about"),
        "/openapi": _ROUTES.format("about"),
        "/docs": _ROUTES.format("about"),
        "/": _ROUTES.format("about"),
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.v1.errors:spell",
    status_of="shared.api.v1.errors:status_of",
    error="shared.api.v1.models_common:ErrorResponse",
    title="Rostrum",
)
