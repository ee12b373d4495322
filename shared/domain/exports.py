"""Exports: an account's published posts with their figures, as files. A job that advances in small steps."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ExportStatus = Literal["pending", "processing", "completed", "failed"]

STEP = 10  # posts looked at per step
MAX_ROWS = 2_000  # of one export, whatever the plan: they are answered in one piece
MAX_RUNNING = 3  # of one workspace and mode, at once
MAX_TEXT = 5_000  # characters of a post's text that a row keeps
CLAIMED = timedelta(minutes=6)  # longer than a function may run
OVERDUE = timedelta(minutes=5)  # a step that has not begun by then gets another task
MAX_WAITS = 24  # pauses that a network may ask for, before posts are listed without figures
# By plan: for how long the files are kept, and what has to lie between two exports. Any other plan has the default.
KEPT: Mapping[str, timedelta] = {"free": timedelta(days=7), "starter": timedelta(days=30), "pro": timedelta(days=30)}
KEPT_DEFAULT = timedelta(days=90)
COOLDOWN: Mapping[str, timedelta] = {
    "free": timedelta(days=7),
    "starter": timedelta(hours=24),
    "pro": timedelta(hours=1),
    "agency": timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class Export:
    """``workspaces/{space}/exports/{id}``; its rows lie beside it, in ``…/parts/{number}``.

    ``looked`` of ``total`` posts were looked at, up to the one at ``last_id`` and ``last_at``; ``rows`` of them are listed,
    in ``parts`` documents. ``collected``: all were; what is left is to write the files. ``tick`` counts the tasks, so that
    each has a name of its own and an old one finds nothing to do. ``nonce`` and ``claim_until``: who is at it. ``wake_at``:
    when the sweep must look at it, None when never. ``kept_for``: seconds from completion to ``expires_at``. ``table``: there is a CSV
    file, too.
    """

    id: str
    space: str
    account_id: str
    platform: str
    status: ExportStatus
    created_at: datetime
    updated_at: datetime
    max_rows: int
    kept_for: int
    total: int = 0
    looked: int = 0
    rows: int = 0
    parts: int = 0
    last_id: str = ""
    last_at: datetime | None = None
    collected: bool = False
    tick: int = 0
    waits: int = 0
    nonce: str = ""
    claim_until: datetime | None = None
    wake_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime | None = None
    error: str = ""
    created_by: str = ""
    table: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One published post. A figure is None where the network does not offer it; ``error``: why none could be read."""

    post_id: str
    platform: str
    platform_post_id: str
    permalink: str
    published_at: datetime
    title: str = ""
    text: str = ""
    duration_seconds: int | None = None
    width: int | None = None
    height: int | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one step."""

    number: int
    rows: tuple[Row, ...]


def export_path(space: str, export_id: str) -> str:
    """``workspaces/{space}/exports/{export_id}``"""
    return f"workspaces/{space}/exports/{export_id}"


def part_path(export: Export, number: int) -> str:
    """``workspaces/{space}/exports/{export_id}/parts/{number}``: the same step writes the same document."""
    return f"{export_path(export.space, export.id)}/parts/{number:05}"


def blob_key(export: Export, name: str) -> str:
    """Where a file of it is kept."""
    return f"t/{export.space}/exports/{export.id}/{name}"


def task_name(export: Export) -> str:
    """A name never used before."""
    return f"x-{hashlib.sha256(f'{export.space}|{export.id}|{export.tick}'.encode()).hexdigest()[:40]}"
