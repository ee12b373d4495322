"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

CONNECT = Dialect(
    name="connect",
    groups={
        "/api/get": "shared.api.connect.routes:ROUTES",
        "/api/add": "shared.api.connect.routes:ROUTES",
        "/api/action": "shared.api.connect.routes:ROUTES",
        "/api/auth": "shared.api.connect.routes:ROUTES",
        "/api/network": "shared.api.connect.routes:ROUTES",
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.connect.errors:spell",
    status_of="shared.api.connect.errors:status_of",
    error="shared.api.connect.models_common:ErrorResponse",
    title="Rostrum connect",
)
