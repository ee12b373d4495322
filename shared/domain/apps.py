"""Apps of one's own: a workspace's registration with a network, used instead of the installation's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SHOWN = 6  # characters of the client id that are shown again


@dataclass(frozen=True, slots=True)
class OwnApp:
    """``workspaces/{space}/apps/{platform}``. ``sealed`` is the vault's reference to id and secret, as JSON."""

    platform: str
    space: str
    preview: str
    sealed: str
    created_at: datetime
    updated_at: datetime


def app_path(space: str, platform: str) -> str:
    """``workspaces/{space}/apps/{platform}``"""
    return f"workspaces/{space}/apps/{platform}"
