"""When a post is due: reading times as people write them.

A time is RFC 3339 with an offset, or a local time beside an IANA zone. A local time that a zone skips (clocks go
forward) is refused, because nobody can know which neighbour was meant; one that a zone has twice (clocks go back) is
the first of the two.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from shared.domain.errors import Invalid
from shared.domain.instants import rfc3339
from shared.operations.posts.issues import nearest

SKEW = timedelta(seconds=60)  # a caller's clock may be so far behind ours: such a time means «now»
FARTHEST = timedelta(days=366 * 2)
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?")
_LOST_PLUS = re.compile(r":\d\d(\.\d+)? \d\d:\d\d$")
_ZONES = "https://data.iana.org/time-zones/tzdb/zone1970.tab"
_EXAMPLE = "2026-12-24T18:00:00Z, or 2026-12-24T18:00:00 with timezone Europe/Berlin"


def due(text: str, zone: str | None, field: str, now: datetime, *, zone_field: str = "timezone") -> datetime:
    """The instant in UTC. Raises Invalid: unreadable, a skipped local time, in the past, or over two years ahead.

    A time up to 60 seconds ago is taken as now.
    """
    instant = read_instant(text, zone, field, zone_field)
    if instant < now - SKEW:
        raise Invalid(
            "validation.time_past",
            f"{field} is in the past ({rfc3339(instant)}; it is {rfc3339(now.replace(microsecond=0))} now). "
            f"Name a later time, or leave {field} out: a post then wants publish_now, an action is done at once.",
            field=field,
            now=rfc3339(now.replace(microsecond=0)),
        )
    if instant > now + FARTHEST:
        raise Invalid(
            "validation.time_too_far", f"{field} is more than two years ahead. Name an earlier time.", field=field
        )
    return max(instant, now)


def checked_zone(name: str, field: str) -> ZoneInfo:
    """The IANA zone. Raises Invalid with the nearest known name."""
    try:
        if name in available_timezones():
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a zone that is listed, but whose file is damaged
        pass
    guess = _zone_guess(name)
    hint = (
        f" Did you mean {guess}?" if guess else f" Use a name such as Europe/Berlin or America/New_York. All: {_ZONES}"
    )
    meta = {"field": field, "value": name[:64]} | ({"did_you_mean": guess} if guess else {})
    raise Invalid("validation.timezone_unknown", f"{field}: {name[:64]!r} is no IANA time zone.{hint}", **meta)


def read_instant(text: str, zone: str | None, field: str, zone_field: str | None = "timezone") -> datetime:
    """The instant in UTC that a text names, whenever it is. ``zone_field`` None: the request has no such field, and the
    text was part of an address. Raises Invalid."""
    if not _SHAPE.fullmatch(text.strip()):
        raise _unreadable(text, field, zone_field)
    tz = checked_zone(zone, zone_field) if zone and zone_field else None
    try:
        parsed = datetime.fromisoformat(text.strip().upper().replace(" ", "T"))
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
        return _localised(parsed, tz, field, zone_field)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text, field, zone_field) from error


def _localised(parsed: datetime, zone: ZoneInfo | None, field: str, zone_field: str | None) -> datetime:
    if zone is None:
        how = f"(…Z, …+01:00), or name a {zone_field} beside it" if zone_field else "(…Z, or …%2B01:00)"
        message = f"{field} has no offset, so its instant is unknown. Add one {how}."
        raise Invalid("validation.offset_missing", message, field=field)
    instant = parsed.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) != parsed:
        later = instant.astimezone(zone).replace(tzinfo=None).isoformat()
        raise Invalid(
            "validation.time_skipped",
            f"{field}: {parsed.isoformat()} does not exist in {zone.key}, where clocks go forward over it. "
            f"Name another time ({later} would be the next), or give an offset.",
            field=field,
        )
    return instant


def _unreadable(text: str, field: str, zone_field: str | None) -> Invalid:
    example = _EXAMPLE if zone_field else "2026-12-24T18:00:00Z"
    hint = " Within an address, + is written %2B." if zone_field is None and _LOST_PLUS.search(text) else ""
    message = f"{field}: {text[:64]!r} is no time. Write RFC 3339: {example}.{hint}"
    return Invalid("validation.time_invalid", message, field=field)


def _zone_guess(name: str) -> str | None:
    by_lower = {zone.lower(): zone for zone in available_timezones()}
    guess = nearest(name, sorted(by_lower), 0.8)
    return by_lower[guess] if guess else None
