"""Bluesky's refusals in our words.

A refusal is ``{"error": <name>, "message": <text>}`` (https://atproto.com/specs/xrpc, read 2026-11-22). Names are stable,
texts are not; the few texts that matter are matched whole by :data:`_SUBCODES`. What putRecord checks before it writes,
and what rolls its transaction back, is read from the PDS' source at d6296a1 (packages/pds/src/api/com/atproto/repo).
"""

from __future__ import annotations

from datetime import datetime

import regex

from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

NAME = "bluesky"
ANY = 0  # a status that the network does not keep to

_EXPIRED = ErrorRow(Fate.UNAUTHORISED, "token_expired", "The session has expired", "auth")
_INVALID = ErrorRow(Fate.UNAUTHORISED, "token_invalid", "The session's token was not accepted", "auth")
_SIGN_IN = "Bluesky did not accept handle and app password; an account on a PDS of its own also needs `service`"
_NOT_SIGNED_IN = ErrorRow(Fate.UNAUTHORISED, "sign_in_refused", _SIGN_IN, "auth", "user", reconnect=True)
_NO_PDS = ErrorRow(Fate.UNKNOWN, "service_invalid", "This server has no accounts of Bluesky", "validation", "user")
_FACTOR = "This account has two-factor sign-in: use an app password, not the main one"
_SUSPENDED = ErrorRow(
    Fate.REJECTED, "account_suspended", "Bluesky has taken the account down", "auth", "user", reconnect=True
)
_DEACTIVATED = ErrorRow(
    Fate.REJECTED, "account_deactivated", "The account is deactivated: reactivate it", "auth", "user", reconnect=True
)
_BAD_RECORD = ErrorRow(
    Fate.REJECTED, "invalid_post", "Bluesky refuses this as invalid; its own text says why", "validation", "user"
)
_TOO_LONG = ErrorRow(
    Fate.REJECTED, "text_too_long", "The text is over 300 characters or 3,000 bytes", "validation", "user"
)
_TOO_LARGE = ErrorRow(Fate.REJECTED, "media_invalid", "A file is larger than Bluesky takes", "validation", "user")
_WRONG_TYPE = ErrorRow(
    Fate.REJECTED, "media_invalid", "A file is not of a type that Bluesky takes", "validation", "user"
)
_BLOB_GONE = ErrorRow(Fate.REJECTED, "media_expired", "The uploaded file is no longer held: publish again", "platform")
_SWAP = ErrorRow(Fate.UNKNOWN, "conflict", "Another record already has this post's key", "platform")
_NO_RECORD = ErrorRow(Fate.REJECTED, "post_not_found", "There is no such post", "platform", "user")
_NO_HANDLE = ErrorRow(Fate.REJECTED, "handle_not_found", "There is no such handle", "platform", "user")
_NO_CHAT = ErrorRow(
    Fate.REJECTED,
    "permission_denied",
    "This app password may not read or send messages: make one that may, and connect again",
    "auth",
    "user",
)
_NO_CONVERSATION = ErrorRow(
    Fate.REJECTED, "conversation_not_found", "There is no such conversation of this account", "platform", "user"
)
_LOCKED = ErrorRow(Fate.REJECTED, "permission_denied", "The conversation takes no messages", "platform", "user")
_SLOW_DOWN = ErrorRow(Fate.LIMITED, "rate_limit", "Bluesky's rate limit is reached", "rate_limit")
_QUOTA = ErrorRow(Fate.REJECTED, "quota", "The account's daily video quota is used up", "rate_limit", "user")
_NO_VIDEO = ErrorRow(Fate.REJECTED, "permission_denied", "This account may not upload videos yet", "platform", "user")
_EMAIL = ErrorRow(
    Fate.REJECTED, "permission_denied", "Confirm the account's e-mail address to upload videos", "platform", "user"
)
_DUPLICATE_VIDEO = ErrorRow(Fate.UNKNOWN, "duplicate", "This video was processed before", "platform")
_SERVICE_TOKEN = ErrorRow(Fate.UNAUTHORISED, "token_invalid", "The video service refused its token", "auth", "system")
_TROUBLE = ErrorRow(Fate.TRANSIENT, "unavailable", "Bluesky has trouble of its own", "platform")
_UNLISTED = ErrorRow(Fate.UNKNOWN, "unknown_error", "Bluesky refused for a reason that we do not know", "platform")
_DEAD = ErrorRow(
    Fate.UNAUTHORISED,
    "session_ended",
    "The session has ended: connect the account again",
    "auth",
    "user",
    reconnect=True,
)

TABLE: dict[tuple[int, str, str], ErrorRow] = {
    (400, "ExpiredToken", ""): _EXPIRED,
    (400, "InvalidToken", ""): _INVALID,
    (401, "AuthMissing", ""): _INVALID,
    (401, "AuthenticationRequired", ""): _NOT_SIGNED_IN,
    (401, "AuthFactorTokenRequired", ""): ErrorRow(
        Fate.UNAUTHORISED, "second_factor_required", _FACTOR, "auth", "user"
    ),
    (401, "AccountTakedown", ""): _SUSPENDED,
    (401, "AccountDeactivated", ""): _DEACTIVATED,
    (403, "AccountNotFound", ""): _SUSPENDED,
    (400, "InvalidRequest", ""): _BAD_RECORD,
    (400, "InvalidRequest", "text_too_big"): _TOO_LONG,
    (400, "InvalidRequest", "blob_too_big"): _TOO_LARGE,
    (400, "InvalidRequest", "blob_type"): _WRONG_TYPE,
    (413, "PayloadTooLarge", ""): _TOO_LARGE,
    (400, "BlobNotFound", ""): _BLOB_GONE,
    (400, "InvalidMimeType", ""): _WRONG_TYPE,
    (400, "InvalidSize", ""): _TOO_LARGE,
    (400, "BadExpiration", ""): _SERVICE_TOKEN,
    (400, "InvalidSwap", ""): _SWAP,
    (400, "RecordNotFound", ""): _NO_RECORD,
    (400, "HandleNotFound", ""): _NO_HANDLE,
    (400, "NotFound", ""): _NO_RECORD,  # app.bsky.feed.getPostThread
    (400, "InvalidToken", "token_method"): _NO_CHAT,
    (400, "InvalidConvo", ""): _NO_CONVERSATION,
    (400, "ConvoLocked", ""): _LOCKED,
    (400, "ReplyTargetNotFound", ""): _NO_RECORD,
    (429, "RateLimitExceeded", ""): _SLOW_DOWN,
    # The video service, whose statuses are not documented: https://github.com/bluesky-social/atproto/issues/3097
    # (2024-11-25), and the texts that the network's own app knows (social-app, state/queries/video/video.ts).
    (ANY, "unconfirmed_email", ""): _EMAIL,
    (ANY, "already_exists", ""): _DUPLICATE_VIDEO,
    (ANY, "User is not allowed to upload videos", ""): _NO_VIDEO,
    (ANY, "Account is not old enough to upload videos", ""): _NO_VIDEO,
    (ANY, "Uploading is disabled at the moment", ""): _TROUBLE,
    (ANY, "User has exceeded daily upload bytes limit", ""): _QUOTA,
    (ANY, "User has exceeded daily upload videos limit", ""): _QUOTA,
    # How services refuse each other's tokens (packages/xrpc-server/src/auth.ts).
    **{
        (401, name, ""): _SERVICE_TOKEN
        for name in ("MissingJwt", "BadJwt", "BadJwtType", "BadJwtIss", "BadJwtAudience", "BadJwtLexiconMethod")
    },
    (401, "BadJwtSignature", ""): _SERVICE_TOKEN,
    (401, "JwtExpired", ""): _SERVICE_TOKEN,
}

# Why a video job failed: app.bsky.video.defs#jobStatus.failureCode. None: worth another upload.
VIDEO_FAILURES: dict[str, ErrorRow | None] = {
    "validation_failure": ErrorRow(
        Fate.REJECTED, "media_invalid", "Bluesky cannot use this video file", "validation", "user"
    ),
    "encoding_failure": ErrorRow(
        Fate.REJECTED, "media_invalid", "Bluesky could not encode this video", "validation", "user"
    ),
    "pds_upload_unsupported_blob_size": ErrorRow(
        Fate.REJECTED, "media_invalid", "The account's PDS does not hold videos of this size", "validation", "user"
    ),
    "pds_upload_failure": None,
    "generic_failure": None,
}
VIDEO_FAILED = ErrorRow(
    Fate.REJECTED, "media_processing_failed", "Bluesky could not process the video, also when sent again", "platform"
)

_SUBCODES = (
    # The validator since 2026, and the one before it, which self-hosted servers may still run.
    ("text_too_big", regex.compile(r".*(?:grapheme|string) too big \(maximum \d+, got \d+\) at \$\.record\.text")),
    ("text_too_big", regex.compile(r".*Record/text must not be longer than \d+ (?:graphemes|characters)")),
    ("blob_too_big", regex.compile(r".*blob too big \(maximum \d+, got \d+\) at \$\.record\.embed\..*")),
    # packages/pds/src/pipethrough.ts: an app password without access to direct messages.
    ("token_method", regex.compile(r"Bad token method")),
    ("text_too_big", regex.compile(r".*(?:grapheme|string) too big \(maximum \d+, got \d+\) at \$\.message\.text")),
    ("blob_type", regex.compile(r".* at \$\.record\.embed\..*\.mimeType")),
)


def refusal(response: Response, now: datetime) -> Refused:
    """What the network's answer means, by name (and, for InvalidRequest, by its text)."""
    return _refused(response, now, {})


def sign_in_refusal(response: Response, now: datetime) -> Refused:
    """The same for createSession, where what is invalid is no post, and the server may be none that has accounts."""
    overlay = {"InvalidRequest": _NOT_SIGNED_IN, "MethodNotImplemented": _NO_PDS, "XRPCNotSupported": _NO_PDS}
    return _refused(response, now, overlay)


def session_refusal(response: Response, now: datetime) -> Refused:
    """The same for refreshSession, where a refused token is a dead session."""
    dead = dict.fromkeys(("ExpiredToken", "InvalidToken", "AccountTakedown", "AccountNotFound", "AuthMissing"), _DEAD)
    return _refused(response, now, dead)


def _refused(response: Response, now: datetime, overlay: dict[str, ErrorRow]) -> Refused:
    body = _wire.parsed(response)
    status = body.get("jobStatus")
    said = status if isinstance(status, dict) else body
    name, text = _text(said.get("error"))[:100], _text(said.get("message"))
    row = overlay.get(name) or _row(response.status, name, text)
    return Refused(
        row,
        platform=NAME,
        status=response.status,
        platform_code=name,
        platform_message=text,
        retry_at=_retry_at(response, now) if row.fate in {Fate.LIMITED, Fate.TRANSIENT} else None,
        raw=body,
    )


def _text(value: object) -> str:
    """A text, or nothing: servers that are no PDS put anything there."""
    return value if isinstance(value, str) else ""


def _row(status: int, name: str, text: str) -> ErrorRow:
    subcode = next((code for code, pattern in _SUBCODES if pattern.fullmatch(text)), "")
    for key in ((status, name, subcode), (status, name, ""), (ANY, name, "")):
        if key in TABLE:
            return TABLE[key]
    if status == 429:
        return _SLOW_DOWN
    return _TROUBLE if status >= 500 else _UNLISTED


def _retry_at(response: Response, now: datetime) -> datetime | None:
    return _wire.retry_after(response, now) or _wire.epoch(response.headers.get("ratelimit-reset"))
