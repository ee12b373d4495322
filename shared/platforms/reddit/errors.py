"""What Reddit's refusals mean, as a table.

Reddit refuses in three shapes: a 200 with ``{"json": {"errors": [[code, message, field]]}}`` (forms), a status with
``{"reason": code, "explanation", "message", "fields"}`` (newer endpoints), and a bare status with ``{"message", "error"}``.
All are read here. A form is judged before anything is made, so its codes are definite; what no row names is UNKNOWN.
Sources: reddit-archive/reddit r2/lib/errors.py (Reddit's own, to 2017), Pyprohly/reddit-api-doc-notes (observed, to 2024-07),
PRAW 8.0.3; 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from shared.domain.errors import CausedBy
from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "reddit"
ANY: Final = 0
_UNITS: Final = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_TAKE_A_BREAK: Final = re.compile(r"\b(\d{1,6}) (millisecond|second|minute|hour|day)s?\b")


class Key(NamedTuple):
    """When a row fits: the status (ANY: whichever) and Reddit's code, empty where it gives none."""

    status: int
    code: str


def _user(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "validation", "user")


def _denied(code: str, message: str, caused_by: CausedBy = "user") -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "platform", caused_by)


_DEAD_GRANT: Final = ErrorRow(
    Fate.UNAUTHORISED,
    "auth",
    "The connection to Reddit has ended. Connect the account again.",
    "auth",
    "user",
    reconnect=True,
)
_AUTH: Final = ErrorRow(Fate.UNAUTHORISED, "auth", "Reddit did not accept the access token.", "auth", "platform")
_BAD_APP: Final = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "Reddit does not accept this installation's client id and secret. Check them at reddit.com/prefs/apps.",
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
_LIMITED: Final = ErrorRow(
    Fate.LIMITED, "rate_limit", "Reddit asks this account or app to slow down.", "rate_limit", "platform"
)
_TROUBLE: Final = ErrorRow(Fate.TRANSIENT, "unavailable", "Reddit had a fault of its own.", "platform", "platform")
_UNLISTED: Final = ErrorRow(Fate.UNKNOWN, "api_error", "Reddit answered with an error that is not documented.")
# The link stands there already: perhaps from an attempt of ours whose answer was lost. Only looking can tell.
_DUPLICATE: Final = ErrorRow(
    Fate.UNKNOWN,
    "duplicate",
    "This link was already posted in that community. Post another link, or set resubmit.",
    "validation",
    "user",
)
_UNCLEAR: Final = ErrorRow(Fate.UNKNOWN, "unclear", "Reddit says that something is broken, and not what.")
_TOO_LONG: Final = _user("text_too_long", "A text is longer than Reddit allows; its own words name the field.")
_EMPTY: Final = _user("text_missing", "Reddit misses a title or a text.")
_NOT_FOUND: Final = _user("not_found", "Reddit knows no such thing any more.")
_NO_SUBREDDIT: Final = _user("subreddit_unknown", "There is no such community. Check the name in subreddit.")
_NOT_ALLOWED: Final = _denied("permission_denied", "This account may not do that in this community.")
_KIND_REFUSED: Final = _denied("kind_not_allowed", "This community does not take this kind of post.")
_FLAIR: Final = _user("flair_invalid", "The flair is missing or none of this community's. Look it up in flairs.")
_RULES: Final = _user("community_rules", "The post breaks a posting rule of this community; Reddit's words name it.")
_LINK: Final = _user("link_invalid", "Reddit does not take this link.")
_MEDIA: Final = _user("media_invalid", "Reddit refused the media. Check its format and size, and post it again.")
_LOCKED: Final = _denied("locked", "Nobody can reply there any more: it is locked, archived or deleted.")
_NO_PERSON: Final = _user("user_unknown", "There is no such person, or the name is not one of Reddit's.")
_BLOCKED: Final = _denied("messaging_blocked", "This person takes no messages or replies from this account.")
_INVALID: Final = _user("invalid_request", "Reddit refused the request as invalid; its own words say why.")
_MODERATOR: Final = _denied("moderator_required", "Only a moderator of the community can do that.")
_NOT_OWN: Final = _denied("not_own", "Only one's own comments are deleted; those of others can be hidden.")

_BY_CODE: Final[Mapping[ErrorRow, str]] = {
    _AUTH: "USER_REQUIRED invalid_token EXPIRED NOT_USER",
    _SCOPE: "insufficient_scope",
    _DEAD_GRANT: "invalid_grant OAUTH2_INVALID_REFRESH_TOKEN",
    _BAD_APP: "OAUTH2_INVALID_CLIENT unsupported_grant_type invalid_client unauthorized_client",
    _LIMITED: "RATELIMIT SUBREDDIT_RATELIMIT QUOTA_FILLED",
    _DUPLICATE: "ALREADY_SUB",
    _UNCLEAR: "SOMETHING_IS_BROKEN CONFLICT",
    _TOO_LONG: "TOO_LONG",
    _EMPTY: "NO_TEXT NO_SUBJECT NO_NAME",
    _NOT_FOUND: "NO_THING_ID DELETED_THING INVALID_ID MUST_BE_PRESENT",
    _NO_SUBREDDIT: "SUBREDDIT_NOEXIST SUBREDDIT_REQUIRED BAD_SR_NAME",
    _NOT_ALLOWED: (
        "SUBREDDIT_NOTALLOWED SUBREDDIT_NO_ACCESS NOT_AUTHOR BANNED_FROM_SUBREDDIT VERIFIED_USER_REQUIRED NO_API "
        "private quarantined gold_only banned NOT_SUPPORTED HTTPS_REQUIRED BANNED_IP DRACONIAN"
    ),
    _KIND_REFUSED: "NO_SELFS NO_LINKS NO_IMAGES NO_VIDEOS NO_GALLERIES NO_POLLS IMAGES_NOTALLOWED VIDEOS_NOTALLOWED",
    _FLAIR: "BAD_FLAIR_TARGET BAD_FLAIR_TEMPLATE_ID FLAIR_REQUIRED SUBMIT_VALIDATION_FLAIR_REQUIRED",
    _RULES: "SUBREDDIT_OUTBOUND_LINKING_DISALLOWED SUBMIT_VALIDATION",
    _LINK: "NO_URL BAD_URL DOMAIN_BANNED",
    _MEDIA: "BAD_IMAGE MISSING_VIDEO_URLS IMAGE_ERROR",
    _LOCKED: "THREAD_LOCKED TOO_OLD DELETED_COMMENT DELETED_LINK",
    _NO_PERSON: "USER_DOESNT_EXIST NO_USER BAD_USERNAME INVALID_USER NO_TO_ADDRESS",
    _BLOCKED: "USER_BLOCKED USER_BLOCKED_MESSAGE NOT_WHITELISTED_BY_USER_MESSAGE NO_SR_TO_SR_MESSAGE MUTED_FROM_SUBREDDIT",
    _MODERATOR: "MOD_REQUIRED",
    _INVALID: (
        "INVALID_OPTION INVALID_SELFPOST INVALID_CROSSPOST_THING JSON_PARSE_ERROR JSON_INVALID JSON_MISSING_KEY "
        "ARRAY_PARSE_ERROR TOO_FEW_OPTIONS TOO_MANY_THING_IDS placeholder BAD_STRING BAD_NUMBER BAD_CAPTCHA BAD_TIME "
        "MIN_EVENT_TIME MAX_EVENT_TIME INVALID_TIMEZONE OAUTH2_INVALID_SCOPE OAUTH2_INVALID_REDIRECT_URI"
    ),
}
# A bare status is definite only in Reddit's own words for it: its controllers raise these before they act.
_BY_STATUS: Final[Mapping[Key, ErrorRow]] = {
    Key(401, ""): _AUTH,
    Key(429, ""): _LIMITED,
    Key(403, "Forbidden"): _NOT_ALLOWED,
    Key(404, "Not Found"): _NOT_FOUND,
    Key(413, ""): _MEDIA,
    # The ads API (ads-api.reddit.com), whose error carries a number and a text.
    Key(400, "400"): _INVALID,
    Key(401, "401"): _AUTH,
    Key(403, "403"): _NOT_ALLOWED,
    Key(404, "404"): _NOT_FOUND,
    Key(429, "429"): _LIMITED,
    # S3, which takes the uploads, answers in XML.
    Key(400, "EntityTooLarge"): _MEDIA,
    Key(400, "EntityTooSmall"): _MEDIA,
}


def _table() -> dict[Key, ErrorRow]:
    named: Iterable[tuple[str, ErrorRow]] = ((code, row) for row, codes in _BY_CODE.items() for code in codes.split())
    return {**{Key(ANY, code): row for code, row in named}, **_BY_STATUS}


TABLE: Final[Mapping[Key, ErrorRow]] = _table()


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success (also a 200 that lists errors), in our words."""
    body = _wire.parsed(response)
    code, words = _said(response, body)
    row = _row(response.status, code, str(body.get("message") or ""))
    return Refused(
        row,
        platform=PLATFORM,
        status=response.status,
        platform_code=code or str(body.get("message") or ""),
        platform_message=words,
        retry_at=retry_at(response, body, words, now) if row.fate is Fate.LIMITED else None,
        raw=body,
    )


def lists_errors(body: Mapping[str, Any]) -> bool:
    """Whether a 200 is a refusal: a form's list of errors, or the token endpoint's ``error``."""
    inner = body.get("json")
    return bool(inner.get("errors")) if isinstance(inner, dict) else bool(body.get("error"))


def dead_grant(message: str, status: int = 0) -> Refused:
    """A grant that nothing can be asked with any more."""
    return Refused(_DEAD_GRANT, platform=PLATFORM, status=status, platform_message=message)


def gone(message: str) -> Refused:
    """A 200 without the thing that was asked for."""
    return Refused(_NOT_FOUND, platform=PLATFORM, status=200, platform_message=message)


def not_own(message: str) -> Refused:
    """What Reddit would answer as a success, and leave as it is."""
    return Refused(_NOT_OWN, platform=PLATFORM, status=200, platform_message=message)


def bad_app(refused: Refused) -> Refused:
    """A 401 of the token endpoint is about the installation's id and secret: there is no access token in it."""
    return Refused(
        _BAD_APP,
        platform=PLATFORM,
        status=refused.status,
        platform_code=refused.platform_code,
        platform_message=refused.platform_message,
        raw=refused.raw,
    )


def retry_at(response: Response, body: Mapping[str, Any], words: str, now: datetime) -> datetime | None:
    """Reddit's own instant: ``json.ratelimit`` seconds, the words («in 9 minutes»), Retry-After, x-ratelimit-reset, RateLimit."""
    seconds = _ratelimit(body)
    if seconds is None and (found := _TAKE_A_BREAK.search(words)):
        seconds = int(found[1]) * _UNITS[found[2]]
    if seconds is None:
        return _wire.retry_after(response, now) or _window(response, now) or _policy(response, now)
    return now + timedelta(seconds=min(seconds, 86_400) + 1)  # the words are rounded down


def _ratelimit(body: Mapping[str, Any]) -> float | None:
    inner = body.get("json")
    given = inner.get("ratelimit") if isinstance(inner, dict) else None
    return float(given) if isinstance(given, int | float) and given >= 0 else None


def _window(response: Response, now: datetime) -> datetime | None:
    given = response.headers.get("x-ratelimit-reset", "")
    return now + timedelta(seconds=min(int(given), 86_400)) if given.isdecimal() else None


def _policy(response: Response, now: datetime) -> datetime | None:
    """The ads API's ``RateLimit: "policy";r=0;t=<seconds>``."""
    found = re.search(r"\bt=(\d{1,5})\b", response.headers.get("ratelimit", ""))
    return now + timedelta(seconds=int(found[1])) if found else None


def _row(status: int, code: str, message: str) -> ErrorRow:
    if status >= 500:
        return _TROUBLE
    rule = "SUBMIT_VALIDATION" if code.startswith("SUBMIT_VALIDATION_") else ""  # one code per rule of a community
    keys = (Key(ANY, code), Key(ANY, rule), Key(status, code), Key(status, message), Key(status, ""))
    return next((TABLE[key] for key in keys if key in TABLE and key != Key(ANY, "")), _UNLISTED)


def _said(response: Response, body: Mapping[str, Any]) -> tuple[str, str]:
    """(code, words) in whichever shape it has them."""
    inner, error = body.get("json"), body.get("error")
    listed = inner.get("errors") if isinstance(inner, dict) else None
    if isinstance(listed, list) and listed and isinstance(listed[0], list) and listed[0]:
        parts = [str(part) for part in listed[0] if part]
        return parts[0] if parts else "", " ".join(parts[1:])
    if isinstance(error, dict):
        return str(error.get("code") or ""), _ads_words(error)
    if reason := body.get("reason"):
        return str(reason), str(body.get("explanation") or reason)
    if isinstance(error, str):
        return error, str(body.get("error_description") or error)
    if found := re.search(rb"<Code>(\w+)</Code>", response.body[:2000]):
        return found[1].decode(), "S3: " + found[1].decode()
    return _challenge(response), str(body.get("message") or "")


def _ads_words(error: Mapping[str, Any]) -> str:
    """The ads API's message, with what it says of each field."""
    fields = error.get("fields")
    listed = [one for one in fields if isinstance(one, Mapping)] if isinstance(fields, list) else []
    said = "; ".join(f"{one.get('field')}: {one.get('message')}" for one in listed)
    return f"{error.get('message') or ''} ({said})" if said else str(error.get("message") or "")


def _challenge(response: Response) -> str:
    """The ``error`` of a WWW-Authenticate header, empty where there is none."""
    found = re.search(r'error="?(\w+)"?', response.headers.get("www-authenticate", ""))
    return found[1] if found else ""
