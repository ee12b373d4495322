"""What a workspace has decided about its posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

APPROVE = "posts:approve"  # the scope of those who may agree


@dataclass(frozen=True, slots=True)
class PostSettings:
    """``workspaces/{space}/settings/posts``. ``approval`` required: what is made without the scope ``posts:approve`` goes
    out only after somebody with it has agreed."""

    approval: Literal["none", "required"] = "none"
    updated_at: datetime | None = None


def settings_path(space: str) -> str:
    """``workspaces/{space}/settings/posts``"""
    return f"workspaces/{space}/settings/posts"
