"""What Pinterest's refusals mean, as a table.

Pinterest answers ``{"code": int, "message": str}``. The same code means different things under different statuses, and
``code`` is often just the status again; so a row is found by both, and by a phrase of the message where the code says
only «invalid request». What no row names is UNKNOWN. Sources: the examples in the OpenAPI document 5.23.0
(github.com/pinterest/api-description, 2025-12-11); 283 as seen in the field (see README); 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "pinterest"


class Key(NamedTuple):
    """When a row fits: the status, Pinterest's code, and a phrase of its message in lower case (empty: any)."""

    status: int
    code: int
    phrase: str = ""


def _user(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "validation", "user")


def _denied(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "platform", "user")


_AUTH: Final = ErrorRow(Fate.UNAUTHORISED, "auth", "Pinterest did not accept the access token.", "auth", "platform")
_DEAD_GRANT: Final = ErrorRow(
    Fate.UNAUTHORISED,
    "auth",
    "The connection to Pinterest has ended. Connect the account again.",
    "auth",
    "user",
    reconnect=True,
)
_BAD_APP: Final = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "Pinterest does not accept this installation's app id and secret. Check them at developers.pinterest.com/apps.",
    "auth",
    "system",
)
_SCOPE: Final = ErrorRow(
    Fate.REJECTED,
    "scope_missing",
    "The connection lacks a permission that this needs. Connect the account again and grant all of them.",
    "auth",
    "user",
)
_LIMITED: Final = ErrorRow(Fate.LIMITED, "rate_limit", "Pinterest's rate limit is reached.", "rate_limit", "platform")
_TROUBLE: Final = ErrorRow(Fate.TRANSIENT, "unavailable", "Pinterest had a fault of its own.", "platform", "platform")
_UNLISTED: Final = ErrorRow(Fate.UNKNOWN, "api_error", "Pinterest answered with an error that is not documented.")
# Somebody was quicker, or a name stands there already, perhaps by an attempt of ours: only looking can tell.
_CONFLICT: Final = ErrorRow(Fate.UNKNOWN, "conflict", "Pinterest has a conflict there; try again.", "platform", "user")
_TOO_LONG: Final = _user("text_too_long", "A text is longer than Pinterest allows; its own words name the field.")
_MEDIA: Final = _user("media_invalid", "Pinterest could not take the image or video. Check its address and format.")
_INVALID: Final = _user("invalid_request", "Pinterest refused the request as invalid; its own words say why.")
_NOT_FOUND: Final = _user("not_found", "Pinterest knows no such thing any more.")
NO_BOARD: Final = _user("board_unknown", "There is no such board. Look it up in boards.")
_DENIED: Final = _denied("permission_denied", "Pinterest does not allow this to the account.")
_ACCOUNT: Final = _denied("account_restricted", "Pinterest has restricted or is reviewing this account.")
_BUSINESS: Final = _denied("business_required", "This needs a Pinterest business account.")

TABLE: Final[Mapping[Key, ErrorRow]] = {
    Key(400, 283): _DEAD_GRANT,
    Key(401, 283): _DEAD_GRANT,
    Key(401, 2): _AUTH,
    Key(401, 3): _SCOPE,
    Key(401, 7): _DENIED,
    Key(401, 29): _DENIED,
    Key(400, 1, "is too long"): _TOO_LONG,
    Key(400, 1, "invalid url"): _MEDIA,
    Key(400, 1): _INVALID,
    Key(400, 15): _INVALID,
    Key(400, 400): _INVALID,
    Key(400, 1104): _INVALID,
    Key(400, 4196): _INVALID,
    Key(400, 6126): _INVALID,
    Key(400, 6136): _INVALID,
    Key(400, 6137): _INVALID,
    Key(403, 29): _DENIED,
    Key(403, 403): _DENIED,
    Key(403, 654): _BUSINESS,
    Key(403, 2625): _ACCOUNT,
    Key(403, 2626): _ACCOUNT,
    Key(404, 2): _NOT_FOUND,
    Key(404, 30): _NOT_FOUND,
    Key(404, 40): NO_BOARD,
    Key(404, 50): _NOT_FOUND,
    Key(404, 404, "board not found"): NO_BOARD,
    Key(404, 404): _NOT_FOUND,
    Key(404, 678): _NOT_FOUND,
    Key(404, 2031): NO_BOARD,
    Key(404, 4161): _NOT_FOUND,
    Key(404, 4180): _NOT_FOUND,
    Key(404, 4184): _NOT_FOUND,
    Key(404, 4331): _NOT_FOUND,
    Key(404, 4517): _NOT_FOUND,
    Key(404, 4842): _NOT_FOUND,
    Key(404, 4997): _NOT_FOUND,
    Key(405, 5): _INVALID,
    Key(409, 409): _CONFLICT,
    Key(429, 8): _LIMITED,
    Key(429, 30): _LIMITED,
    # Inside a 200 of the ads API, whose items carry exceptions of their own: the status is given as 0.
    Key(0, 1): _INVALID,
    Key(0, 2): _NOT_FOUND,
    Key(0, 29): _DENIED,
}


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words; ``retry_at`` from Pinterest's own headers."""
    return _refused(response.status, _wire.parsed(response), retry_at(response, now))


def item_refusal(exception: Mapping[str, Any]) -> Refused:
    """One item of a bulk request that was refused inside a 200."""
    return _refused(0, exception, None)


def never_processed(raw: Mapping[str, Any]) -> Refused:
    """Pinterest took the video and could not make anything of it: its status says so, with a 200."""
    return Refused(_MEDIA, platform=PLATFORM, status=200, platform_message="the media's status is failed", raw=raw)


def storage(response: Response) -> Refused:
    """The storage service refused the upload (XML; it names a reason, not a cause of the author's)."""
    message = response.body[:300].decode("utf-8", "replace")
    row = _TROUBLE if response.status >= 500 else _UNLISTED
    return Refused(row, platform=PLATFORM, status=response.status, platform_message=message)


def dead_grant(message: str) -> Refused:
    """A grant that nothing can be asked with any more."""
    return Refused(_DEAD_GRANT, platform=PLATFORM, status=0, platform_message=message)


def bad_app(refused: Refused) -> Refused:
    """A refusal of the token endpoint that is about the installation, not about the person's grant."""
    return Refused(
        _BAD_APP,
        platform=PLATFORM,
        status=refused.status,
        platform_code=refused.platform_code,
        platform_message=refused.platform_message,
        raw=refused.raw,
    )


def retry_at(response: Response, now: datetime) -> datetime | None:
    """Retry-After, else ``x-ratelimit-reset`` (seconds from now)."""
    given = response.headers.get("x-ratelimit-reset", "")
    waits = now + timedelta(seconds=min(int(given), 86_400)) if given.isdecimal() else None
    return _wire.retry_after(response, now) or waits


def _refused(status: int, body: Mapping[str, Any], at: datetime | None) -> Refused:
    code, words = body.get("code"), str(body.get("message") or "")
    row = _row(status, code if isinstance(code, int) else -1, words.lower())
    return Refused(
        row,
        platform=PLATFORM,
        status=status,
        platform_code=str(code) if isinstance(code, int) else "",
        platform_message=words,
        retry_at=at if row.fate is Fate.LIMITED else None,
        raw=body,
    )


def _row(status: int, code: int, words: str) -> ErrorRow:
    if status >= 500:
        return _TROUBLE
    for key, row in TABLE.items():
        if (key.status, key.code) == (status, code) and key.phrase in words:
            return row
    return _LIMITED if status == 429 else _UNLISTED
