"""The networks: one function per route."""

from __future__ import annotations

from shared.api.engine.exchange import Exchange, Reply
from shared.api.v1 import encode_platforms
from shared.api.v1.views_platforms import PlatformsListResponse
from shared.platforms import registry

_FRESH = {"Cache-Control": "public, max-age=300"}


def platforms(_: Exchange[None, None]) -> Reply:
    """GET /v1/platforms"""
    data = [encode_platforms.platform(registry.manifest(name)) for name in registry.all_names()]
    return Reply(200, PlatformsListResponse(data=data, count=len(data)), _FRESH)
