"""How instants are written for people and programs; pure."""

from __future__ import annotations

from datetime import UTC, datetime


def rfc3339(value: datetime) -> str:
    """``2026-11-22T18:00:00Z``, with microseconds where there are any."""
    in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    return in_utc.isoformat()[:-6] + "Z"
