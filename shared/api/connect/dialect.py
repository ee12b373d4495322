"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

_ROUTES = "shared.api.connect.routes_networks:ROUTES"

CONNECT = Dialect(
    name="connect",
    groups={
        "/api/get": _ROUTES,
        "/api/add": _ROUTES,
        "/api/action": _ROUTES,
        "/api/auth": _ROUTES,
        "/api/network": _ROUTES,
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.connect.errors:spell",
    status_of="shared.api.connect.errors:status_of",
    error="shared.api.connect.models_common:ErrorResponse",
    title="Rostrum connect",
)
