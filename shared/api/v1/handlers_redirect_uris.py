"""Where consents may send the browser: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_redirect_uris as models
from shared.operations import redirect_uris
from shared.operations.redirect_uris import RedirectUri


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/oauth/redirect-uris"""
    found = [_shown(one) for one in redirect_uris.list_(x.ports, x.caller)]
    return Reply(200, models.RedirectURIListResponse(data=found, count=len(found)))


def add(x: Exchange[models.CreateRedirectURIRequest, None]) -> Reply:
    """POST /v1/oauth/redirect-uris"""
    return Reply(201, _shown(redirect_uris.add(x.ports, x.caller, x.body.uri, x.body.label)))


def remove(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/oauth/redirect-uris/{id}"""
    redirect_uris.remove(x.ports, x.caller, x.path["id"])
    return Reply(204)


def _shown(one: RedirectUri) -> models.RedirectURIResponse:
    return models.RedirectURIResponse(id=one.id, uri=one.uri, label=one.label, created_at=one.created_at)
