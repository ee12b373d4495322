"""The dialect as the engine sees it."""

from __future__ import annotations

from shared.api.engine.routes import Dialect
from shared.platforms import names

PREFIX = "/v1/social"
PLATFORMS = tuple(sorted((*names.NAMES, *names.ALIASES)))  # an alias is a prefix of its own

SOCIAL = Dialect(
    name="social",
    groups={
        PREFIX: "shared.api.social.routes:ROUTES",
        **{f"{PREFIX}/{name}": f"shared.api.social.routes:{name}" for name in PLATFORMS},
    },
    authenticate="shared.api.engine.authentication:by_bearer",
    spell="shared.api.social.errors:spell",
    status_of="shared.api.social.errors:status_of",
    error="shared.api.social.models_common:ErrorResponse",
    title="Rostrum social",
)
