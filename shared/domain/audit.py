"""The audit of a workspace: acts that matter to its security, each chained to the one before by a hash.

An entry's hash is the SHA-256 of its canonical JSON (keys sorted, no spaces, UTF-8), which holds the hash of the entry
before it: nobody can change, remove or insert an entry without changing every hash after it. The head repeats the last
one. Whoever can write the store can make a whole new chain; who has noted a head elsewhere sees it (docs/audit.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal, get_args

from shared.domain.instants import rfc3339

Act = Literal[
    "account.connected",
    "account.disconnected",
    "account.moved",
    "app.removed",
    "app.stored",
    "billing.changed",
    "brand.deleted",
    "export.requested",
    "hook.removed",
    "hook.subscribed",
    "invite.created",
    "invite.revoked",
    "key.created",
    "key.revoked",
    "key.rotated",
    "key.updated",
    "publishing.held",
    "publishing.pushed",
    "publishing.released",
    "redirect_uri.added",
    "redirect_uri.removed",
    "secrets.rewrapped",
    "session.ended",
    "session.started",
    "settings.changed",
    "token.shown",
    "user.added",
    "user.deleted",
    "webhook.created",
    "webhook.deleted",
    "webhook.recovered",
    "webhook.rotated",
    "webhook.updated",
]
ACTS: tuple[Act, ...] = get_args(Act)
GENESIS = "0" * 64  # what the first entry is chained to
_WIDTH = 12  # digits of a number in a path: ids sort as numbers do


@dataclass(frozen=True, slots=True)
class Entry:
    """``workspaces/{space}/audit/{seq}``. ``seq`` counts from 1 without a gap. ``actor``: a key, a person, or empty where
    nobody asked. ``details``: names and ids, never content, never a secret."""

    seq: int
    space: str
    created_at: datetime
    act: str
    actor: str
    resource_id: str
    prev: str
    hash: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's end: ``workspaces/{space}/counters/audit``. Of an empty chain: 0, and ``GENESIS``."""

    seq: int = 0
    hash: str = GENESIS
    created_at: datetime | None = None


def digest(entry: Entry) -> str:
    """The hash that the entry has to have."""
    said = asdict(entry) | {"created_at": rfc3339(entry.created_at), "details": dict(entry.details)}
    del said["hash"]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def head_path(space: str) -> str:
    """``workspaces/{space}/counters/audit``"""
    return f"workspaces/{space}/counters/audit"


def entry_path(space: str, seq: int) -> str:
    """``workspaces/{space}/audit/{seq}``, twelve digits."""
    return f"workspaces/{space}/audit/{seq:0{_WIDTH}d}"
