"""The inbox: comments, conversations, reviews: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

ROUTES: tuple[Route, ...] = ()
