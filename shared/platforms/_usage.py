"""What networks' answers say of budgets, and the windows that budgets are counted in. Pure.

Meta's percentages: https://developers.facebook.com/docs/graph-api/overview/rate-limiting (read 2026-11-22): one object, or
lists of them by the business's id, with ``estimated_time_to_regain_access`` in minutes once there is none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.platforms.manifest import Budget, UsageHeaders

PAUSE = timedelta(minutes=15)  # where a network says how much is used, but not until when
LONGEST = timedelta(days=1)
DAY = 86_400
AHEAD = 0.25
_PERCENTAGES = ("call_count", "total_time", "total_cputime")


@dataclass(frozen=True, slots=True)
class Used:
    """The used share of a budget (1.0: all of it), and when it begins anew."""

    share: float
    resets_at: datetime


def read(row: UsageHeaders, headers: Mapping[str, str], now: datetime) -> Used | None:
    """What one answer says (header names in lower case); None where it says nothing that can be read."""
    if row.percent:
        return _percentages(headers.get(row.percent, ""), now)
    remaining, used = _number(headers.get(row.remaining)), _number(headers.get(row.used))
    limit = _number(headers.get(row.limit)) if used is None else used + (remaining or 0)
    if remaining is None or not limit:
        return None
    return Used(min(1.0, max(0.0, 1 - remaining / limit)), _reset(row, headers, now))


def window(budget: Budget, now: datetime) -> tuple[int, datetime]:
    """The window that an instant is in: its number, and its end."""
    if budget.zone:
        from zoneinfo import ZoneInfo

        local = now.astimezone(ZoneInfo(budget.zone))
        midnight = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo) + timedelta(days=1)
        return local.date().toordinal(), midnight.astimezone(UTC)
    number = int(now.timestamp() // budget.seconds)
    return number, datetime.fromtimestamp((number + 1) * budget.seconds, UTC)


def allowed(budget: Budget, now: datetime) -> tuple[int, datetime]:
    """How many calls background work may have made in this window by now, and when to ask again if it has. A day's share is
    given out as the day goes by, a quarter ahead: what is posted in the evening wants to be read, too."""
    ends, share = window(budget, now)[1], budget.limit * budget.background
    if budget.seconds < DAY:
        return int(share), ends
    gone = 1 - (ends - now).total_seconds() / budget.seconds
    part = min(1.0, gone + AHEAD)
    return int(share * part), ends if part == 1 else min(ends, now + timedelta(seconds=budget.seconds / 24))


def _percentages(text: str, now: datetime) -> Used | None:
    try:
        said = list(_objects(json.loads(text))) if text else []
    except ValueError:
        return None
    percents = [value for one in said for name in _PERCENTAGES if (value := _number(one.get(name))) is not None]
    if not percents:
        return None
    minutes = max((_number(one.get("estimated_time_to_regain_access")) or 0 for one in said), default=0)
    pause = min(LONGEST, timedelta(minutes=minutes)) if minutes else PAUSE
    return Used(max(percents) / 100, now + pause)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The innermost objects: of an app there is one, of businesses a list for each id."""
    if isinstance(value, list):
        for one in value:
            yield from _objects(one)
    elif isinstance(value, dict):
        inner = [one for one in value.values() if isinstance(one, list | dict)]
        if not inner:
            yield value
        for one in inner:
            yield from _objects(one)


def _reset(row: UsageHeaders, headers: Mapping[str, str], now: datetime) -> datetime:
    value = _number(headers.get(row.reset))
    if value is None:
        return now + PAUSE
    seconds = value - now.timestamp() if row.reset_as == "epoch" else value
    return now + min(LONGEST, timedelta(seconds=max(1.0, min(seconds, LONGEST.total_seconds()))))


def _number(value: Any) -> float | None:
    """A number as networks write it; of several («100, 100;w=60») the first."""
    try:
        found = float(str(value).split(",")[0].split(";")[0])
    except ValueError:
        return None
    return found if math.isfinite(found) else None
