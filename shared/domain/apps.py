"""Apps of one's own: a workspace's registration with a network, used instead of the installation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SHOWN = 6  # characters of the client id that are shown again


@dataclass(frozen=True, slots=True)
class OwnApp:
    """``workspaces/{space}/apps/{platform}``, or ``…/{platform}.{brand_id}`` for the accounts of one brand. ``sealed`` is the
    vault's reference to id and secret, as JSON."""

    platform: str
    space: str
    preview: str
    sealed: str
    created_at: datetime
    updated_at: datetime
    brand_id: str = ""


def app_path(space: str, platform: str, brand_id: str = "") -> str:
    """``workspaces/{space}/apps/{platform}``, or ``…/{platform}.{brand_id}``"""
    return f"workspaces/{space}/apps/{platform}" + (f".{brand_id}" if brand_id else "")
