"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect

SOCIAL = Dialect(
    name="social",
    groups={
        "/v1/social": "shared.api.social.routes:ROUTES",
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.social.errors:spell",
    status_of="shared.api.social.errors:status_of",
    error="shared.api.social.models_common:ErrorResponse",
    title="Rostrum social",
)
