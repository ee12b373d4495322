"""Workspaces: whose everything is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Workspace:
    """A customer: ``workspaces/{id}``. What it owns lies below ``workspaces/{id}.test`` and ``workspaces/{id}.live``."""

    id: str
    name: str
    created_at: datetime


def workspace_path(workspace_id: str) -> str:
    """``workspaces/{workspace_id}``"""
    return f"workspaces/{workspace_id}"
