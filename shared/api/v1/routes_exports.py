"""Exports of an account's figures: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

ROUTES: tuple[Route, ...] = ()
