"""What Facebook's error codes mean in our words. The codes common to all of Graph: ``_graph.errors``.

https://developers.facebook.com/docs/graph-api/guides/error-handling, the error tables of the edges under
https://developers.facebook.com/docs/graph-api/reference/page/,
https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes,
https://developers.facebook.com/documentation/video-api/reference/error-codes, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from shared.platforms._graph.errors import GONE, Book, Code, is_gone, rejected, transient, unsettled
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

__all__ = ["GONE", "is_gone"]

PLATFORM = "facebook"
OFFSET: Code = (6000, 1363037)
TOO_FAST_RETRY = timedelta(minutes=10)  # Facebook names no time


def _media(message: str) -> ErrorRow:
    return rejected("media_invalid", message)


def _in_doubt(code: str, message: str) -> ErrorRow:
    """Open, but for its author to mend once a look has proven that nothing is live."""
    return ErrorRow(Fate.UNKNOWN, code, message, "validation", "user")


_SERVER = transient("server_error", "Facebook had trouble of its own.")
_LIMITED = ErrorRow(Fate.LIMITED, "rate_limit", "Facebook's rate limit is reached.", "rate_limit", "platform")
_TOO_FAST = ErrorRow(
    Fate.LIMITED, "posting_too_fast", "Facebook says that the Page posts too fast.", "rate_limit", "user"
)
_LINK = rejected("link_invalid", "Facebook could not read the link: give an address that anybody can open.")
_PHOTO_TOO_BIG = _media("The photo is too large for Facebook: at most 10 MB.")
_PHOTO = _media("Facebook could not read the photo: use JPEG, PNG, GIF, BMP or TIFF.")
_VIDEO = _media("Facebook does not support this video's format: use MP4 with H.264 and AAC.")
_WINDOW = rejected(
    "outside_window",
    "The last message of this person is more than 24 hours old: wait for the next one, or give a message tag.",
)
_NOT_THERE = rejected(
    "recipient_unavailable", "Messenger cannot reach this person: they may not get messages from Pages."
)
_ALREADY = _in_doubt("already_replied", "This comment was answered with a private message before: only one is allowed.")
_CODE = ErrorRow(
    Fate.REJECTED,
    "code_invalid",
    "Facebook did not accept the code: it has run out, was used before, or was given for another address. Connect again.",
    "auth",
    "user",
)
DENIED_UPLOAD = ErrorRow(
    Fate.REJECTED, "permission_denied", "The connection may not upload videos: connect again.", "auth", "user"
)
NO_PAGES = ErrorRow(
    Fate.REJECTED,
    "no_pages",
    "No Page was allowed: connect again as somebody who manages a Page, and select it when Facebook asks.",
    "auth",
    "user",
)
NOT_FOUND = rejected(
    "not_found", "Facebook does not find this, or does not show it to this connection: check the id, or connect again."
)
# Not ``reconnect``: the Page's own token lives on; only the person's, which ads need, has ended.
PERSON_ENDED = ErrorRow(
    Fate.UNAUTHORISED,
    "person_auth",
    "The person's consent that ads need has ended (after 60 days, or with their password): connect the Page again.",
    "auth",
    "user",
)
NO_PERSON = ErrorRow(
    Fate.REJECTED,
    "person_missing",
    "This Page was connected without the person's consent that ads need: connect it again.",
    "auth",
    "user",
)
NOT_HIDABLE = rejected(
    "cannot_hide", "Facebook lets the Page hide no comment of its own, and not this one: delete it instead."
)
TEXT_TOO_LONG = rejected("text_too_long", "The text is too long for Facebook.")
NO_POST = rejected("post_unknown", "The post is live, but Facebook does not say which it is: comment there by hand.")
STORY = rejected("story_takes_no_comments", "A story takes no comments.")
PROCESSING_FAILED = rejected("media_processing_failed", "Facebook could not process the video.")

_ROWS: Mapping[Code, ErrorRow] = {
    # The same text again. Perhaps that of an earlier attempt of ours whose answer was lost: only looking can tell.
    (506, None): _in_doubt("duplicate", "Facebook refuses a post that equals the Page's last one: change the text."),
    (1366051, None): _in_doubt("duplicate", "These photos were posted already: upload them anew."),
    (100, 1366051): _in_doubt("duplicate", "These photos were posted already: upload them anew."),
    # Blocked as abuse. Instagram's like is answered to posts that were live; so Facebook's proves nothing either.
    (368, None): _in_doubt("blocked", "Facebook holds this to be abuse and has blocked the Page for a while."),
    (1390008, None): _TOO_FAST,
    (368, 1390008): _TOO_FAST,
    (200, 1404078): rejected(
        "page_authorization_required", "The Page needs Page Publishing Authorization: its owner must complete it."
    ),
    (1404078, None): rejected(
        "page_authorization_required", "The Page needs Page Publishing Authorization: its owner must complete it."
    ),
    (1609005, None): _LINK,
    (100, 1609005): _LINK,
    (100, 1500): _LINK,
    # Photos.
    (324, None): _PHOTO,
    (100, 324): _PHOTO,
    (1366046, None): _PHOTO_TOO_BIG,
    (1, 1366046): _PHOTO_TOO_BIG,
    (100, 1366046): _PHOTO_TOO_BIG,
    (100, 2069019): _PHOTO,
    # Videos.
    (351, None): _VIDEO,
    (352, None): _VIDEO,
    (6000, None): transient("upload_failed", "Facebook had trouble with the video's upload."),
    (382, None): _media("The video is too short for Facebook."),
    (381, None): _media("The video is too long for Facebook."),
    (389, None): transient("media_unfetchable", "Facebook could not fetch the video from its address."),
    (390, None): transient("upload_failed", "Facebook had trouble with the video's upload."),
    (6001, None): transient("upload_failed", "Facebook had trouble with the video's upload."),
    (6000, 1363042): DENIED_UPLOAD,
    (6000, 1363023): _media("The video is too large for Facebook: at most 2 GB."),
    (6000, 1363022): _media("The video file is too small to be one: at least 1 KB."),
    (6000, 1363030): transient("upload_failed", "The video's upload took too long."),
    (6000, 1363019): transient("upload_failed", "Facebook had trouble with the video's upload."),
    OFFSET: transient("upload_offset", "Facebook expects another part of the video."),
    (6001, 1363037): transient("upload_offset", "Facebook expects another part of the video."),
    # Messages.
    (10, 2018278): _WINDOW,
    (10, 2018065): _WINDOW,
    (10, 2534022): _WINDOW,
    (10, 1893063): rejected(
        "account_restricted", "Facebook has restricted the Page from sending messages for a while."
    ),
    (551, None): _NOT_THERE,
    (100, 2018001): _NOT_THERE,
    (10900, None): _ALREADY,
    (100, 10900): _ALREADY,
    (10903, None): rejected("private_reply_refused", "This comment cannot be answered with a private message."),
    (1200, None): transient("server_error", "Messenger could not send just now."),
    # Ads: https://developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference (2025-12-11).
    (100, 1487694): rejected("targeting_gone", "A category of this targeting is no longer offered: choose another."),
    (100, 3858258): rejected(
        "media_unfetchable", "Facebook could not fetch the ad's picture: its address must be open to Meta's crawlers."
    ),
    (200, 1870034): rejected(
        "terms_not_accepted", "Meta's terms for custom audiences must be accepted first, in its Ads Manager."
    ),
    (2635, None): ErrorRow(
        Fate.REJECTED, "api_gone", "Facebook no longer takes this version of the ads API.", "platform", "system"
    ),
    # The API.
    (12, None): ErrorRow(
        Fate.REJECTED, "api_gone", "Facebook no longer offers this in the version that we speak.", "platform", "system"
    ),
    (341, None): _LIMITED,
    (5, None): ErrorRow(
        Fate.REJECTED, "app_invalid", "Facebook refuses this installation's address.", "auth", "system"
    ),
    (101, None): ErrorRow(
        Fate.REJECTED, "app_invalid", "Facebook does not accept this installation's app id.", "auth", "system"
    ),
    (-1, None): _SERVER,
    (-2, None): _SERVER,
    (20, 1772107): unsettled("comment_unsettled", "Facebook refused, though it may have made the comment."),
}

BOOK = Book(PLATFORM, "Facebook", _ROWS, waits={(1390008, None): TOO_FAST_RETRY})
TABLE = BOOK.table
UNLISTED = BOOK.common.unlisted
refusal = BOOK.refusal
visible_refusal = BOOK.visible_refusal
refused = BOOK.refused


def definite(refused: Refused) -> Refused:
    """As it is; but 100/33 to an act says that there is nothing that it could have been done to."""
    if is_gone(refused):
        refused.row = NOT_FOUND
    return refused


def code_refusal(response: Response, now: datetime) -> Refused:
    """As :func:`refusal`, for the trade of a code: Graph says code 100 for whatever is wrong with it."""
    refusal_ = refusal(response, now)
    if refusal_.platform_code.startswith("100"):
        refusal_.row = _CODE
    return refusal_
