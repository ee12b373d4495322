"""Apps of one's own at the networks: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_own_apps as models
from shared.domain.apps import OwnApp
from shared.operations import apps


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/platforms/{platform}/credentials"""
    found = [_shown(one) for one in apps.list_(x.ports, x.caller, x.path["platform"])]
    return Reply(200, models.OwnAppsListResponse(data=found, count=len(found)))


def keep(x: Exchange[models.CredentialsRequest, None]) -> Reply:
    """PUT /v1/platforms/{platform}/credentials, and …/brand/{brand_id}"""
    app, name, brand_id = x.body, x.path["platform"], x.path.get("brand_id", "")
    more = {"config": app.config, "brand_id": brand_id}
    apps.keep(x.ports, x.caller, name, app.client_id, app.client_secret, scopes=app.scopes, **more)
    return Reply(204)


def forget(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/platforms/{platform}/credentials, and …/brand/{brand_id}"""
    apps.forget(x.ports, x.caller, x.path["platform"], x.path.get("brand_id", ""))
    return Reply(204)


def check(x: Exchange[models.AppPairRequest, None]) -> Reply:
    """POST /v1/platforms/{platform}/credentials/test"""
    why = apps.check(x.ports, x.caller, x.path["platform"], x.body.client_id, x.body.client_secret)
    return Reply(200, models.AppTestResponse(valid=not why, reason=why or None))


def _shown(app: OwnApp) -> models.OwnAppItem:
    return models.OwnAppItem(
        platform=app.platform,
        brand_id=app.brand_id or None,
        client_id_hint=app.preview,
        created_at=app.created_at,
        updated_at=app.updated_at,
    )
