"""What a network told, unasked, of something that was sent with a key of ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """``workspaces/{space}/evidence/{digest}``: it is there, and ``network_id`` is its id; gone after ``expire_at``."""

    network_id: str
    expire_at: datetime


def evidence_path(space: str, account_id: str, key: str) -> str:
    """``workspaces/{space}/evidence/{digest of account and key}``"""
    digest = hashlib.sha256(f"{account_id}|{key}".encode()).hexdigest()
    return f"workspaces/{space}/evidence/{digest[:32]}"
