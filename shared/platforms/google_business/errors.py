"""What Google Business Profile's refusals mean in our words: google.rpc statuses, and what v4's ValidationError names.

https://cloud.google.com/apis/design/errors and
https://developers.google.com/my-business/reference/rest/Shared.Types/ErrorCode, read 2026-11-22. What is refused as an
invalid argument was looked at and refused before anything was done: that is definite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from shared.platforms._google import errors as google
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "google_business"


def _wrong(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "validation", "user")


def _denied(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "auth", "user")


_GONE = ErrorRow(Fate.REJECTED, "not_found", "Google does not have this any more, or another account does.")
_INVALID = _wrong("invalid_parameter", "Google refuses a value of this request.")
_SLOWLY = (
    "Google asks to slow down. (A Cloud project that Google has not approved for these APIs has a quota of nought.)"
)
_QUOTA = ErrorRow(Fate.LIMITED, "rate_limit", _SLOWLY, "rate_limit", "platform")
_DENIED = _denied("permission_denied", "The Google account may not do this to the location: is it verified, and yours?")

TABLE: Final[google.Table] = MappingProxyType(
    {
        (400, "INVALID_ARGUMENT"): _INVALID,
        (400, "FAILED_PRECONDITION"): _wrong("precondition", "The location does not allow this now."),
        (400, "OUT_OF_RANGE"): _INVALID,
        (403, "PERMISSION_DENIED"): _DENIED,
        (404, "NOT_FOUND"): _GONE,
        # Documented for the word, not for posts: what is there already may be what was just sent. Looking tells.
        (409, "ALREADY_EXISTS"): ErrorRow(Fate.UNKNOWN, "duplicate", "Google has this already.", "validation", "user"),
        # Two things at once at Google's: which of them stands, it does not say.
        (409, "ABORTED"): ErrorRow(Fate.UNKNOWN, "aborted", "Google broke this off: something else was changing it."),
        (429, "RESOURCE_EXHAUSTED"): _QUOTA,
        (429, "RATE_LIMIT_EXCEEDED"): _QUOTA,
    }
)
# What v4 says of a field, by the field's name; the texts' own limits are the usual reason.
FIELDS: Final[Mapping[str, ErrorRow]] = MappingProxyType(
    {
        "summary": _wrong("text_too_long", "Google refuses the text: at most 1,500 characters, and no phone number."),
        "comment": _wrong("text_too_long", "Google refuses the answer: at most 4,096 bytes."),
        "media": _wrong("media_invalid", "Google refuses the photo: JPEG or PNG, 10 KB to 5 MB, at least 250 x 250."),
        "event": _wrong("event_invalid", "Google refuses the event: a title, a start and a later end."),
        "offer": _wrong("offer_invalid", "Google refuses the offer."),
        "call_to_action": _wrong("call_to_action_invalid", "Google refuses the button: a type, and an address for it."),
        "language_code": _wrong("language_invalid", "Google refuses language_code: a BCP 47 language."),
    }
)
# By ErrorCode: its page gives the ranges (1000 photos, 1300 operations); 1000 is seen with «Fetching image failed.».
_UNFETCHABLE: Final = _wrong("media_unfetchable", "Google could not fetch the photo from its address.")
_OPERATION: Final = ErrorRow(Fate.UNKNOWN, "operation_failed", "Google failed in the middle of this.")
_NO_POSTS: Final = _denied("posts_disabled", "Google takes no posts for this location through its API.")
_NAMES: Final[Mapping[str, ErrorRow]] = MappingProxyType(
    {
        "PHOTO_FETCH_FAILED": _UNFETCHABLE,
        "PHOTO_UPLOAD_FAILED": _UNFETCHABLE,
        "OPERATION_EXECUTION_ERROR": _OPERATION,
        "OPERATION_UNSUPPORTED_UNDER_ACCOUNT_CONDITION": _denied(
            "account_condition", "The account may not do this now."
        ),
        "LOCATION_DISABLED_FOR_LOCAL_POST_API": _NO_POSTS,
    }
)
_COMMON: Final = google.general("Google Business Profile")


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words."""
    refused = google.refused(PLATFORM, TABLE, _COMMON, response, now)
    if refused.row is _INVALID:
        for detail in _details(refused.raw):
            refused.row = _of_detail(detail) or refused.row
            refused.platform_code = "/".join(
                str(part) for part in (400, detail.get("code"), detail.get("field")) if part is not None
            )
            refused.platform_message = str(detail.get("message") or refused.platform_message)[:500]
            break
    return refused


def is_gone(refused: Refused) -> bool:
    """Whether Google says that there is no such thing."""
    return refused.row is _GONE


def post_rejected(post: dict[str, Any]) -> Refused:
    """A post that Google took and then found against its content policy: it is not shown."""
    row = _wrong("post_rejected", "Google has rejected the post: see its content policy for local posts.")
    return Refused(row, platform=PLATFORM, status=200, platform_code="REJECTED", raw=post)


def no_location() -> Refused:
    """A Google account that manages no business."""
    row = _denied("no_location", "This Google account manages no location: add one in Google Business Profile.")
    return Refused(row, platform=PLATFORM, status=200, platform_code="no_location")


def scopes_missing() -> Refused:
    """The person unticked what we need on Google's consent page."""
    return Refused(_COMMON[403, "insufficientPermissions"], platform=PLATFORM, status=200, platform_code="scopes")


def _details(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """v4's errorDetails, and the field violations of the newer APIs."""
    error = raw.get("error")
    for detail in google.objects(error.get("details")) if isinstance(error, dict) else ():
        yield from google.objects(detail.get("errorDetails") or detail.get("fieldViolations"))


def _of_detail(detail: Mapping[str, Any]) -> ErrorRow | None:
    code = detail.get("code")
    if isinstance(code, str) and code in _NAMES:
        return _NAMES[code]
    if isinstance(code, int) and 1000 <= code < 1100:
        return _UNFETCHABLE
    if isinstance(code, int) and 1300 <= code < 1400:
        return _OPERATION
    field = str(detail.get("field") or "")
    return FIELDS.get(field.removeprefix("local_post.").partition(".")[0].partition("[")[0])
