"""Connecting YouTube channels: Google's consent page, where the person also chooses which of their channels.

https://developers.google.com/youtube/v3/guides/auth/server-side-web-apps, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms._google import oauth as google
from shared.platforms.contract import App, Call
from shared.platforms.youtube import MANIFEST, api, errors

NEEDED: Final = "https://www.googleapis.com/auth/youtube.force-ssl"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes."""
    return google.authorize_url(app, redirect_uri, state, challenge, scopes or MANIFEST.oauth.scopes)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code and ask which channel it is. Raises Refused, also when there is none or a box was unticked."""
    tokens = google.exchange(call, code, redirect_uri, verifier, errors.refusal)
    if tokens.scopes and NEEDED not in tokens.scopes:
        raise errors.scopes_missing()
    return adopt(call, tokens)


def adopt(call: Call, tokens: Tokens) -> Connected:
    """Which channel the tokens speak for. Raises Refused, also when there is none."""
    nobody = AccountView("", "", {}, tokens)
    channel = api.one(replace(call, account=nobody), "channels", part="snippet,contentDetails", mine="true")
    if not channel.get("id"):
        raise errors.no_channel()
    return _connected(channel, tokens)


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not YouTube's way: it has no sign-in by credentials."""
    raise Unsupported(
        "platform.youtube.sign_in", "YouTube channels are connected by Google's own page: start with connect."
    )


def refresh(call: Call) -> Tokens:
    """A new access token. Raises Refused."""
    return google.refresh(call, errors.refusal)


def revoke(call: Call) -> None:
    """Give the grant back; one that is gone already is fine. Raises Refused."""
    google.revoke(call, errors.refusal)


def _connected(channel: Mapping[str, Any], tokens: Tokens) -> Connected:
    snippet = channel.get("snippet") or {}
    name = str(snippet.get("title") or channel["id"])
    thumbnails = snippet.get("thumbnails") or {}
    playlists = (channel.get("contentDetails") or {}).get("relatedPlaylists") or {}
    return Connected(
        platform_account_id=str(channel["id"]),
        username=str(snippet.get("customUrl") or name).removeprefix("@"),
        name=name,
        tokens=tokens,
        picture_url=str((thumbnails.get("medium") or thumbnails.get("default") or {}).get("url") or ""),
        metadata={"uploads": str(playlists.get("uploads") or "")},
    )
