"""One request to Reddit's ads API: the envelope that everything is in, and its pages.

It is another host with the same access token and the same User-Agent. Lists name the address of their next page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.reddit import MANIFEST, api
from shared.ports.http import AnswerLost, Request

API: Final = "https://ads-api.reddit.com/api/v3"
PAGE: Final = 100
_MOST_PAGES: Final = 20
_CURSOR: Final = re.compile(r"[A-Za-z0-9_.~%&=+:,/-]{1,2000}")


def get(call: Call, path: str) -> dict[str, Any]:
    """One thing. Raises Refused, AnswerLost, NotSent."""
    return _one(api.send(call, _wire.get(API + path)))


def page(
    call: Call, path: str, query: Mapping[str, Any] | None = None, cursor: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """(a page of a list, the next one's cursor). Raises Refused, AnswerLost, NotSent, Invalid."""
    if cursor and not _CURSOR.fullmatch(cursor):
        raise Invalid("validation.field_invalid", "The cursor is none of ours.", field="cursor")
    url = f"{API}{path}?{cursor}" if cursor else _wire.with_query(API + path, {"page.size": PAGE, **(query or {})})
    answer = api.send(call, _wire.get(url))
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(thing, dict) for thing in found):
        raise AnswerLost("an answer that is no list")  # an unreadable one proves nothing
    return found, _next(answer)


def every(call: Call, path: str, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any] | None]:
    """All of a list; None at the end when there is more than was read. Raises Refused, AnswerLost, NotSent."""
    cursor = ""
    for _ in range(_MOST_PAGES):
        found, cursor = page(call, path, query, cursor)
        yield from found
        if not cursor:
            return
    yield None


def send(call: Call, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A write, and what it made. Raises Refused, AnswerLost, NotSent."""
    return _one(api.send(call, _json(method, API + path, body)))


def rows(call: Call, path: str, body: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of a report, which is asked for by POST. Raises Refused, AnswerLost, NotSent."""
    url = f"{API}{path}?page.size={PAGE}"
    for _ in range(_MOST_PAGES * 5):
        answer = api.send(call, _json("POST", url, body))
        found = _one(answer).get("metrics")
        if not isinstance(found, list):
            raise AnswerLost("a report without rows")
        yield from (row for row in found if isinstance(row, dict))
        following = _next(answer)
        if not following:
            return
        url = f"{API}{path}?{following}"
    raise AnswerLost("a report that does not end")


def _json(method: str, url: str, body: Mapping[str, Any]) -> Request:
    data = json.dumps({"data": body}, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    headers = {"Content-Type": "application/json"}
    return Request(method, url, headers, data, read_timeout=MANIFEST.timing.send_deadline)


def _one(answer: Any) -> dict[str, Any]:
    found = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(found, dict):
        raise AnswerLost("an answer without data")
    return found


def _next(answer: Mapping[str, Any]) -> str:
    """The query of the next page's address; the address itself is ours to know."""
    pagination = answer.get("pagination")
    given = pagination.get("next_url") if isinstance(pagination, dict) else None
    return urlsplit(given).query if isinstance(given, str) else ""
