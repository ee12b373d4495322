"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

_ROUTES = "shared.api.v1.routes_{}:ROUTES"

V1 = Dialect(
    name="v1",
    groups={
        "/v1/posts": _ROUTES.format("posts"),
        "/v1/accounts": _ROUTES.format("accounts"),
        "/v1/actions": "shared.api.v1.routes_actions:ACTIONS",
        "/v1/oauth": _ROUTES.format("accounts"),
        "/oauth": _ROUTES.format("accounts"),
        "/sandbox": _ROUTES.format("accounts"),
        "/v1/media": _ROUTES.format("media"),
        "/v1/keys": _ROUTES.format("keys"),
        "/v1/platforms": _ROUTES.format("platforms"),
        "/healthz": _ROUTES.format("about"),
        "/openapi.json": _ROUTES.format("about"),
        "/docs": _ROUTES.format("about"),
        "/": _ROUTES.format("about"),
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.v1.errors:spell",
)
