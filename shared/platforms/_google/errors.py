"""The error body of Google's APIs, and the one of its token endpoint, against a network's table.

An API answers ``{"error": {"code", "message", "errors": [{"domain", "reason", "message"}], "status", "details"}}``: the
older ones speak in ``reason``, the newer ones in ``status`` and ``details`` (google.rpc.Status). The token endpoint
answers ``{"error": "invalid_grant", "error_description": "…"}``.
https://cloud.google.com/apis/design/errors, https://developers.google.com/youtube/v3/docs/errors, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from shared.platforms._wire import parsed, retry_after
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

Key = tuple[int, str]  # HTTP status, and a reason, a detail's reason or a status word
Table = Mapping[Key, ErrorRow]
PAUSE: Final = timedelta(seconds=30)  # where Google limits the rate without a word of when: it asks for patience only
_PACIFIC: Final = "America/Los_Angeles"


@dataclass(frozen=True, slots=True)
class Said:
    """What Google said: the words to look up, the most specific one first, and the message."""

    words: tuple[str, ...]
    message: str
    retry_seconds: float | None
    raw: Mapping[str, Any]


def said(response: Response) -> Said:
    """Read a refusal's body; whatever it is, this answers."""
    body = parsed(response)
    error = body.get("error")
    if isinstance(error, str):
        return Said((error,), str(body.get("error_description") or error), None, {"error": error})
    if not isinstance(error, dict):
        return Said((), "", None, {})
    words = tuple(dict.fromkeys(word for word in _words(error) if word))
    return Said(words, str(error.get("message") or ""), _retry_seconds(error), {"error": error})


def refused(platform: str, table: Table, common: Table, response: Response, now: datetime) -> Refused:
    """The refusal in our words, by the network's own table and then by what all of Google's APIs say.

    Only a listed pair of status and word is definite. The row of a daily quota says to come back at midnight, Pacific
    time, when Google counts anew.
    """
    told = said(response)
    row, word = _row(table, common, response.status, told)
    return Refused(
        row,
        platform=platform,
        status=response.status,
        platform_code=f"{response.status}/{word}" if word else str(response.status),
        platform_message=told.message,
        retry_at=_retry_at(response, row, told, now),
        raw=told.raw,
    )


def general(title: str) -> Table:
    """What every API of Google's and its token endpoint may answer, spelt for the network called ``title``."""
    trouble = ErrorRow(Fate.TRANSIENT, "server_error", f"{title} had trouble of its own.")
    unlisted = ErrorRow(Fate.UNKNOWN, "unlisted", f"{title} refused in a way that says nothing definite.")
    return {**_of_tokens(title), **_of_the_project(title), **_of_limits(title), (500, ""): trouble, (0, ""): unlisted}


def _of_tokens(title: str) -> Table:
    expired = ErrorRow(Fate.UNAUTHORISED, "auth", f"{title} no longer accepts the access token.", "auth", "user")
    ended = f"Google has ended this connection: connect {title} again."
    dead = ErrorRow(Fate.UNAUTHORISED, "grant_revoked", ended, "auth", "user", reconnect=True)
    unticked = "The connection lacks a permission for this: connect again and leave every box ticked."
    denied = ErrorRow(Fate.REJECTED, "permission_denied", unticked, "auth", "user")
    return {
        (401, ""): expired,
        (400, "invalid_grant"): dead,
        (400, "invalid_token"): dead,
        # «Missing required parameter: refresh_token»: Google gave none (https://github.com/yiisoft/yii2/issues/7389).
        (400, "invalid_request"): dead,
        (403, "insufficientPermissions"): denied,
        (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"): denied,
    }


def _of_the_project(title: str) -> Table:
    secret = "Google does not accept this installation's client id and secret, or its redirect address."
    app = ErrorRow(Fate.REJECTED, "app_invalid", secret, "auth", "system")
    closed = f"The Google Cloud project has no access to the API of {title}."
    api = ErrorRow(Fate.REJECTED, "api_disabled", closed, "auth", "system")
    return {
        (401, "invalid_client"): app,
        (401, "unauthorized_client"): app,
        (400, "redirect_uri_mismatch"): app,
        (403, "accessNotConfigured"): api,
        (403, "SERVICE_DISABLED"): api,
    }


def _of_limits(title: str) -> Table:
    rate = ErrorRow(Fate.LIMITED, "rate_limit", f"{title} asks to slow down.", "rate_limit", "platform")
    spent = "The Google Cloud project has used up its quota of the day."
    quota = ErrorRow(Fate.LIMITED, "quota", spent, "rate_limit", "system")
    return {
        (403, "rateLimitExceeded"): rate,
        (403, "userRateLimitExceeded"): rate,
        (429, ""): rate,
        (403, "quotaExceeded"): quota,
        (403, "dailyLimitExceeded"): quota,
    }


def midnight_pacific(now: datetime) -> datetime:
    """When Google's daily quotas begin anew, at the earliest after ``now``."""
    zone = ZoneInfo(_PACIFIC)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(now.tzinfo)


def _words(error: Mapping[str, Any]) -> Iterator[str]:
    for name in ("details", "errors"):
        yield from (str(one.get("reason") or "") for one in objects(error.get(name)))
    yield str(error.get("status") or "")


def objects(listed: Any) -> list[Mapping[str, Any]]:
    """The objects in a list, none where it is no list: an error body is not to be trusted either."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _row(table: Table, common: Table, status: int, told: Said) -> tuple[ErrorRow, str]:
    for word in told.words:
        for listed in (table, common):
            if row := listed.get((status, word)):
                return row, word
    word = told.words[0] if told.words else ""
    row = common.get((min(500, status), ""))
    return row or common[0, ""], word


def _retry_at(response: Response, row: ErrorRow, told: Said, now: datetime) -> datetime | None:
    if row.fate is not Fate.LIMITED:
        return None
    if row.code == "quota":
        return midnight_pacific(now)
    if told.retry_seconds is not None:
        return now + timedelta(seconds=told.retry_seconds)
    return retry_after(response, now) or now + PAUSE


def _retry_seconds(error: Mapping[str, Any]) -> float | None:
    """``google.rpc.RetryInfo``'s delay, as in ``"2.5s"``; None where there is none that makes sense."""
    for detail in objects(error.get("details")):
        if str(detail.get("@type", "")).endswith("google.rpc.RetryInfo"):
            try:
                seconds = float(str(detail.get("retryDelay", "")).removesuffix("s"))
            except ValueError:
                return None
            return seconds if 0 <= seconds <= 86_400 else None
    return None
