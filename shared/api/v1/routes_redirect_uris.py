"""Where consents may send the browser: the routes, as data."""

from __future__ import annotations

from typing import Any

from shared.api.engine.routes import ADMIN, Route

_HANDLERS = "shared.api.v1.handlers_redirect_uris:"
_MODELS = "shared.api.v1.models_redirect_uris:"
_ENTRY: dict[str, Any] = {
    "id": "ruri_5b2f7c1d9a3e4f60b1c2d3e4f5a6b7c8",
    "uri": "https://app.example.com/connected",
    "label": "Our app",
    "created_at": "2026-11-22T12:00:00Z",
}
_LIST = (
    "With no entry, `redirect_uri` on connect may be any https address (or http on this machine). With one or more, it "
    "has to be one of them, character for character. Test and live keys have a list each."
)

ROUTES = (
    Route(
        "GET",
        "/v1/oauth/redirect-uris",
        f"{_HANDLERS}list_",
        "The addresses that a consent may send the browser to",
        {200: f"{_MODELS}RedirectURIListResponse"},
        scope=ADMIN,
        description=_LIST,
        answer_example={"data": [_ENTRY], "count": 1},
    ),
    Route(
        "POST",
        "/v1/oauth/redirect-uris",
        f"{_HANDLERS}add",
        "Allow an address",
        {201: f"{_MODELS}RedirectURIResponse"},
        scope=ADMIN,
        body=f"{_MODELS}CreateRedirectURIRequest",
        errors=("validation.field_invalid", "validation.redirect_uri_duplicate"),
        idempotency="claim",
        description=f"{_LIST} At most 20.",
        example={"uri": "https://app.example.com/connected", "label": "Our app"},
        answer_example=_ENTRY,
    ),
    Route(
        "DELETE",
        "/v1/oauth/redirect-uris/{id}",
        f"{_HANDLERS}remove",
        "Disallow an address; without any, all are allowed again",
        {204: None},
        scope=ADMIN,
        errors=("redirect_uri.not_found",),
    ),
)
