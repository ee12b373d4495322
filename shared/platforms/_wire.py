"""What every adapter does on the wire: send JSON or a form, read JSON, turn a refusal into our words.

Adapters give :func:`ask` their own ``refusal(response, now)``, which looks the network's codes up in the folder's
``errors`` table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from shared.platforms.contract import Call, Refused
from shared.ports.http import AnswerLost, Request, Response, Stream

Refusal = Callable[[Response, datetime], Refused]


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: the status, the parsed body (an empty body is ``{}``) and the headers (lower case)."""

    status: int
    json: dict[str, Any]
    headers: Mapping[str, str]


def ask(call: Call, request: Request, refusal: Refusal) -> Answer:
    """Send once; answer a 2xx with a JSON object.

    Raises Refused (any other status), AnswerLost (a 2xx that cannot be read: the effect may be there), NotSent.
    """
    response = call.http.send(request)
    if not 200 <= response.status < 300:
        raise refusal(response, call.now)
    return Answer(response.status, _object(response), response.headers)


def get(url: str, query: Mapping[str, Any] | None = None, **headers: str) -> Request:
    """A GET with the query encoded; None values are left out. Header names: ``_`` stands for ``-``."""
    return Request("GET", with_query(url, query or {}), _headers(headers))


def post_json(url: str, body: Mapping[str, Any], *, read_timeout: float = 30.0, **headers: str) -> Request:
    """A POST of a JSON object, in compact form with stable key order: the same body gives the same bytes."""
    data = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    named = {"Content-Type": "application/json", **_headers(headers)}
    return Request("POST", url, named, data, read_timeout=read_timeout)


def post_form(url: str, fields: Mapping[str, Any], *, read_timeout: float = 30.0, **headers: str) -> Request:
    """A form POST; None values are left out."""
    data = urlencode({k: v for k, v in fields.items() if v is not None}).encode()
    named = {"Content-Type": "application/x-www-form-urlencoded", **_headers(headers)}
    return Request("POST", url, named, data, read_timeout=read_timeout)


def post_bytes(
    url: str, body: bytes | Stream, content_type: str, *, read_timeout: float = 120.0, **headers: str
) -> Request:
    """A POST of a file's bytes."""
    return Request("POST", url, {"Content-Type": content_type, **_headers(headers)}, body, read_timeout=read_timeout)


def with_query(url: str, query: Mapping[str, Any]) -> str:
    """``url`` with the query appended; None values are left out."""
    present = {k: v for k, v in query.items() if v is not None}
    if not present:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(present)}"


def parsed(response: Response) -> dict[str, Any]:
    """The body as a JSON object, ``{}`` when it is none: for reading refusals."""
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def epoch(value: str | None) -> datetime | None:
    """A header of epoch seconds as an instant, None when absent or not a number."""
    try:
        return datetime.fromtimestamp(float(value), UTC) if value else None
    except (ValueError, OverflowError, OSError):
        return None


def retry_after(response: Response, now: datetime) -> datetime | None:
    """``Retry-After`` in seconds as an instant, None when absent or a date."""
    value = response.headers.get("retry-after", "")
    try:
        return now + timedelta(seconds=int(value)) if value.isdecimal() else None
    except (OverflowError, ValueError):  # beyond what a date can be: nothing that anyone could heed
        return None


def _object(response: Response) -> dict[str, Any]:
    if not response.body.strip():
        return {}
    try:
        value = json.loads(response.body)
    except (ValueError, RecursionError) as error:
        raise AnswerLost(f"a {response.status} answer that is not JSON") from error
    if not isinstance(value, dict):
        raise AnswerLost(f"a {response.status} answer that is not a JSON object")
    return value


def _headers(named: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in named.items()}
