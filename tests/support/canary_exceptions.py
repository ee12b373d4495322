"""Where a secret may stand, with the reason: what a network's or our own API documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

NONE = "!"


class Url(NamedTuple):
    """URLs (host and path) that carry a secret because the network's API takes it there and nowhere else."""

    pattern: re.Pattern[str]
    reason: str
    link: str


_META = "https://developers.facebook.com/docs"
# Read 2026-11-22: each page documents a GET with a query, and no other way. Instagram's two say of POST that it is not
# supported; whether Threads and debug_token would take one is not said.
URLS: tuple[Url, ...] = (
    Url(
        re.compile(r"https://graph\.instagram\.com/access_token$"),
        "trades a token for one of 60 days",
        f"{_META}/instagram-platform/reference/access_token",
    ),
    Url(
        re.compile(r"https://graph\.instagram\.com/refresh_access_token$"),
        "renews a token",
        f"{_META}/instagram-platform/reference/refresh_access_token",
    ),
    Url(
        re.compile(r"https://graph\.threads\.net/(refresh_)?access_token$"),
        "trades a token for one of 60 days, or renews it",
        f"{_META}/threads/get-started/long-lived-tokens",
    ),
    Url(
        re.compile(r"https://graph\.facebook\.com/v[\d.]+/debug_token$"),
        "says what a token is good for, which it takes as input_token",
        f"{_META}/graph-api/reference/debug_token",
    ),
    Url(
        re.compile(r"https://graph\.threads\.net/v[\d.]+/debug_token$"),
        "says what a token is good for, which it takes as input_token",
        f"{_META}/threads/reference/debug",
    ),
)


class Shown(NamedTuple):
    """An answer that shows a secret of this kind (the end of its name), and why; ``refusing``: also when it refuses."""

    kind: str
    reason: str
    refusing: bool = False


_NEW = "what was just made, this once"
_LINK = Shown("invite", "the link is what was asked for; its pages lead on by it, and who asks has it", refusing=True)
ANSWERS: Mapping[str, Shown] = {
    "POST /v1/keys": Shown("API key", _NEW),
    "POST /v1/keys/{id}/rotate": Shown("API key", _NEW),
    "POST /v1/webhooks": Shown("webhook_secret", _NEW),
    "POST /v1/webhooks/{id}/secret/rotate": Shown("webhook_secret", _NEW),
    "POST /v1/hooks": Shown("webhook_secret", _NEW),
    "POST /v1/auth/session": Shown("session's token", _NEW),
    "GET /v1/social/facebook/pages": Shown("network gave", "a Page's token, to keys that name the scope tokens:read"),
    "POST /v1/invites": _LINK,
    "GET /invite/{token}": _LINK,
    "POST /invite/{token}": _LINK,
    "GET /invite/{token}/choices/{choice_id}": _LINK,
    "POST /invite/{token}/choices/{choice_id}": _LINK,
    "GET /oauth/callback/{platform}": _LINK,
}
DOCUMENTS: Mapping[re.Pattern[str], str] = {
    re.compile(
        r"(sandboxes/[^/]+/)?simulators/"
    ): "what a simulated network remembers: it knows the tokens it gave, as the real one does",
}


def url(address: str) -> bool:
    """Whether this one may carry a secret."""
    bare = address.partition("?")[0]
    return bare.endswith("_token") and any(one.pattern.match(bare) for one in URLS)


def document(path: str) -> bool:
    """Whether this document may hold one."""
    return any(pattern.match(path) for pattern in DOCUMENTS)


def answer(route: str, *, refused: bool) -> str:
    """The end of the kind of secret that this answer may show; a word that ends none if it may show none."""
    found = ANSWERS.get(route)
    return found.kind if found is not None and (found.refusing or not refused) else NONE
