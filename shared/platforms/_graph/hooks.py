"""How webhooks of Meta's networks come, beside the usual: data for their manifests."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

# Two more addresses of an app, with a «signed_request» each:
# https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback, read 2026-11-22.
CALLBACKS: Mapping[str, Literal["revoked", "erase"]] = MappingProxyType(
    {"deauthorize": "revoked", "data-deletion": "erase"}
)
