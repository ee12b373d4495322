"""What TikTok's refusals mean, as tables; README, «Errors», has the links.

TikTok speaks in four shapes: ``{"data", "error": {"code", "message", "log_id"}}`` (posting and reading; only code ``ok`` is
a success, whatever the status), ``{"error": "name", "error_description"}`` (tokens, also with status 200), bare HTTP statuses
(uploads), and ``{"code": 40105, "message", "request_id"}`` (the business API, status 200). What no table lists is UNKNOWN.
https://developers.tiktok.com/doc/content-posting-api-reference-direct-post, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.errors import Category, CausedBy
from shared.platforms import _wire
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "tiktok"
SLIDING_MINUTE: Final = timedelta(minutes=1)  # «a one-minute sliding window»
LATER: Final = timedelta(hours=1)  # to the next look, where TikTok's window is a day and its end is not told


def _rejected(code: str, message: str, category: Category = "validation", by: CausedBy = "user") -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, category, by)


def _limited(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.LIMITED, code, message, "rate_limit")


def _dead(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.UNAUTHORISED, code, message, "auth", "user", reconnect=True)


EXPIRED: Final = ErrorRow(Fate.UNAUTHORISED, "auth", "TikTok did not accept the access token.", "auth")
DEAD_GRANT: Final = _dead("auth", "The connection to TikTok has ended. Connect the account again.")
UNLISTED: Final = ErrorRow(Fate.UNKNOWN, "unexpected", "TikTok answered in a way that its documentation does not list.")
TROUBLE: Final = ErrorRow(Fate.TRANSIENT, "unavailable", "TikTok has trouble of its own. It is tried again.")
TOO_LONG: Final = _rejected("text_too_long", "The text is longer than TikTok allows. Shorten it.")
LIVE_ALREADY: Final = ErrorRow(Fate.UNKNOWN, "already_published", "TikTok says that it has all of this post already.")
NO_PRIVACY: Final = _rejected(
    "privacy_level_required",
    "This account can post neither to everyone nor to its followers. Choose platform_data.privacy_level.",
)
PRIVACY: Final = _rejected(
    "privacy_not_available",
    "This account does not offer that privacy_level: ask for creator_info and choose one of its.",
)
BRANDED_PRIVATE: Final = _rejected(
    "branded_content_private", "Branded content cannot be private: choose another privacy_level."
)
TOO_LONG_A_VIDEO: Final = _rejected("video_too_long", "The video is longer than this account may post. Shorten it.")
NO_ADS: Final = _rejected(
    "ads_not_connected", "This account has no consent for TikTok's ads yet: give it in TikTok for Business.", "auth"
)

_INVALID = _rejected("invalid_request", "TikTok refused the request as invalid; its own text says why.")
_SCOPE = _dead("scope_missing", "The account was connected without a permission that this needs. Connect it again.")
_BANNED = _rejected("user_banned", "TikTok has banned this account from posting. Look into the TikTok app.", "auth")
_RISKY = _rejected("content_refused", "TikTok's review refused this post. Change its text or its media.", "platform")
_LIMIT = "TikTok takes no more posts of this account through its API for now (about 15 in 24 hours)."
_ID = ErrorRow(Fate.UNKNOWN, "publish_unknown", "TikTok does not know this upload, or it is another account's.")

TABLE: Final[Mapping[str, ErrorRow]] = {
    "access_token_invalid": EXPIRED,
    "scope_not_authorized": _SCOPE,
    "scope_permission_missed": _SCOPE,
    "rate_limit_exceeded": _limited("rate_limited", "TikTok asks for a pause."),
    "spam_risk_too_many_posts": _limited("post_limit_reached", _LIMIT),
    "spam_risk_too_many_pending_share": _limited(
        "draft_limit_reached", "Five drafts wait in this account's inbox: finish them in the TikTok app first."
    ),
    "reached_active_user_cap": _limited(
        "app_limit_reached",
        "So many people have posted through this installation's app today that TikTok takes no more.",
    ),
    "spam_risk_user_banned_from_posting": _BANNED,
    "spam_risk": _RISKY,
    "spam_risk_text": _RISKY,
    "unaudited_client_can_only_post_to_private_accounts": _rejected(
        "app_unaudited",
        "TikTok has not audited this installation's app: it posts to private accounts with SELF_ONLY only.",
        "auth",
        "system",
    ),
    "url_ownership_unverified": _rejected(
        "media_host_unverified",
        "TikTok fetches photos only from addresses that the app has verified: add this installation's media address "
        "to the URL properties of the app.",
        "platform",
        "system",
    ),
    "privacy_level_option_mismatch": PRIVACY,
    "app_version_check_failed": _rejected(
        "app_version", "Drafts of photos need a newer TikTok app (31.8) on the creator's phone.", "platform"
    ),
    "invalid_param": _INVALID,
    "invalid_params": _INVALID,
    "invalid_file_upload": _rejected("media_invalid", "TikTok refused the file. Check its format and size."),
    "invalid_publish_id": _ID,
    "token_not_authorized_for_specified_publish_id": _ID,
    "publish_not_cancellable": ErrorRow(Fate.UNKNOWN, "not_cancellable", "It is too late to cancel this post."),
    "internal_error": TROUBLE,
}

_MEDIA = "TikTok could not use the media. Check format, length, frame rate (23 to 60) and size (360 to 4096 pixels)."
_PULL = "TikTok could not fetch the media from this installation, and has not posted it. Send it again."
# A status FAILED says that «the entire process has failed»: nothing was posted, and nothing will be.
FAIL_REASONS: Final[Mapping[str, ErrorRow]] = {
    "file_format_check_failed": _rejected("media_invalid", _MEDIA),
    "duration_check_failed": _rejected("media_invalid", _MEDIA),
    "frame_rate_check_failed": _rejected("media_invalid", _MEDIA),
    "picture_size_check_failed": _rejected("media_invalid", _MEDIA),
    "internal": _rejected(
        "processing_failed", "TikTok failed, and did not post this. Send it again.", "platform", "platform"
    ),
    "video_pull_failed": _rejected("media_unreachable", _PULL, "platform", "system"),
    "photo_pull_failed": _rejected("media_unreachable", _PULL, "platform", "system"),
    "publish_cancelled": _rejected("cancelled", "The post was cancelled on TikTok.", "platform"),
    "auth_removed": _rejected("auth_removed", "The creator removed this app while the post was in work.", "auth"),
    "spam_risk_too_many_posts": _rejected("post_limit_reached", _LIMIT, "rate_limit"),
    "spam_risk_user_banned_from_posting": _BANNED,
    "spam_risk_text": _RISKY,
    "spam_risk": _RISKY,
}
RETRYABLE: Final = frozenset({"internal", "video_pull_failed", "photo_pull_failed"})
_FAILED = _rejected("publish_failed", "TikTok says that posting failed, and not why.", "platform", "platform")

_BAD_APP = _rejected(
    "app_invalid", "TikTok does not accept this installation's client key and secret.", "auth", "system"
)
OAUTH: Final[Mapping[str, ErrorRow]] = {
    "invalid_grant": DEAD_GRANT,
    "invalid_request": _INVALID,
    "access_token_invalid": DEAD_GRANT,
    "invalid_client": _BAD_APP,
    "unauthorized_client": _BAD_APP,
    "unsupported_grant_type": _INVALID,
    "unsupported_response_type": _INVALID,
    "server_error": TROUBLE,
    "temporarily_unavailable": TROUBLE,
    "invalid_scope": _SCOPE,
    "access_denied": _rejected("consent_denied", "The person did not agree on TikTok's page.", "auth"),
}
# https://business-api.tiktok.com/portal/docs (Appendix: Return codes); README has which of them are confirmed.
# Not ``reconnect``: the account itself is fine, only the token of the other consent is not.
_ADS_TOKEN = ErrorRow(
    Fate.UNAUTHORISED,
    "ads_auth",
    "TikTok for Business does not accept the ads token. Give that consent again.",
    "auth",
    "user",
)
BUSINESS: Final[Mapping[int, ErrorRow]] = {
    40001: _rejected("ads_forbidden", "The ads consent does not reach this ad account or this operation.", "auth"),
    40002: _INVALID,
    40100: _limited("rate_limited", "TikTok for Business asks for a pause."),
    40105: _ADS_TOKEN,
    # Our names carry our mark: a name that is there already is the work of an attempt of ours. find tells.
    40911: ErrorRow(Fate.UNKNOWN, "media_duplicate", "The ad account has a file of this name already."),
}


def refusal(response: Response, now: datetime) -> Refused:
    """What an answer that is no success means: in whichever of the shapes it came. Also for those with status 200."""
    body = _wire.parsed(response)
    said = body.get("error")
    if isinstance(said, dict):
        code, words = str(said.get("code") or ""), str(said.get("message") or "")
        return _made(response, now, body, code, words, _api_row(TABLE.get(code), words))
    if isinstance(said, str) and said:
        words = str(body.get("error_description") or "")
        return _made(response, now, body, said, words, _oauth_row(said, words))
    number = body.get("code")
    if isinstance(number, str) and number:  # the error alone, as the page on error handling shows it
        words = str(body.get("message") or "")
        return _made(response, now, body, number, words, _api_row(TABLE.get(number), words))
    if isinstance(number, int) and not isinstance(number, bool) and number:
        words = str(body.get("message") or "")
        return _made(response, now, body, str(number), words, _business_row(number, words))
    row429 = TABLE["rate_limit_exceeded"] if response.status == 429 else None
    return _made(response, now, body, "", "", row429)


def failed(reason: str, raw: Mapping[str, Any]) -> Refused:
    """A post whose status is FAILED, for this reason."""
    row = FAIL_REASONS.get(reason, _FAILED)
    return Refused(row, platform=PLATFORM, status=200, platform_code=reason or "FAILED", raw=raw)


def refused(row: ErrorRow, message: str = "", *, raw: Mapping[str, Any] | None = None) -> Refused:
    """A refusal that no answer of TikTok's stands behind: found out before asking, or from what was read."""
    return Refused(row, platform=PLATFORM, status=0, platform_message=message, raw=raw)


def _made(
    response: Response, now: datetime, body: Mapping[str, Any], code: str, words: str, row: ErrorRow | None
) -> Refused:
    found = TROUBLE if response.status >= 500 else row or UNLISTED
    until = None
    if found.fate is Fate.LIMITED:
        pause = SLIDING_MINUTE if found.code == "rate_limited" else LATER
        until = _wire.retry_after(response, now) or now + pause
    return Refused(
        found,
        platform=PLATFORM,
        status=response.status,
        platform_code=code,
        platform_message=words,
        retry_at=until,
        raw=body,
    )


def _api_row(row: ErrorRow | None, words: str) -> ErrorRow | None:
    """``invalid_param`` says in words only what is wrong: a text over its limit is known by them."""
    lowered = words.lower()
    about_text = any(name in lowered for name in ("title", "description", "caption"))
    if row is _INVALID and about_text and any(sign in lowered for sign in ("long", "length", "exceed", "maximum")):
        return TOO_LONG
    return row


def _oauth_row(name: str, words: str) -> ErrorRow | None:
    """``invalid_request`` is said of malformed requests, and of refresh tokens that are over."""
    if name == "invalid_request" and "refresh" in words.lower() and "token" in words.lower():
        return DEAD_GRANT
    return OAUTH.get(name)


def _business_row(number: int, words: str) -> ErrorRow | None:
    """A repeated ``request_id`` is refused as a parameter, and proves the opposite of absence."""
    row = BUSINESS.get(number)
    if row is _INVALID and "request_id" in words and "duplicat" in words.lower():
        return None
    if row is _INVALID and "_name" in words and "onger" in words:
        return TOO_LONG
    return row or (TROUBLE if 50000 <= number < 52000 else None)
