"""The columns of an export's table, and the table as CSV: UTF-8, with the mark by which Excel knows that.

A text that begins as a formula would stands behind an apostrophe, so that no program that opens the file works it out.
https://owasp.org/www-community/attacks/CSV_Injection (2026-11)
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared.domain.exports import Row

COLUMNS: tuple[tuple[str, str, int], ...] = (  # heading, field, width
    ("Published (UTC)", "published_at", 20),
    ("Title", "title", 30),
    ("Text", "text", 60),
    ("Link", "permalink", 40),
    ("Views", "views", 10),
    ("Likes", "likes", 10),
    ("Comments", "comments", 10),
    ("Shares", "shares", 10),
    ("Saves", "saves", 10),
    ("Seconds", "duration_seconds", 10),
    ("Width", "width", 8),
    ("Height", "height", 8),
    ("Id at the network", "platform_post_id", 24),
    ("Post", "post_id", 32),
    ("Remark", "error", 40),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def made(rows: Sequence[Row]) -> bytes:
    """The file's bytes."""
    target = io.StringIO(newline="")
    lines = csv.writer(target)
    lines.writerow(title for title, _, _ in COLUMNS)
    lines.writerows([_cell(getattr(row, name)) for _, name, _ in COLUMNS] for row in rows)
    return target.getvalue().encode("utf-8-sig", errors="replace")


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
