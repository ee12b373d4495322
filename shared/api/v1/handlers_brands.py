"""Brands: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import models_brands as models
from shared.operations import brand_deletion, brands
from shared.operations.brands import Counted


def list_(x: Exchange[None, None]) -> Reply:
    """GET /v1/brands"""
    found = [_shown(one) for one in brands.list_(x.ports, x.caller)]
    return Reply(200, models.BrandsListResponse(data=found, count=len(found)))


def create(x: Exchange[models.CreateBrandRequest, None]) -> Reply:
    """POST /v1/brands"""
    made = brands.create(x.ports, x.caller, x.body.name, x.body.timezone)
    return Reply(201, _shown(Counted(made, 0)))


def get(x: Exchange[None, None]) -> Reply:
    """GET /v1/brands/{id}"""
    return Reply(200, _shown(brands.counted(x.ports, x.caller, x.path["id"])))


def update(x: Exchange[models.UpdateBrandRequest, None]) -> Reply:
    """PATCH /v1/brands/{id}"""
    brands.update(x.ports, x.caller, x.path["id"], name=x.body.name, timezone=x.body.timezone)
    return Reply(200, _shown(brands.counted(x.ports, x.caller, x.path["id"])))


def delete(x: Exchange[None, None]) -> Reply:
    """DELETE /v1/brands/{id}"""
    brand_deletion.delete(x.ports, x.caller, x.path["id"])
    return Reply(204)


def _shown(one: Counted) -> models.BrandResponse:
    brand = one.brand
    return models.BrandResponse(
        id=brand.id,
        name=brand.name,
        timezone=brand.timezone,
        accounts_count=one.accounts_count,
        created_at=brand.created_at,
        updated_at=brand.updated_at,
    )
