"""Requests to graph.instagram.com: the token goes into the Authorization header, never into the address.

https://developers.facebook.com/docs/instagram-platform/content-publishing (examples for Instagram Login).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.instagram import errors
from shared.ports.http import Request

HOST = "https://graph.instagram.com"
BASE = f"{HOST}/v26.0"
SEND_DEADLINE = 60.0  # manifest: timing.send_deadline


def read(call: Call, path: str, **query: Any) -> dict[str, Any]:
    """GET ``path`` below the API version. Raises Refused, AnswerLost, NotSent."""
    request = _wire.get(f"{BASE}/{path}", query, Authorization=_bearer(call))
    return _wire.ask(call, request, errors.refusal).json


def create(call: Call, path: str, fields: Mapping[str, Any]) -> str:
    """POST a form that makes something invisible; its id. Raises Refused, AnswerLost, NotSent."""
    request = _wire.post_form(f"{BASE}/{path}", fields, Authorization=_bearer(call))
    return _id(_wire.ask(call, request, errors.refusal).json)


def make_visible(call: Call, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """POST a form that makes something visible; the answer, whose ``id`` may lack. Raises as :func:`create`."""
    url = f"{BASE}/{path}"
    request = _wire.post_form(url, fields, read_timeout=SEND_DEADLINE, Authorization=_bearer(call))
    return _wire.ask(call, request, errors.publish_refusal).json


def remove(call: Call, path: str) -> None:
    """DELETE ``path``. Raises Refused, AnswerLost, NotSent."""
    _wire.ask(call, Request("DELETE", f"{BASE}/{path}", {"Authorization": _bearer(call)}), errors.refusal)


def _bearer(call: Call) -> str:
    return f"Bearer {call.tokens.access}"


def _id(answer: Mapping[str, Any]) -> str:
    found = str(answer.get("id") or "")
    if not found:
        raise errors.refused(errors.row_for(500, None, None), "an answer without an id")
    return found
