"""What Rostrum says of itself: the routes, as data."""

from __future__ import annotations

from shared.api.engine.routes import Route

_HANDLERS = "shared.api.v1.handlers_about:"

ROUTES = (
    Route(
        "GET",
        "/",
        f"{_HANDLERS}root",
        "To the documentation",
        {302: None},
        scope=None,
    ),
    Route(
        "GET",
        "/healthz",
        f"{_HANDLERS}health",
        "Whether the process is up: it answers, and asks nothing of the store",
        {200: "shared.api.v1.models_common:HealthResponse"},
        scope=None,
        answer_example={"status": "ok"},
    ),
    Route(
        "GET",
        "/readyz",
        f"{_HANDLERS}ready",
        "Whether it can serve: the store answers (503 where it does not)",
        {200: "shared.api.v1.models_common:HealthResponse"},
        scope=None,
        errors=("system.unavailable",),
        answer_example={"status": "ok"},
    ),
    Route("GET", "/openapi.json", f"{_HANDLERS}openapi", "This document", {200: "application/json"}, scope=None),
    Route(
        "GET",
        "/openapi/{dialect}",
        f"{_HANDLERS}dialect",
        "The document of one dialect: `v1.json`, `social.json`, `creator.json`, `connect.json`",
        {200: "application/json"},
        scope=None,
        errors=("http.404",),
    ),
    Route("GET", "/docs", f"{_HANDLERS}docs", "This document, for people", {200: "text/html"}, scope=None),
)
