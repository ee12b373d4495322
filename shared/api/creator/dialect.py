"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

CREATOR = Dialect(
    name="creator",
    groups={
        "/api/v1/creator/social": "shared.api.creator.routes:ROUTES",
        "/api/v1/auth/oauth": "shared.api.creator.routes:ROUTES",
    },
    authenticate="shared.api.engine.authentication:by_role",
    spell="shared.api.creator.errors:spell",
    status_of="shared.api.creator.errors:status_of",
    error="shared.api.creator.models_common:ErrorResponse",
    title="Rostrum creator",
)
