"""What Threads' refusals mean in our words: Graph's codes, and some of its own that only their words tell apart.

Meta documents no table of codes for Threads (https://developers.facebook.com/docs/threads/troubleshooting has the
containers' errors only, read 2026-11-22): the rows are Graph's, plus what publishers have met; README has the sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from shared.platforms._graph import errors
from shared.platforms._graph.errors import Book, Code, is_gone, rejected, spelt, transient, unsettled
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

__all__ = ["BOOK", "CONTAINER", "QUOTA", "QUOTA_RETRY", "is_gone", "refusal", "refused", "spelt"]

PLATFORM = "threads"
NOT_READY: Code = (24, 4279009)
RESTRICTED = 4279013  # a subcode; which code it comes with is told nowhere
QUOTA_RETRY = timedelta(hours=1)  # the window rolls: a place is free again whenever an old post leaves it

QUOTA = ErrorRow(
    Fate.LIMITED, "quota", "The account has used up what the API may do in 24 hours.", "rate_limit", "user"
)
_NOT_READY = ErrorRow(Fate.LIMITED, "not_ready", "Threads does not know the prepared post yet.")
_RESTRICTED = ErrorRow(
    Fate.REJECTED,
    "account_restricted",
    "Threads has restricted the account: open the Threads app and do what it asks.",
    "auth",
    "user",
)
_ROWS = {
    NOT_READY: _NOT_READY,
    (24, None): unsettled("container_missing", "Threads does not find the prepared post, perhaps for now."),
    (1, 2207052): transient("media_unfetchable", "Threads could not fetch the file from its address."),
    (100, 2207052): transient("media_unfetchable", "Threads could not fetch the file from its address."),
    (9004, 2207052): transient("media_unfetchable", "Threads could not fetch the file from its address."),
    # As on Instagram, where posts were live that had been answered so (2026-07): never definite.
    (4, 2207051): unsettled("spam_blocked", "Threads holds this to be spam; it may be live nevertheless."),
}

NOT_OWNED = rejected("not_owned", "An account deletes its own replies only: hide this one with comment.hide.")
_TOO_LONG = rejected(
    "text_too_long", "The text is too long: at most 500 characters, an emoji counts as its UTF-8 bytes."
)
_LINKS = rejected("too_many_links", "At most 5 different links: remove some.")
_NO_PARENT = rejected("parent_missing", "What this answers does not exist on Threads, or cannot be answered.")
_UNAVAILABLE = rejected("feature_unavailable", "This account has no access to this feature of Threads.")
_BAD_ADDRESS = rejected("media_address_invalid", "Threads does not accept the file's address.")
_CODE = ErrorRow(
    Fate.REJECTED,
    "code_invalid",
    "Threads did not accept the code: it has run out, was used before, or was given for another address. Connect again.",
    "auth",
    "user",
)
_APP = ErrorRow(
    Fate.REJECTED,
    "app_invalid",
    "Threads does not accept this installation's app id and secret: they are the Threads app's, in Meta's app dashboard.",
    "auth",
    "system",
)
# Threads says most things with code 100 (or none): the words decide. Each was seen or is documented: README.
_WORDS: tuple[tuple[re.Pattern[str], ErrorRow], ...] = (
    (re.compile(r"text must be at most \d+ characters", re.IGNORECASE), _TOO_LONG),
    (re.compile(r"THREADS_API__LINK_LIMIT_EXCEEDED"), _LINKS),
    (re.compile(r"THREADS_API__FEATURE_NOT_AVAILABLE"), _UNAVAILABLE),
    (re.compile(r"reply_to_id is not a valid"), _NO_PARENT),
    (re.compile(r"(image|video)_url is not a valid"), _BAD_ADDRESS),
    (re.compile(r"user access is restricted", re.IGNORECASE), _RESTRICTED),
)
_PERMISSION = re.compile(r"requires the threads_\w+ permission")
_OF_THE_APP = re.compile(r"client_id|client secret|client_secret|validating application", re.IGNORECASE)
_PLAIN = {10, 100}  # codes that Threads answers with HTTP 500 as well as with 400 (seen 2026-04 to 2026-10)

_UNKNOWN = unsettled("media_failed", "Threads could not process the media.")


def _media(message: str) -> ErrorRow:
    return rejected("media_invalid", message)


# error_message of a container in status ERROR: https://developers.facebook.com/docs/threads/troubleshooting
CONTAINER = MappingProxyType(
    {
        "FAILED_DOWNLOADING_VIDEO": transient("media_unfetchable", "Threads could not fetch the video."),
        "FAILED_PROCESSING_AUDIO": unsettled("media_failed", "Threads could not process the audio."),
        "FAILED_PROCESSING_VIDEO": unsettled("media_failed", "Threads could not process the video."),
        "INVALID_ASPEC_RATIO": _media("The video's shape is not supported: width to height from 1:100 to 10:1."),
        "INVALID_BIT_RATE": _media("The video's bit rate is not supported: at most 100 Mbit/s."),
        "INVALID_DURATION": _media("The video's duration is not supported: at most 5 minutes."),
        "INVALID_FRAME_RATE": _media("The video's frame rate is not supported: 23 to 60 frames a second."),
        "INVALID_AUDIO_CHANNELS": _media("The video's audio must be mono or stereo."),
        "INVALID_AUDIO_CHANNEL_LAYOUT": _media("The video's audio must be mono or stereo."),
        "UNKNOWN": _UNKNOWN,
    }
)


@dataclass(frozen=True)
class ThreadsBook(Book):
    """Graph's book, with the words that tell code 100 apart, and Threads' habit of saying 500 for what is plain."""

    def refusal(self, response: Response, now: datetime) -> Refused:
        """An answer that is no success, in our words."""
        plain = self._as_plain(response)
        refused = Book.refusal(self, plain, now)
        refused.status = response.status
        if errors.number(self._error(response).get("error_subcode")) == RESTRICTED:
            refused.row = _RESTRICTED
        elif refused.row in (self.common.invalid, self.common.unlisted, self.common.server):
            refused.row = self._by_words(refused.platform_message) or refused.row
        return refused

    def visible_refusal(self, response: Response, now: datetime) -> Refused:
        """As :meth:`refusal`, for the visible request: there, whatever came as a 5xx is in doubt."""
        if response.status >= 500:
            refused = Book.refusal(self, response, now)
            refused.row = self.common.server
            return refused
        return Book.visible_refusal(self, response, now)

    def _as_plain(self, response: Response) -> Response:
        error = self._error(response)
        said = errors.number(error.get("code")) in _PLAIN and error.get("type") == "THApiException"
        return replace(response, status=400) if response.status >= 500 and said else response

    def _by_words(self, message: str) -> ErrorRow | None:
        if _PERMISSION.search(message):
            return self.common.denied
        return next((row for words, row in _WORDS if words.search(message)), None)


BOOK = ThreadsBook(
    PLATFORM,
    "Threads",
    _ROWS,
    strict_subcodes=range(2_207_000, 2_208_000),
    waits=MappingProxyType({NOT_READY: timedelta(seconds=30)}),  # Meta: «wait on average 30 seconds»
    also=lambda body: {"message": body["error_message"], "code": 100} if "error_message" in body else {},
)
TABLE = BOOK.table
refusal = BOOK.refusal
refused = BOOK.refused


def code_refusal(response: Response, now: datetime) -> Refused:
    """As :func:`refusal`, for the trade of a code: there, one code says everything."""
    refused = BOOK.refusal(response, now)
    if refused.fate not in (Fate.TRANSIENT, Fate.LIMITED):
        refused.row = _APP if _OF_THE_APP.search(refused.platform_message) else _CODE
    return refused


def of_container(message: str) -> ErrorRow:
    """The row of a failed container's ``error_message``."""
    return CONTAINER.get(message, _UNKNOWN)
