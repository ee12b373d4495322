"""What LinkedIn's refusals mean, as a table.

LinkedIn answers ``{"status", "code", "serviceErrorCode", "message"}``, of a refused field also
``errorDetails.inputErrors[].code``; the token endpoint answers ``{"error", "error_description"}``. What no row names is
UNKNOWN, so that the engine goes and looks.
Source: learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling and the error tables of the Posts,
Videos and Comments APIs, 2026-11-22; wording as seen in the field, see README.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "linkedin"
ANY: Final = ""
_POST: Final = re.compile(r"urn:li:(?:share|ugcPost|activity):([0-9]{1,19})")
_SOON: Final = timedelta(seconds=30)


class Key(NamedTuple):
    """When a row fits. ``phrase``: part of LinkedIn's words, lower case."""

    status: int
    code: str = ANY
    phrase: str = ANY


_EXPIRED = ErrorRow(Fate.UNAUTHORISED, "auth", "LinkedIn did not accept the access token.", "auth", "platform")
_ENDED = "The connection to LinkedIn has ended. Connect the account again."
_DEAD_GRANT = ErrorRow(Fate.UNAUTHORISED, "auth", _ENDED, "auth", "user", reconnect=True)
_NO_REFRESH = ErrorRow(
    Fate.UNAUTHORISED,
    "auth",
    "LinkedIn gives refresh tokens to approved partners only: the owner must connect the account again.",
    "auth",
    "user",
    reconnect=True,
)
_CODE = ErrorRow(
    Fate.REJECTED, "code_invalid", "The authorization has run out or was used. Connect again.", "auth", "user"
)
_APP = "LinkedIn does not accept this installation's client id and secret. Check them in LinkedIn's developer portal."
_BAD_APP = ErrorRow(Fate.REJECTED, "app_invalid", _APP, "auth", "system")
_FORBIDDEN = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "LinkedIn does not allow this: a permission of the app or a role on the page is missing.",
    "platform",
    "user",
)
_INVALID = ErrorRow(
    Fate.REJECTED,
    "invalid_request",
    "LinkedIn refused a field as invalid; its own text says which.",
    "validation",
    "user",
)
_TOO_LONG = ErrorRow(
    Fate.REJECTED, "text_too_long", "The text is longer than LinkedIn allows. Shorten it.", "validation", "user"
)
_MEDIA = ErrorRow(
    Fate.REJECTED,
    "media_invalid",
    "LinkedIn could not use the file. Check its format, length and size.",
    "validation",
    "user",
)
_STALE_UPLOAD = ErrorRow(
    Fate.REJECTED,
    "upload_expired",
    "The upload ran out before it was finished. Publish the post again.",
    "platform",
    "platform",
)
_PROCESSING = ErrorRow(
    Fate.LIMITED, "media_processing", "LinkedIn is still processing the file.", "platform", "platform"
)
# Of this very request it is a refusal; but the post that it names may be an earlier attempt of ours. See publish.commit.
_DUPLICATE = ErrorRow(
    Fate.UNKNOWN,
    "duplicate",
    "LinkedIn refuses what this account posted recently. Change the text.",
    "validation",
    "user",
)
_OLDER = ErrorRow(
    Fate.REJECTED,
    "duplicate",
    "LinkedIn refuses what this account posted recently, and names that post. If it is this one, it is live; else change "
    "the text.",
    "validation",
    "user",
)
_GONE = ErrorRow(Fate.REJECTED, "not_found", "LinkedIn knows no such thing any more.", "validation", "user")
_CONFLICT = ErrorRow(
    Fate.UNKNOWN, "conflict", "LinkedIn was changing the same thing at that moment.", "platform", "platform"
)
_VERSION = ErrorRow(
    Fate.REJECTED,
    "version_retired",
    "LinkedIn no longer serves the API version that this installation speaks: update Rostrum.",
    "system",
    "system",
)
_SLOW_DOWN = ErrorRow(Fate.LIMITED, "rate_limit", "LinkedIn's quota for now is used up.", "rate_limit", "platform")
_TROUBLE = ErrorRow(Fate.TRANSIENT, "unavailable", "LinkedIn had a fault of its own.", "platform", "platform")
_UNLISTED = ErrorRow(Fate.UNKNOWN, "api_error", "LinkedIn answered with an error that is not documented.")

TABLE: Final[Mapping[Key, ErrorRow]] = {
    # First, for it comes under the codes of other refusals too: what names a post may be about an attempt of ours.
    Key(422, "DUPLICATE_POST"): _DUPLICATE,
    Key(400, "DUPLICATE_POST"): _DUPLICATE,
    Key(409, "DUPLICATE_POST"): _DUPLICATE,
    Key(422, ANY, "duplicate of urn:li:"): _DUPLICATE,
    Key(400, ANY, "duplicate of urn:li:"): _DUPLICATE,
    Key(409, ANY, "duplicate of urn:li:"): _DUPLICATE,
    # The token endpoint.
    Key(400, "invalid_grant"): _DEAD_GRANT,
    Key(401, "invalid_grant"): _DEAD_GRANT,
    Key(400, "invalid_request", "refresh token"): _DEAD_GRANT,
    Key(400, "invalid_request", "authorization code"): _CODE,
    Key(401, "invalid_request", "authorization code"): _CODE,
    Key(400, "invalid_redirect_uri"): _CODE,
    Key(400, "invalid_client"): _BAD_APP,
    Key(401, "invalid_client"): _BAD_APP,
    Key(400, "unauthorized_client"): _BAD_APP,
    Key(400, "invalid_request"): _INVALID,
    # The API.
    Key(401, "REVOKED_ACCESS_TOKEN"): _DEAD_GRANT,
    Key(401, "65601"): _DEAD_GRANT,
    Key(401): _EXPIRED,
    Key(403, "ACCESS_DENIED"): _FORBIDDEN,
    Key(403, "100"): _FORBIDDEN,
    Key(400, "FIELD_LENGTH_TOO_LONG"): _TOO_LONG,
    Key(400, "ILLEGAL_ARGUMENT"): _INVALID,
    Key(400, "MISSING_FIELD"): _INVALID,
    Key(400, "MISSING_REQUIRED_FIELD"): _INVALID,
    Key(400, "INVALID_VALUE_FOR_FIELD"): _INVALID,
    Key(400, "INVALID_VALUE_BLANK_FIELD"): _INVALID,
    Key(400, "INVALID_URN_TYPE"): _INVALID,
    Key(400, "INVALID_URN_ID"): _INVALID,
    Key(400, "INVALID_VIDEO_ID"): _MEDIA,
    Key(400, "MEDIA_ASSET_PROCESSING_FAILED"): _MEDIA,
    Key(400, "MEDIA_ASSET_WAITING_UPLOAD"): _PROCESSING,
    Key(400, "EXPIRED_UPLOAD_URL"): _STALE_UPLOAD,
    Key(400, "VERSION_MISSING"): _VERSION,
    Key(404, "NOT_FOUND"): _GONE,
    Key(409, "CONFLICT"): _CONFLICT,
    Key(426): _VERSION,
    Key(429): _SLOW_DOWN,
}


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words."""
    body = _wire.parsed(response)
    code, words = _code(body), _words(body)
    row = _row(response.status, code, words)
    return Refused(
        row,
        platform=PLATFORM,
        status=response.status,
        platform_code=code,
        platform_message=words,
        retry_at=_retry_at(row, words, response, now),
        raw=body,
    )


def older_duplicate(refused: Refused) -> Refused:
    """The refusal of a duplicate that names a post from before the piece was first prepared: no attempt of ours."""
    return Refused(
        _OLDER,
        platform=PLATFORM,
        status=refused.status,
        platform_code=refused.platform_code,
        platform_message=refused.platform_message,
        raw=refused.raw,
    )


def duplicate_of(refused: Refused) -> int | None:
    """The number of the post that a duplicate's refusal names: it carries the post's time (``wire.time_of``)."""
    found = _POST.search(refused.platform_message)
    return int(found.group(1)) if found else None


def no_refresh(message: str) -> Refused:
    """A connection without a refresh token that could be used."""
    return Refused(_NO_REFRESH, platform=PLATFORM, status=0, platform_message=message)


def stale_upload() -> Refused:
    """Addresses that run out before anything could be sent to them, again and again."""
    return Refused(_STALE_UPLOAD, platform=PLATFORM, status=0, platform_message="the upload's addresses ran out")


def unprocessable(message: str, raw: Mapping[str, Any]) -> Refused:
    """LinkedIn took the file and could make nothing of it: its status says so, with a 200."""
    return Refused(_MEDIA, platform=PLATFORM, status=200, platform_message=message, raw=raw)


def _row(status: int, code: str, words: str) -> ErrorRow:
    lowered = words.lower()
    for key, row in TABLE.items():
        if key.status == status and key.code in {ANY, code} and key.phrase in lowered:
            return row
    return _TROUBLE if status >= 500 else _UNLISTED


def _retry_at(row: ErrorRow, words: str, response: Response, now: datetime) -> datetime | None:
    """A day's quota opens at midnight UTC; of other limits LinkedIn does not say when."""
    if row is _PROCESSING:
        return now + _SOON
    if row is not _SLOW_DOWN:
        return None
    if "DAY limit" in words:
        return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return _wire.retry_after(response, now)


def _code(body: Mapping[str, Any]) -> str:
    """The most precise name that LinkedIn gives."""
    details = body.get("errorDetails")
    inputs = details.get("inputErrors") if isinstance(details, dict) else None
    first = inputs[0] if isinstance(inputs, list) and inputs and isinstance(inputs[0], dict) else {}
    named = first.get("code") or body.get("code") or body.get("error") or body.get("serviceErrorCode") or ""
    return str(named)


def _words(body: Mapping[str, Any]) -> str:
    return str(body.get("message") or body.get("error_description") or "")
