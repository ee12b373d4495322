"""What Instagram's error codes mean in our words, and when to come back.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes (updated 2026-06-02)
and https://developers.facebook.com/docs/graph-api/guides/error-handling, read 2026-11-22.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from shared.platforms._wire import parsed, retry_after
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM = "instagram"
Code = tuple[int, int | None]

GONE: Code = (100, 33)
NOT_READY: Code = (9007, 2207027)
QUOTA: Code = (9, 2207042)
QUOTA_RETRY = timedelta(hours=1)  # the window rolls: a place is free again whenever an old post leaves it
NOT_READY_RETRY = timedelta(seconds=10)


def _media(message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, "media_invalid", message, "validation", "user")


def _transient(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.TRANSIENT, code, message)


def _auth(message: str, *, reconnect: bool) -> ErrorRow:
    return ErrorRow(Fate.UNAUTHORISED, "auth", message, "auth", "user", reconnect)


def _unsettled(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.UNKNOWN, code, message)


_EXPIRED = _auth("The access token has expired.", reconnect=False)
_DEAD = "Instagram no longer accepts this connection: connect the account again."
_LIMITED = ErrorRow(Fate.LIMITED, "rate_limit", "Instagram's rate limit is reached.", "rate_limit", "platform")
_DENIED = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "The connection lacks a permission for this: connect the account again and allow everything that is asked.",
    "auth",
    "user",
)
_SERVER = _transient("server_error", "Instagram had trouble of its own.")
_CODE = ErrorRow(
    Fate.REJECTED,
    "code_invalid",
    "Instagram did not accept the code: it has run out, was used before, or was given for another address. Connect again.",
    "auth",
    "user",
)
_APP = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "Instagram does not accept this installation's app id and secret. Check them in Meta's app dashboard.",
    "auth",
    "system",
)
UNLISTED = _unsettled("unlisted", "Instagram refused with a code that says nothing definite.")
_INVALID = ErrorRow(Fate.REJECTED, "invalid_parameter", "Instagram refused a value of this post.", "validation", "user")

TABLE: Mapping[Code, ErrorRow] = MappingProxyType(
    {
        # The token. An expired one may still be renewed by us; the others are dead for good.
        (190, None): _EXPIRED,
        (190, 463): _EXPIRED,
        (102, None): _EXPIRED,
        (190, 458): _auth(_DEAD, reconnect=True),  # the person removed the app
        (190, 460): _auth(_DEAD, reconnect=True),  # the password changed
        (190, 464): _auth(_DEAD, reconnect=True),  # the person is not confirmed
        (190, 467): _auth(_DEAD, reconnect=True),  # invalidated
        (10, None): _DENIED,
        # Limits.
        (4, None): _LIMITED,
        (17, None): _LIMITED,
        (32, None): _LIMITED,
        (613, None): _LIMITED,
        (80001, None): _LIMITED,
        (80002, None): _LIMITED,  # Instagram's own; comes as HTTP 400
        QUOTA: ErrorRow(
            Fate.LIMITED, "quota", "The account has used up its API posts of the last 24 hours.", "rate_limit", "user"
        ),
        # Not a refusal to rely on: the post may be live all the same (seen in production, 2026-07; README).
        (4, 2207051): _unsettled("spam_blocked", "Instagram holds this to be spam; it may be live nevertheless."),
        # A comment was made, and then a clean 400 answered (seen in production; README).
        (20, 1772107): _unsettled("comment_unsettled", "Instagram refused, though it may have made the comment."),
        # «Fatal»: answered to publishes that were live (seen in production; README).
        (-1, 2207085): _unsettled("internal", "Instagram failed in a way that leaves the outcome open."),
        # The media.
        (36000, 2207004): _media("The image is too large: at most 8 MiB."),
        (36001, 2207005): _media("The image's format is not supported: use JPEG."),
        (36003, 2207009): _media("The image's shape is not supported: width to height from 4:5 to 1.91:1."),
        (352, 2207026): _media("The video's format is not supported: use MP4 or MOV with H.264 or HEVC and AAC."),
        (1, 2207057): _media("thumb_offset lies outside the video: give milliseconds within it."),
        (100, 2207023): _media("This media type is unknown to Instagram."),
        (100, 2207028): _media("A carousel has 2 to 10 items."),
        (100, 2207035): _media("A product tag on a video has no position."),
        (100, 2207036): _media("A product tag on an image needs a position."),
        (100, 2207037): _media("A product tag names a product that cannot be tagged."),
        (100, 2207040): ErrorRow(Fate.REJECTED, "too_many_tags", "At most 20 @ tags.", "validation", "user"),
        (36004, 2207010): ErrorRow(
            Fate.REJECTED,
            "text_too_long",
            "The caption is too long: at most 2,200 characters, 30 hashtags and 20 @ tags.",
            "validation",
            "user",
        ),
        (9004, 2207052): _transient("media_unfetchable", "Instagram could not fetch the file from its address."),
        (-2, 2207003): _transient("media_unfetchable", "Fetching the file took Instagram too long."),
        # The container.
        NOT_READY: ErrorRow(Fate.LIMITED, "not_ready", "Instagram is still processing the media."),
        (-2, 2207020): _unsettled("container_expired", "The prepared media has expired at Instagram."),
        (24, 2207006): _unsettled("container_missing", "Instagram does not find the prepared media."),
        (24, 2207008): _unsettled("container_missing", "Instagram does not find the prepared media, perhaps for now."),
        GONE: _unsettled("not_found", "Instagram does not find this, or does not show it."),
        # Instagram's own trouble.
        (1, None): _SERVER,
        (2, None): _SERVER,
        (-1, 2207001): _SERVER,
        (-1, 2207032): _SERVER,
        (-1, 2207053): _SERVER,
        # The account.
        (25, 2207050): ErrorRow(
            Fate.REJECTED,
            "account_restricted",
            "Instagram has restricted the account: open the Instagram app and do what it asks.",
            "auth",
            "user",
        ),
        (100, 2207081): ErrorRow(
            Fate.REJECTED, "trial_reels_denied", "The account may not publish trial reels.", "validation", "user"
        ),
        (100, None): _INVALID,
    }
)

# The subcode alone, for a container's status text: there Instagram names no code.
_BY_SUBCODE: Mapping[int, ErrorRow] = {subcode: row for (_, subcode), row in TABLE.items() if subcode}
_OF_THE_APP = re.compile(r"client_id|client secret|client_secret|platform app", re.IGNORECASE)
_SUBCODE = re.compile(r"\b(2207\d{3})\b")


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words."""
    error = _error(response)
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    row = row_for(response.status, code, subcode, transient=error.get("is_transient") is True)
    return Refused(
        row,
        platform=PLATFORM,
        status=response.status,
        platform_code=_spelt(code, subcode),
        platform_message=str(error.get("error_user_msg") or error.get("message") or ""),
        retry_at=_retry_at(response, row, now),
        raw={"error": error} if error else {},
    )


def publish_refusal(response: Response, now: datetime) -> Refused:
    """As :func:`refusal`, for the visible request: «invalid parameter» without a subcode proves nothing there."""
    refused = refusal(response, now)
    if refused.row is _INVALID:
        refused.row = UNLISTED
    return refused


def code_refusal(response: Response, now: datetime) -> Refused:
    """As :func:`refusal`, for api.instagram.com's trade of a code: it has one error code (HTTP's 400) for everything."""
    refused = refusal(response, now)
    if refused.fate not in (Fate.TRANSIENT, Fate.LIMITED):
        refused.row = _APP if _OF_THE_APP.search(refused.platform_message) else _CODE
    return refused


def row_for(status: int, code: int | None, subcode: int | None, *, transient: bool = False) -> ErrorRow:
    """The row of an error. An unlisted subcode of publishing (2207…) never falls back to its code's row."""
    row = _listed(code, subcode)
    if status >= 500:
        return row if row and row.fate in {Fate.TRANSIENT, Fate.UNKNOWN} else _SERVER
    if row:
        return row
    if transient:
        return _SERVER
    return _LIMITED if status == 429 else UNLISTED


def row_for_status(text: str) -> ErrorRow | None:
    """The row that a failed container's ``status`` text names (``Error: … error code 2207026``), None if none."""
    found = _SUBCODE.search(text)
    return _BY_SUBCODE.get(int(found.group(1))) if found else None


def refused(row: ErrorRow, message: str, code: str = "", retry_at: datetime | None = None) -> Refused:
    """A refusal that Instagram gave inside a success: a failed container, a quota that is used up."""
    return Refused(row, platform=PLATFORM, status=200, platform_code=code, platform_message=message, retry_at=retry_at)


def is_gone(refused: Refused) -> bool:
    """Whether the network says that the object does not exist (or is not shown to us)."""
    return refused.platform_code == "100/33"


def _listed(code: int | None, subcode: int | None) -> ErrorRow | None:
    if code is None:
        return None
    exact = TABLE.get((code, subcode))
    if exact or (subcode and 2_207_000 <= subcode < 2_208_000):
        return exact
    return _DENIED if 200 <= code <= 299 else TABLE.get((code, None))


def _error(response: Response) -> dict[str, Any]:
    """Graph's ``error`` object; api.instagram.com's flat one is brought into the same form."""
    body = parsed(response)
    error = body.get("error")
    if isinstance(error, dict):
        return error
    if "error_message" in body:  # {"error_type", "code": 400, "error_message"}: its code is HTTP's
        return {"message": body["error_message"], "type": body.get("error_type"), "code": 100}
    return {}


def _retry_at(response: Response, row: ErrorRow, now: datetime) -> datetime | None:
    if row is TABLE[QUOTA]:
        return now + QUOTA_RETRY
    if row is TABLE[NOT_READY]:
        return now + NOT_READY_RETRY
    if row.fate is not Fate.LIMITED:
        return None
    minutes = max(_minutes(response), default=0)
    return now + timedelta(minutes=minutes) if minutes else retry_after(response, now)


def _minutes(response: Response) -> Iterator[float]:
    """X-Business-Use-Case-Usage: ``{account: [{type, estimated_time_to_regain_access, …}]}``, in minutes."""
    try:
        usage = json.loads(response.headers.get("x-business-use-case-usage", "{}"))
    except ValueError:
        return
    for entries in usage.values() if isinstance(usage, dict) else ():
        for entry in entries if isinstance(entries, list) else ():
            minutes = entry.get("estimated_time_to_regain_access") if isinstance(entry, dict) else None
            if isinstance(minutes, int | float) and minutes > 0:
                yield minutes


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and re.fullmatch(r"-?\d+", str(value)) else None


def _spelt(code: int | None, subcode: int | None) -> str:
    return "" if code is None else f"{code}/{subcode}" if subcode else str(code)
