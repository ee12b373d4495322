"""The networks: the routes, as data. Below them are what one has there of one's own."""

from __future__ import annotations

from shared.api.engine.routes import ANY_KEY, Route
from shared.api.v1 import routes_messaging, routes_own_apps

_HANDLERS = "shared.api.v1.handlers_platforms:"

ROUTES = (
    Route(
        "GET",
        "/v1/platforms",
        f"{_HANDLERS}platforms",
        "The networks: what each offers, takes and limits, and where that is documented",
        {200: "shared.api.v1.views_platforms:PlatformsListResponse"},
        scope=ANY_KEY,
    ),
)

PLATFORMS = (*ROUTES, *routes_messaging.ROUTES, *routes_own_apps.ROUTES)
