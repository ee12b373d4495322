"""The networks, and a workspace's own apps with them: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import encode_platforms
from shared.api.v1 import models_platforms as models
from shared.api.v1.views_platforms import PlatformsListResponse
from shared.domain.apps import OwnApp
from shared.operations import apps
from shared.platforms import registry

_FRESH = {"Cache-Control": "public, max-age=300"}


def platforms(_: Exchange[None, None]) -> Reply:
    """GET /v1/platforms"""
    data = [encode_platforms.platform(registry.manifest(name)) for name in registry.all_names()]
    return Reply(200, PlatformsListResponse(data=data, count=len(data)), _FRESH)


def get_app(x: Exchange[None, None]) -> Reply:
    """GET /v1/platforms/{platform}/credentials"""
    return Reply(200, _shown(apps.get(x.ports, x.caller, x.path["platform"])))


def keep_app(x: Exchange[models.CredentialsRequest, None]) -> Reply:
    """PUT /v1/platforms/{platform}/credentials"""
    app, name = x.body, x.path["platform"]
    apps.keep(x.ports, x.caller, name, app.client_id, app.client_secret, config=app.config, scopes=app.scopes)
    return Reply(204)


def forget_app(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/platforms/{platform}/credentials"""
    apps.forget(x.ports, x.caller, x.path["platform"])
    return Reply(204)


def _shown(app: OwnApp) -> models.CredentialsResponse:
    return models.CredentialsResponse(
        platform=app.platform,
        client_id_preview=f"{app.preview}…",
        created_at=app.created_at.isoformat(),
        updated_at=app.updated_at.isoformat(),
    )
