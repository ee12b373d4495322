"""How errors are spelled: a status, and ``{"error": {"code", "message", "meta"}, "request_id"}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.api.engine.exchange import Reply
from shared.api.engine.problems import Internal, Problem
from shared.api.v1.models_common import ErrorBody, ErrorResponse
from shared.domain import errors

_BY_CLASS: tuple[tuple[type[errors.RostrumError], int], ...] = (
    (errors.Invalid, 400),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.Missing, 404),
    (errors.Clash, 409),
    (errors.Unsupported, 501),
    (errors.Limited, 429),
    (errors.Reconnect, 403),
    (errors.NetworkRefused, 502),
    (Internal, 500),
    (errors.Broken, 503),
)
BY_CODE = {
    "media.too_large": 413,
    "billing.storage_quota": 413,
    "platform.app_missing": 412,
    "platform.no_answer": 502,
    "platform.unreachable": 502,
}
BROKEN_RETRY = 2  # seconds to wait after a failure of ours


def status_of(error: errors.RostrumError) -> int:
    """The HTTP status of an error."""
    if isinstance(error, Problem):
        return error.status
    if error.code in BY_CODE:
        return BY_CODE[error.code]
    return next((status for kind, status in _BY_CLASS if isinstance(error, kind)), 500)


def spell(error: errors.RostrumError, request_id: str) -> Reply:
    """The error as this dialect says it."""
    meta = {name: value for name, value in error.meta.items() if value is not None}
    body = ErrorBody(code=error.code, message=error.message, meta=meta or None)
    return Reply(status_of(error), ErrorResponse(error=body, request_id=request_id), _headers(error, meta))


def _headers(error: errors.RostrumError, meta: Mapping[str, Any]) -> dict[str, str]:
    headers = dict(error.headers) if isinstance(error, Problem) else {}
    if "retry_after_seconds" in meta:
        headers["Retry-After"] = str(meta["retry_after_seconds"])
    elif isinstance(error, errors.Broken):
        headers["Retry-After"] = str(BROKEN_RETRY)
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="Rostrum"'
    return headers
