"""Requests to YouTube's Data API: the token goes into the Authorization header, never into the address.

``https://youtube.googleapis.com`` is the discovery document's root (revision 20261104); uploads go below ``/upload``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms._google.oauth import bearer
from shared.platforms.contract import Call, Refused
from shared.platforms.youtube import errors
from shared.ports.http import AnswerLost, Request

ROOT: Final = "https://youtube.googleapis.com"
BASE: Final = f"{ROOT}/youtube/v3"
UPLOAD: Final = f"{ROOT}/upload/youtube/v3"
SEND_DEADLINE: Final = 60.0  # manifest: timing.send_deadline


def read(call: Call, path: str, **query: Any) -> dict[str, Any]:
    """GET. Raises Refused, AnswerLost, NotSent."""
    return _wire.ask(call, _wire.get(f"{BASE}/{path}", query, Authorization=bearer(call)), errors.refusal).json


def one(call: Call, path: str, **query: Any) -> dict[str, Any]:
    """The only item of a list, ``{}`` where YouTube shows none. Raises Refused, and AnswerLost where it is no list."""
    items = listed(read(call, path, **query))
    return items[0] if items else {}


def listed(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A list's items. A success without them is no list, and proves nothing: raises AnswerLost."""
    items = answer.get("items")
    if items is None and str(answer.get("kind", "")).endswith("ListResponse"):
        return []
    if not isinstance(items, list):
        raise AnswerLost("a success that is no list")
    return [item for item in items if isinstance(item, dict)]


def write(call: Call, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """POST or PUT a resource. Raises Refused, AnswerLost, NotSent."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    headers = {"Content-Type": "application/json", "Authorization": bearer(call)}
    url = _wire.with_query(f"{BASE}/{path}", query)
    request = Request(method, url, headers, data, read_timeout=SEND_DEADLINE)
    return _wire.ask(call, request, errors.refusal).json


def act(call: Call, method: str, path: str, **query: Any) -> dict[str, Any]:
    """POST or DELETE without a body. Raises Refused, AnswerLost, NotSent."""
    url = _wire.with_query(f"{BASE}/{path}", query)
    request = Request(method, url, {"Authorization": bearer(call)}, read_timeout=SEND_DEADLINE)
    return _wire.ask(call, request, errors.refusal).json


def remove(call: Call, path: str, id: str) -> None:
    """DELETE; what is gone already is fine. Raises Refused, AnswerLost, NotSent."""
    try:
        act(call, "DELETE", path, id=id)
    except Refused as refused:
        if not errors.is_gone(refused):
            raise


def id_of(answer: Mapping[str, Any]) -> str:
    """The id of what was made. A success without one proves nothing: raises AnswerLost."""
    found = answer.get("id")
    if not isinstance(found, str) or not found:
        raise AnswerLost("a success that names nothing")
    return found
