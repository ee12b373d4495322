"""API keys: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_keys as models
from shared.api.v1.models_common import OKResponse
from shared.domain.keys import SCOPES, ApiKey
from shared.operations import keys


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/keys"""
    found = [_shown(key) for key in keys.list_(x.ports, x.caller)]
    return Reply(200, models.KeysListResponse(data=found, count=len(found)))


def create(x: Exchange[models.CreateKeyRequest, None]) -> Reply:
    """POST /v1/keys"""
    scopes, brand_ids = tuple(x.body.scopes or ()), tuple(x.body.brand_ids or ())
    command = keys.CreateKey(x.body.name, scopes, x.body.mode, brand_ids)
    return _new(201, keys.create(x.ports, x.caller, command))


def update(x: Exchange[models.UpdateKeyRequest, None]) -> Reply:
    """PATCH /v1/keys/{id}"""
    body = x.body
    changed = keys.update(x.ports, x.caller, x.path["id"], name=body.name, scopes=body.scopes, brand_ids=body.brand_ids)
    return Reply(200, _shown(changed))


def rotate(x: Exchange[None, None]) -> Reply:
    """POST /v1/keys/{id}/rotate"""
    return _new(200, keys.rotate(x.ports, x.caller, x.path["id"]))


def revoke(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/keys/{id}"""
    keys.revoke(x.ports, x.caller, x.path["id"])
    return Reply(200, OKResponse())


def scopes(_: Exchange[None, None]) -> Reply:
    """GET /v1/keys/scopes"""
    data = [models.KeyScopeItem(name=one.name, group=one.group, description=one.description) for one in SCOPES]
    return Reply(200, models.KeyScopesResponse(data=data, count=len(data)))


def _new(status: int, made: keys.NewKey) -> Reply:
    key = made.key
    answer = models.CreateKeyResponse(
        id=key.id,
        name=key.name,
        mode=key.mode,
        raw_key=made.raw,
        scopes=list(key.scopes),
        brand_ids=list(key.brand_ids),
        message="Keep raw_key now: it is not shown again.",
    )
    return Reply(status, answer)


def _shown(key: ApiKey) -> models.KeyListItem:
    return models.KeyListItem(
        id=key.id,
        name=key.name,
        preview=key.preview,
        mode=key.mode,
        scopes=list(key.scopes),
        brand_ids=list(key.brand_ids),
        is_active=key.is_active,
        created_at=key.created_at,
        last_used_at=key.last_used_at,
    )
