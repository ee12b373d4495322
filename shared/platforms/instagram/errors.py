"""What Instagram's error codes mean in our words, and when to come back. The codes common to all of Graph: ``_graph.errors``.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes (updated 2026-06-02)
and https://developers.facebook.com/docs/graph-api/guides/error-handling, read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from shared.platforms._graph.errors import GONE, Book, Code, is_gone, rejected, transient, unsettled
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

__all__ = ["GONE", "is_gone"]

PLATFORM = "instagram"

NOT_READY: Code = (9007, 2207027)
QUOTA: Code = (9, 2207042)
QUOTA_RETRY = timedelta(hours=1)  # the window rolls: a place is free again whenever an old post leaves it
NOT_READY_RETRY = timedelta(seconds=10)


def _media(message: str) -> ErrorRow:
    return rejected("media_invalid", message)


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

_SERVER = transient("server_error", "Instagram had trouble of its own.")

_ROWS: Mapping[Code, ErrorRow] = {
    QUOTA: ErrorRow(
        Fate.LIMITED, "quota", "The account has used up its API posts of the last 24 hours.", "rate_limit", "user"
    ),
    # Not a refusal to rely on: the post may be live all the same (seen in production, 2026-07; README).
    (4, 2207051): unsettled("spam_blocked", "Instagram holds this to be spam; it may be live nevertheless."),
    # A comment was made, and then a clean 400 answered (seen in production; README).
    (20, 1772107): unsettled("comment_unsettled", "Instagram refused, though it may have made the comment."),
    # «Fatal»: answered to publishes that were live (seen in production; README).
    (-1, 2207085): unsettled("internal", "Instagram failed in a way that leaves the outcome open."),
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
    (9004, 2207052): transient("media_unfetchable", "Instagram could not fetch the file from its address."),
    (-2, 2207003): transient("media_unfetchable", "Fetching the file took Instagram too long."),
    # The container.
    NOT_READY: ErrorRow(Fate.LIMITED, "not_ready", "Instagram is still processing the media."),
    (-2, 2207020): unsettled("container_expired", "The prepared media has expired at Instagram."),
    (24, 2207006): unsettled("container_missing", "Instagram does not find the prepared media."),
    (24, 2207008): unsettled("container_missing", "Instagram does not find the prepared media, perhaps for now."),
    # Instagram's own trouble.
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
    # Messages.
    (10, 2534022): rejected(
        "window_closed", "The person last wrote more than 24 hours ago: Instagram takes no message."
    ),
    (10, 2018278): rejected(
        "window_closed", "The person last wrote more than 24 hours ago: Instagram takes no message."
    ),
    (551, None): rejected("recipient_unavailable", "This person cannot be written to now."),
    (100, 2534014): rejected("recipient_unavailable", "This person cannot be written to."),
    # Perhaps by an earlier attempt of ours whose answer was lost: only looking can tell. If it was not ours, it is final.
    (10900, None): ErrorRow(
        Fate.UNKNOWN,
        "already_answered",
        "This comment has been answered with a private message before.",
        "validation",
        "user",
    ),
    (10903, None): rejected("private_reply_refused", "This comment cannot be answered with a private message."),
}
TEXT_TOO_LONG = rejected("text_too_long", "The text is too long for Instagram.")


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """api.instagram.com's own form, ``{"error_type", "code": 400, "error_message"}``: its code is HTTP's."""
    if "error_message" not in body:
        return {}
    return {"message": body["error_message"], "type": body.get("error_type"), "code": 100}


BOOK = Book(
    PLATFORM,
    "Instagram",
    _ROWS,
    strict_subcodes=range(2_207_000, 2_208_000),  # an unlisted subcode of publishing never falls back to its code's row
    waits={QUOTA: QUOTA_RETRY, NOT_READY: NOT_READY_RETRY},
    also=_flat,
)
TABLE = BOOK.table
UNLISTED = BOOK.common.unlisted
refusal = BOOK.refusal
publish_refusal = BOOK.visible_refusal
row_for = BOOK.row_for
refused = BOOK.refused

# The subcode alone, for a container's status text: there Instagram names no code.
_BY_SUBCODE: Mapping[int, ErrorRow] = {subcode: row for (_, subcode), row in TABLE.items() if subcode}
_OF_THE_APP = re.compile(r"client_id|client secret|client_secret|platform app", re.IGNORECASE)
_SUBCODE = re.compile(r"\b(2207\d{3})\b")


def code_refusal(response: Response, now: datetime) -> Refused:
    """As :func:`refusal`, for api.instagram.com's trade of a code: it has one error code (HTTP's 400) for everything."""
    refused = refusal(response, now)
    if refused.fate not in (Fate.TRANSIENT, Fate.LIMITED):
        refused.row = _APP if _OF_THE_APP.search(refused.platform_message) else _CODE
    return refused


def row_for_status(text: str) -> ErrorRow | None:
    """The row that a failed container's ``status`` text names (``Error: … error code 2207026``), None if none."""
    found = _SUBCODE.search(text)
    return _BY_SUBCODE.get(int(found.group(1))) if found else None


_NOTHING_THERE = rejected(
    "not_found", "Instagram does not find this, or does not show it to this connection: check the id, or connect again."
)


@contextmanager
def acting() -> Iterator[None]:
    """100/33 to an act is definite: there is nothing that it could have been done to."""
    try:
        yield
    except Refused as refused:
        if is_gone(refused):
            refused.row = _NOTHING_THERE
        raise
