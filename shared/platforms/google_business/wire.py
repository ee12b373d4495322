"""Between our words and Google's: local posts, their events and offers. Pure.

https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts, read 2026-11-22.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from shared.domain.content import Kind, Piece

TOPICS: Final = {Kind.EVENT: "EVENT", Kind.OFFER: "OFFER"}
STARS: Final = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}


def post_body(piece: Piece) -> dict[str, Any]:
    """The local post to be made."""
    options = piece.options
    body: dict[str, Any] = {
        "languageCode": options.get("language_code") or "en",
        "summary": piece.text,
        "topicType": topic(piece.kind),
        "media": [{"mediaFormat": "PHOTO", "sourceUrl": file.url} for file in piece.media],
        "callToAction": _call_to_action(options.get("call_to_action")),
        "event": _event(options.get("event")),
        "offer": _offer(options.get("offer")),
    }
    return {name: value for name, value in body.items() if value}


def topic(kind: Kind) -> str:
    """Google's word for a kind of post."""
    return TOPICS.get(kind, "STANDARD")


def interval(start: str, end: str) -> dict[str, Any]:
    """A TimeInterval of the business's own days and hours, which must have all of its fields: a day lasts until 23:59."""
    return {**_moment("start", start, "00:00"), **_moment("end", end, "23:59")}


def instant(value: Any) -> datetime | None:
    """An RFC 3339 time, with up to nine digits of a second; None where it is none."""
    text = str(value)
    head, point, rest = text.partition(".")
    digits = rest.rstrip("Z").split("+")[0]
    if point:
        text = f"{head}.{digits[:6]}{rest[len(digits) :]}"
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def rfc3339(at: datetime) -> str:
    """As Google writes a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(value: Any) -> str:
    """A text for comparing, whatever became of its blanks on the way; empty where there is none."""
    return " ".join(unicodedata.normalize("NFC", str(value or "")).split())


def id_of(name: str) -> str:
    """The last part of a resource name."""
    return name.rpartition("/")[2]


def _call_to_action(given: Any) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    action = {"actionType": given.get("type"), "url": given.get("url")}
    return {name: value for name, value in action.items() if value}


def _event(given: Any) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    return {"title": given.get("title"), "schedule": interval(str(given.get("start")), str(given.get("end")))}


def _offer(given: Any) -> dict[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    names = {
        "couponCode": "coupon_code",
        "redeemOnlineUrl": "redeem_online_url",
        "termsConditions": "terms_conditions",
    }
    return {theirs: given[ours] for theirs, ours in names.items() if given.get(ours)}


def until(end: str) -> datetime:
    """When an event ends, in the business's own time: a day lasts until 23:59."""
    return _local(end, "23:59")


def _local(text: str, time: str) -> datetime:
    return datetime.fromisoformat(text if len(text) > len("2026-12-24") else f"{text}T{time}")


def _moment(which: str, text: str, time: str) -> dict[str, Any]:
    at = _local(text, time)
    return {
        f"{which}Date": {"year": at.year, "month": at.month, "day": at.day},
        f"{which}Time": {"hours": at.hour, "minutes": at.minute},
    }
