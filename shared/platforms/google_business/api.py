"""Requests to the APIs of Google Business Profile: v4 for posts and reviews, the newer ones for the rest.

https://developers.google.com/my-business/reference/rest, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call, Refused
from shared.platforms.google_business import errors
from shared.ports.http import AnswerLost, Request

V4: Final = "https://mybusiness.googleapis.com/v4"
ACCOUNTS: Final = "https://mybusinessaccountmanagement.googleapis.com/v1"
LOCATIONS: Final = "https://mybusinessbusinessinformation.googleapis.com/v1"
PERFORMANCE: Final = "https://businessprofileperformance.googleapis.com/v1"
NOTIFICATIONS: Final = "https://mybusinessnotifications.googleapis.com/v1"
SEND_DEADLINE: Final = 60.0  # manifest: timing.send_deadline
_ID: Final = re.compile(r"[\w=+~-][\w.=+~-]{0,511}", re.ASCII)


def read(call: Call, url: str, **query: Any) -> dict[str, Any]:
    """GET. Raises Refused, AnswerLost, NotSent."""
    return _wire.ask(call, _wire.get(url, query, Authorization=bearer(call)), errors.refusal).json


def write(call: Call, method: str, url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST, PUT or PATCH. Raises Refused, AnswerLost, NotSent."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    headers = {"Content-Type": "application/json", "Authorization": bearer(call)}
    return _wire.ask(call, Request(method, url, headers, data, read_timeout=SEND_DEADLINE), errors.refusal).json


def remove(call: Call, url: str) -> None:
    """DELETE; what is gone already is fine. Raises Refused, AnswerLost, NotSent."""
    request = Request("DELETE", url, {"Authorization": bearer(call)}, read_timeout=SEND_DEADLINE)
    try:
        _wire.ask(call, request, errors.refusal)
    except Refused as refused:
        if not errors.is_gone(refused):
            raise


def pages(call: Call, url: str, most: int, **query: Any) -> Iterator[dict[str, Any]]:
    """The pages of a list, ``most`` of them; the last one that is read has ``nextPageToken`` where there are more."""
    token: str | None = None
    for _ in range(most):
        page = read(call, url, pageToken=token, **query)
        yield page
        token = page.get("nextPageToken")
        if not token:
            return


def items(page: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A page's items: Google leaves an empty list out."""
    found = page.get(name, [])
    if not isinstance(found, list):
        raise AnswerLost("a success that is no list")
    return [item for item in found if isinstance(item, dict)]


def place(call: Call) -> str:
    """The location as v4 names it: ``accounts/…/locations/…``."""
    return f"{call.who.metadata.get('account', 'accounts/-')}/locations/{call.who.platform_account_id}"


def part_of(call: Call, kind: str, given: str) -> str:
    """The name of one of the location's posts or reviews. Raises Invalid for what can be no id.

    Ids come from callers: one with ``/`` or ``?`` in it would be another request, with the account's token.
    """
    if not _ID.fullmatch(given):
        text = f"{given[:64]!r} is no id of Google's: give the id as it was answered."
        raise Invalid("platform.google_business.id_invalid", text, field="id", platform="google_business")
    return f"{place(call)}/{kind}/{given}"


def name_of(answer: Mapping[str, Any]) -> str:
    """The resource name of what was made or read. A success without one proves nothing: raises AnswerLost."""
    found = answer.get("name")
    if not isinstance(found, str) or not found:
        raise AnswerLost("a success that names nothing")
    return found
