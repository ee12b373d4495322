"""One request to Pinterest's API, and reading its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.pinterest import MANIFEST, errors
from shared.ports.http import AnswerLost, Request

API: Final = "https://api.pinterest.com/v5"
PAGE: Final = 250  # the most that a page has
_MOST_PAGES: Final = 10


def get(call: Call, path: str, query: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A GET; a tuple in the query is a name given several times. Raises Refused, AnswerLost, NotSent."""
    return ask(call, _get(path, query))


def get_list(call: Call, path: str, query: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """A GET that answers an array. Raises Refused, AnswerLost, NotSent."""
    response = call.http.send(_as_account(call, _get(path, query)))
    if not 200 <= response.status < 300:
        raise errors.refusal(response, call.now)
    try:
        found = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise AnswerLost(f"a {response.status} answer that is not JSON") from error
    if not isinstance(found, list):
        raise AnswerLost("an answer that is no list")
    return [row for row in found if isinstance(row, dict)]


def post(call: Call, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A POST of a JSON object. Raises Refused, AnswerLost, NotSent."""
    return ask(call, _wire.post_json(API + path, body, read_timeout=MANIFEST.timing.send_deadline))


def patch(call: Call, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A PATCH of a JSON object. Raises Refused, AnswerLost, NotSent."""
    request = _wire.post_json(API + path, body, read_timeout=MANIFEST.timing.send_deadline)
    return ask(call, replace(request, method="PATCH"))


def send_list(call: Call, method: str, path: str, body: list[dict[str, Any]]) -> dict[str, Any]:
    """A bulk request of the ads API: an array of objects. Raises Refused, AnswerLost, NotSent."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    headers = {"Content-Type": "application/json"}
    return ask(call, Request(method, API + path, headers, data, read_timeout=MANIFEST.timing.send_deadline))


def ask(call: Call, request: Request) -> dict[str, Any]:
    """Send it as the account. Raises Refused, AnswerLost, NotSent."""
    return _wire.ask(call, _as_account(call, request), errors.refusal).json


def _as_account(call: Call, request: Request) -> Request:
    return replace(request, headers={**request.headers, "Authorization": f"Bearer {call.tokens.access}"})


def _get(path: str, query: Mapping[str, Any] | None) -> Request:
    present = {name: value for name, value in (query or {}).items() if value is not None}
    return Request("GET", f"{API}{path}{'?' if present else ''}{urlencode(present, doseq=True)}")


def items(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A page's items. Raises AnswerLost when it is no page, or has others: an unreadable list proves nothing."""
    found = answer.get("items")
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise AnswerLost("an answer that is no page")
    return found


def every(call: Call, path: str, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any] | None]:
    """The items of all pages; None at the end when there are more than we read."""
    bookmark: str | None = None
    for _ in range(_MOST_PAGES):
        page = get(call, path, {**(query or {}), "page_size": PAGE, "bookmark": bookmark})
        yield from items(page)
        bookmark = page.get("bookmark")
        if not bookmark:
            return
    yield None
