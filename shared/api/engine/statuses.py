"""Errors in HTTP: the status of each, and the headers that go with it. A dialect may say some of them differently."""

from __future__ import annotations

from shared.api.engine.problems import Internal, Problem
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
    "billing.past_due": 402,
    "billing.storage_quota": 413,
    "platform.app_missing": 412,
    "byok.credentials_missing": 412,
    "invite.expired": 410,
    "account.platform_unsupported": 422,
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


def headers(error: errors.RostrumError) -> dict[str, str]:
    """``Retry-After``, ``WWW-Authenticate``, ``Allow``."""
    found = dict(error.headers) if isinstance(error, Problem) else {}
    if error.meta.get("retry_after_seconds") is not None:
        found["Retry-After"] = str(error.meta["retry_after_seconds"])
    elif isinstance(error, errors.Broken):
        found["Retry-After"] = str(BROKEN_RETRY)
    if isinstance(error, errors.Unauthenticated):
        found["WWW-Authenticate"] = 'Bearer realm="Rostrum"'
    return found
