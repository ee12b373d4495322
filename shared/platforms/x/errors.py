"""What X's refusals mean, as a table.

X answers with a problem document: ``{"type", "title", "detail", "status"}``; an invalid request also lists
``errors[].message``. Many refusals share the type ``about:blank`` and differ only in ``detail``: a row may name a
phrase of it. The first row that fits counts. What no row names is UNKNOWN, so that the engine goes and looks.
Source: docs.x.com/x-api/fundamentals/response-codes-and-errors, 2026-11-22; phrases as seen in the field, see README.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "twitter"
ANY: Final = ""
_WINDOWS: Final = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")


class Key(NamedTuple):
    """When a row fits. ``type``: the last part of the problem's type; ``phrase``: part of its words, lower case."""

    status: int
    type: str = ANY
    phrase: str = ANY


_DEAD_GRANT = ErrorRow(
    Fate.UNAUTHORISED,
    "auth",
    "The connection to X has ended. Connect the account again.",
    "auth",
    "user",
    reconnect=True,
)
_BAD_APP = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "X does not accept this installation's client id and secret. Check them in X's developer console.",
    "auth",
    "system",
)
_EXPIRED = ErrorRow(Fate.UNAUTHORISED, "auth", "X did not accept the access token.", "auth", "platform")
_QUOTA = "This installation's X API credit or monthly allowance is used up. Add credit in X's developer console."
_MEDIA_INVALID = ErrorRow(
    Fate.REJECTED,
    "media_invalid",
    "X refused the media. Check its format, length and size, and upload it again.",
    "validation",
    "user",
)
_TOO_LONG = ErrorRow(
    Fate.REJECTED, "text_too_long", "The text is longer than X allows. Shorten it.", "validation", "user"
)
_INVALID = ErrorRow(
    Fate.REJECTED, "invalid_request", "X refused the request as invalid; its own text says why.", "validation", "user"
)
# Of this very request it is a refusal; but the text that stands there may come from an attempt of ours whose answer
# was lost. So it proves nothing about the piece: UNKNOWN sends the engine to find, which can tell.
_DUPLICATE = ErrorRow(
    Fate.UNKNOWN,
    "duplicate",
    "X refuses what this account posted already. Change the text.",
    "validation",
    "user",
)
_NO_REPLY = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "X allows replies through its API only to authors who mentioned or quoted the account.",
    "platform",
    "user",
)
_FORBIDDEN = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "X does not allow this to the account or to this installation's app.",
    "platform",
    "platform",
)
_NO_MESSAGES = ErrorRow(
    Fate.REJECTED,
    "recipient_unavailable",
    "This person takes no messages from the account: X leaves it to each whose they take.",
    "platform",
    "user",
)
# As _DUPLICATE: the repost that stands there may be ours.
_REPOSTED = ErrorRow(
    Fate.UNKNOWN, "duplicate", "The account has reposted this already: there is nothing to do.", "validation", "user"
)
# A bare «Forbidden»: a scope, a setting of the app or a policy. Not documented well enough to say that nothing happened.
_UNCLEAR = ErrorRow(Fate.UNKNOWN, _FORBIDDEN.code, _FORBIDDEN.message, _FORBIDDEN.category, _FORBIDDEN.caused_by)
_AUTOMATED = ErrorRow(
    Fate.UNKNOWN, "spam_blocked", "X took the request for automation and held it back.", "platform", "platform"
)
_GONE = ErrorRow(Fate.REJECTED, "not_found", "X knows no such thing any more.", "validation", "user")
_SLOW_DOWN = ErrorRow(Fate.LIMITED, "rate_limit", "X's rate limit is reached.", "rate_limit", "platform")
_TROUBLE = ErrorRow(Fate.TRANSIENT, "unavailable", "X had a fault of its own.", "platform", "platform")
_UNLISTED = ErrorRow(Fate.UNKNOWN, "api_error", "X answered with an error that is not documented.")

TABLE: Final[Mapping[Key, ErrorRow]] = {
    # The token endpoint (RFC 6749 names; X says invalid_request where others say invalid_grant).
    Key(400, "invalid_grant"): _DEAD_GRANT,
    Key(400, "invalid_request", "value passed for the token was invalid"): _DEAD_GRANT,
    Key(400, "invalid_request", "value passed for the authorization code was invalid"): ErrorRow(
        Fate.REJECTED, "code_invalid", "The authorization has run out or was used. Connect again.", "auth", "user"
    ),
    Key(400, "invalid_client"): _BAD_APP,
    Key(400, "unauthorized_client"): _BAD_APP,
    Key(401, "invalid_client"): _BAD_APP,
    Key(401, "unauthorized_client"): _BAD_APP,
    Key(400, "invalid_request"): _INVALID,
    # The API.
    Key(400, "invalid-request", "media ids are invalid"): _MEDIA_INVALID,
    Key(400, "invalid-request", "text is too long"): _TOO_LONG,
    Key(400, "invalid-request"): _INVALID,
    Key(401): _EXPIRED,
    Key(402): ErrorRow(Fate.REJECTED, "quota", _QUOTA, "rate_limit", "system"),
    Key(403, ANY, "duplicate content"): _DUPLICATE,
    Key(403, ANY, "status is a duplicate"): _DUPLICATE,
    Key(403, ANY, "reply to this conversation is not allowed"): _NO_REPLY,
    Key(403, ANY, "deleted or not visible to you"): _GONE,
    Key(403, ANY, "not allowed to post a video longer"): _MEDIA_INVALID,
    Key(403, ANY, "might be automated"): _AUTOMATED,
    Key(403, ANY, "already retweeted"): _REPOSTED,
    Key(403, ANY, "permission to dm one or more participants"): _NO_MESSAGES,
    Key(403, ANY, "unable to verify your credentials"): _BAD_APP,  # the app-only token's endpoint, with error 99
    Key(403, "client-forbidden"): _FORBIDDEN,
    Key(403, "oauth1-permissions"): _FORBIDDEN,
    Key(403, "not-authorized-for-resource"): _FORBIDDEN,
    Key(403, "not-authorized-for-field"): _FORBIDDEN,
    Key(403, "disallowed-resource"): _FORBIDDEN,
    Key(403, "unsupported-authentication"): _FORBIDDEN,
    Key(403, "credits-depleted"): ErrorRow(Fate.REJECTED, "quota", _QUOTA, "rate_limit", "system"),
    Key(403): _UNCLEAR,
    Key(404, "resource-not-found"): _GONE,
    Key(404, "resource-unavailable"): _GONE,
    Key(429, "usage-capped"): ErrorRow(Fate.REJECTED, "quota", _QUOTA, "rate_limit", "system"),
    Key(429): _SLOW_DOWN,
}


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words; ``retry_at`` from X's own rate-limit headers."""
    body = _wire.parsed(response)
    kind, words = _kind(body), _words(body)
    row = _row(response.status, kind, words)
    return Refused(
        row,
        platform=PLATFORM,
        status=response.status,
        platform_code=kind,
        platform_message=words,
        retry_at=retry_at(response, now) if row.fate is Fate.LIMITED else None,
        raw=body,
    )


def unprocessable(message: str, raw: Mapping[str, Any]) -> Refused:
    """X took the file, and could not make anything of it: its status says so, with a 200."""
    return Refused(_MEDIA_INVALID, platform=PLATFORM, status=200, platform_message=message, raw=raw)


def never_finalized(raw: Mapping[str, Any]) -> Refused:
    """X refused to finalize a file, and its status shows no processing: the upload is of no use."""
    return Refused(_MEDIA_INVALID, platform=PLATFORM, status=400, platform_message="not finalized", raw=raw)


def not_deleted(raw: Mapping[str, Any]) -> Refused:
    """A 200 that says «deleted: false»."""
    return Refused(_UNLISTED, platform=PLATFORM, status=200, platform_message="X did not delete the post", raw=raw)


def absent(raw: Mapping[str, Any]) -> Refused:
    """A 200 with ``errors`` in the place of ``data``: X does not have what was asked for."""
    listed = raw.get("errors") or [{}]
    return Refused(_GONE, platform=PLATFORM, status=200, platform_message=_words(listed[0]), raw=raw)


def lacks(scope: str) -> Refused:
    """An account that was connected without this permission: X would say a bare «Forbidden», which proves nothing."""
    text = f"The account was connected without the permission {scope}. Connect it again, and allow it."
    row = ErrorRow(Fate.REJECTED, "permission_denied", text, "auth", "user")
    return Refused(row, platform=PLATFORM, status=0, platform_message=f"scope {scope}")


def dead_grant(message: str) -> Refused:
    """A grant that nothing can be asked with any more."""
    return Refused(_DEAD_GRANT, platform=PLATFORM, status=0, platform_message=message)


def retry_at(response: Response, now: datetime) -> datetime | None:
    """When every window that is used up has opened again; else the named reset, else Retry-After, else None."""
    resets = {name: _wire.epoch(response.headers.get(f"{name}-reset")) for name in _WINDOWS}
    spent = [at for name, at in resets.items() if at and response.headers.get(f"{name}-remaining") == "0"]
    if spent:
        return max(spent)
    return resets["x-rate-limit"] or _wire.retry_after(response, now)


def _row(status: int, kind: str, words: str) -> ErrorRow:
    lowered = words.lower()
    for key, row in TABLE.items():
        if key.status == status and key.type in {ANY, kind} and key.phrase in lowered:
            return row
    return _TROUBLE if status >= 500 else _UNLISTED


def _kind(body: Mapping[str, Any]) -> str:
    """The last part of the problem's type, or the token endpoint's error; empty where it says nothing."""
    named = body.get("error") or body.get("type") or ""
    kind = str(named).rstrip("/").rsplit("/", 1)[-1]
    return "" if kind == "about:blank" else kind


def _words(body: Mapping[str, Any]) -> str:
    """What the problem says, its own detail first, then the errors it lists."""
    listed = body.get("errors")
    errors = [error for error in listed if isinstance(error, dict)] if isinstance(listed, list) else []
    own = body.get("detail") or body.get("error_description") or body.get("title") or ""
    said = [own, *(error.get("message") or error.get("detail") or "" for error in errors)]
    return " ".join(str(text) for text in said if text)
