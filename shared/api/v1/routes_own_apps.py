"""Own app credentials, for a workspace and for a brand: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

ROUTES: tuple[Route, ...] = ()
