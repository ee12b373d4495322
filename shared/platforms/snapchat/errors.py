"""What Snapchat's refusals mean, as a table.

Its APIs answer ``{request_status, request_id, debug_message, display_message, error_code}``, and often with a 200: what
counts is ``request_status``, and per item of a batch ``sub_request_status`` with ``sub_request_error_reason``. The sign-in
answers as RFC 6749 says. No list of error codes is published that could be read: a row fits by status and code, or by a
phrase; what no row names is UNKNOWN. Sources: README.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "snapchat"
ANY: Final = ""
ANY_STATUS: Final = 0
FAILED: Final = frozenset({"ERROR", "PARTIAL"})
# Of an item that was not made for a reason of Snapchat's own: whether it was made after all is not said.
_FAULTS: Final = ("internal", "timeout", "timed out", "unavailable", "try again", "unexpected", "something went wrong")
# Limits are counted per second (20 an app, 10 a token) and no header says when to come back: a second later is documented.
LIMIT_SECONDS: Final = 1


class Key(NamedTuple):
    """When a row fits. ``code``: Snapchat's error_code, or the sign-in's error; ``phrase``: part of its words, lower case."""

    status: int
    code: str = ANY
    phrase: str = ANY


_DEAD_GRANT = ErrorRow(
    Fate.UNAUTHORISED,
    "auth",
    "The connection to Snapchat has ended. Connect the account again.",
    "auth",
    "user",
    reconnect=True,
)
_BAD_APP = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "Snapchat does not accept this installation's client id and secret. Check the OAuth app in Ads Manager.",
    "auth",
    "system",
)
_TOKEN = ErrorRow(Fate.UNAUTHORISED, "token_expired", "Snapchat did not accept the access token.", "auth", "platform")
_FORBIDDEN = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "Snapchat does not allow this: the app is not on its allowlist, or the person has no role for this profile.",
    "auth",
    "user",
)
_TOO_LONG = ErrorRow(
    Fate.REJECTED,
    "text_too_long",
    "The text is longer than Snapchat allows: 160 characters for a Spotlight, 45 for a saved story.",
    "validation",
    "user",
)
_INVALID = ErrorRow(
    Fate.REJECTED,
    "invalid_request",
    "Snapchat refused the request as invalid; its own text says why.",
    "validation",
    "user",
)
_GONE = ErrorRow(Fate.REJECTED, "not_found", "Snapchat knows no such thing.", "validation", "user")
# Both say of this very request that it made nothing; but a media is posted once, so that the reason may be an earlier
# attempt of ours whose answer was lost: the engine goes and looks.
_POSTING = ErrorRow(
    Fate.UNKNOWN, "duplicate", "Snapchat is posting this media already, by an earlier request.", "platform", "platform"
)
_EXPIRED = ErrorRow(
    Fate.UNKNOWN, "media_expired", "Snapchat no longer holds the media, or has posted it.", "platform", "platform"
)
_SLOW_DOWN = ErrorRow(Fate.LIMITED, "rate_limit", "Snapchat's rate limit is reached.", "rate_limit", "platform")
_TROUBLE = ErrorRow(Fate.TRANSIENT, "unavailable", "Snapchat had a fault of its own.", "platform", "platform")
_UNLISTED = ErrorRow(Fate.UNKNOWN, "api_error", "Snapchat answered with an error that is not documented.")
_REVIEW = ErrorRow(Fate.REJECTED, "review_rejected", "Snapchat's review rejected the Spotlight.", "platform", "user")
_NO_PROFILE = ErrorRow(
    Fate.REJECTED,
    "no_profile",
    "This person has no public profile, nor a role for one. Make a public profile in Snapchat, then connect again.",
    "auth",
    "user",
)
_ITEM = ErrorRow(
    Fate.REJECTED, "invalid_request", "Snapchat refused this item; its own text says why.", "validation", "user"
)

OK: Final = 200
TABLE: Final[Mapping[Key, ErrorRow]] = {
    # The sign-in.
    Key(400, "invalid_grant"): _DEAD_GRANT,
    Key(401, "invalid_grant"): _DEAD_GRANT,
    Key(400, "invalid_client"): _BAD_APP,
    Key(401, "invalid_client"): _BAD_APP,
    Key(400, "unauthorized_client"): _BAD_APP,
    Key(400, "invalid_request"): _INVALID,
    # Posting a media a second time: by code, whatever the status.
    Key(ANY_STATUS, "MEDIA_POSTING_ALREADY_IN_PROGRESS"): _POSTING,
    Key(ANY_STATUS, "MEDIA_EXPIRED"): _EXPIRED,
    # Snapchat's own envelope: the status is what is documented of it.
    Key(400, ANY, "exceeds the maximum length"): _TOO_LONG,
    Key(400, ANY, "longer than"): _TOO_LONG,
    Key(400): _INVALID,
    Key(403): _FORBIDDEN,
    Key(404, ANY, "media"): _EXPIRED,  # what is gone may have been posted before
    Key(404): _GONE,
}
_ENVELOPED: Final = frozenset({400, 403, 404})  # definite only in Snapchat's own words, not in a proxy's


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words: also a 200 whose ``request_status`` is an error."""
    body = _wire.parsed(response)
    code, words = _code(body), _words(body)
    row = _row(response.status, code, words, enveloped=is_error(body))
    return Refused(
        row,
        platform=PLATFORM,
        status=response.status,
        platform_code=code,
        platform_message=words,
        retry_at=_retry_at(response, now) if row.fate is Fate.LIMITED else None,
        raw=body,
    )


def is_error(body: Mapping[str, Any]) -> bool:
    """Whether an answer says of itself that it is none."""
    return str(body.get("request_status") or "").upper() in FAILED


def item_refused(item: Mapping[str, Any], raw: Mapping[str, Any]) -> Refused:
    """One item of a batch that was not made: its reason stands beside it.

    Definite only as ``ERROR`` with a reason that is not Snapchat's own trouble.
    """
    words = str(item.get("sub_request_error_reason") or "")
    said_no = str(item.get("sub_request_status") or "ERROR").upper() == "ERROR" and words.strip()
    definite = said_no and not any(fault in words.lower() for fault in _FAULTS)
    return Refused(_ITEM if definite else _UNLISTED, platform=PLATFORM, status=OK, platform_message=words, raw=raw)


def rejected_by_review(raw: Mapping[str, Any]) -> Refused:
    """A Spotlight that its review did not let through."""
    return Refused(_REVIEW, platform=PLATFORM, status=OK, platform_code="REJECTED", raw=raw)


def no_profile() -> Refused:
    """A person who owns nothing that can be connected."""
    return Refused(_NO_PROFILE, platform=PLATFORM, status=OK)


def dead_grant(message: str) -> Refused:
    """A grant that nothing can be asked with any more."""
    return Refused(_DEAD_GRANT, platform=PLATFORM, status=0, platform_message=message)


def missing(message: str) -> Refused:
    """Something that a listing does not have."""
    return Refused(_GONE, platform=PLATFORM, status=OK, platform_message=message)


def _row(status: int, code: str, words: str, *, enveloped: bool) -> ErrorRow:
    if status == 401 and code not in {"invalid_client", "invalid_grant"}:
        return _TOKEN
    if status == 429:
        return _SLOW_DOWN
    lowered = words.lower()
    for key, row in TABLE.items():
        if key.status in {ANY_STATUS, status} and key.code in {ANY, code} and key.phrase in lowered:
            return row if key.code or enveloped or status not in _ENVELOPED else _UNLISTED
    return _TROUBLE if status >= 500 else _UNLISTED


def _code(body: Mapping[str, Any]) -> str:
    given = body.get("error_code") or body.get("error") or ""
    return given if isinstance(given, str) else ""


def _words(body: Mapping[str, Any]) -> str:
    said = (body.get(name) for name in ("debug_message", "display_message", "error_description"))
    return next((str(text) for text in said if text), "")


def _retry_at(response: Response, now: datetime) -> datetime:
    return _wire.retry_after(response, now) or now + timedelta(seconds=LIMIT_SECONDS)
