"""Connecting Snapchat accounts: OAuth 2.0 without PKCE, for apps that Snapchat put on its allowlist.

An access token lives an hour; the refresh token has no stated end, and may be replaced by a refresh. One consent gives
the person's own public profile and those of the organizations that they belong to: each is an account of its own, with the
same tokens. Sources: developers.snap.com/api/marketing-api/Ads-API/authentication and .../Public-Profile-API/Profiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from shared.domain.accounts import Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Candidates, Refused
from shared.platforms.snapchat import MANIFEST, errors, profiles, wire
from shared.ports.http import AnswerLost

AUTHORIZE: Final = f"{wire.SIGN_IN}/authorize"
TOKEN: Final = f"{wire.SIGN_IN}/access_token"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes."""
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes or MANIFEST.oauth.scopes),
            "state": state,
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
    """Trade the code and see which public profiles it opens. Raises Refused."""
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    tokens = _tokens(call, _ask(call, grant), "")
    found = tuple(_connected(profile, tokens) for profile in _profiles(call, tokens.access))
    if not found:
        raise errors.no_profile()
    return found[0] if len(found) == 1 else Candidates(found)


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not Snapchat's way: it has no sign-in by credentials."""
    raise Unsupported("platform.snapchat.sign_in", "Snapchat accounts are connected by Snapchat's own page.")


def refresh(call: Call) -> Tokens:
    """A new access token, and the refresh token that Snapchat names, else the old one. Raises Refused."""
    if not call.tokens.refresh:
        raise errors.dead_grant("no refresh token")
    grant = {"grant_type": "refresh_token", "refresh_token": call.tokens.refresh}
    return _tokens(call, _ask(call, grant), call.tokens.refresh)


def revoke(call: Call) -> None:
    """Snapchat documents no call for it: the person ends the grant in Ads Manager."""


def _ask(call: Call, grant: Mapping[str, str]) -> dict[str, Any]:
    fields = {**grant, "client_id": call.app.client_id, "client_secret": call.app.client_secret}
    return _wire.ask(call, _wire.post_form(TOKEN, fields), errors.refusal).json


def _tokens(call: Call, said: Mapping[str, Any], before: str) -> Tokens:
    if not said.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    return Tokens(
        access=str(said["access_token"]),
        refresh=str(said.get("refresh_token") or before) or None,
        expires_at=_oauth2.expiry(said, call.now),
        scopes=tuple(str(said.get("scope") or "").split()),
    )


def _profiles(call: Call, token: str) -> Iterator[Mapping[str, Any]]:
    """The person's own profile, then those of their organizations, each once."""
    seen: set[str] = set()
    own = _own(call, token)
    for profile in (*own, *_of_organizations(call, token, needed=not own)):
        if profile.get("id") and str(profile["id"]) not in seen:
            seen.add(str(profile["id"]))
            yield profile


def _own(call: Call, token: str) -> tuple[Mapping[str, Any], ...]:
    """The person's own public profile; who has none gets a 404."""
    try:
        said = wire.ask(call, _wire.get(f"{wire.API}/public_profiles/my_profile"), token)
    except Refused as refused:
        if refused.row.code == "not_found":
            return ()
        raise
    profile = said.get("public_profile")
    return (profile,) if isinstance(profile, Mapping) else ()


def _of_organizations(call: Call, token: str, *, needed: bool) -> tuple[Mapping[str, Any], ...]:
    """Those of the person's organizations. They hang on the ads scope: who has a profile of their own can do without."""
    try:
        return tuple(profiles.of_organizations(call, token))
    except Refused as refused:
        if needed or refused.row.code != "permission_denied":
            raise
        return ()


def _connected(profile: Mapping[str, Any], tokens: Tokens) -> Connected:
    username = str(profile.get("snap_user_name") or profile.get("display_name") or profile["id"])
    logos = profile.get("logo_urls") or {}
    kept = ("organization_id", "profile_tier", "internal_profile_category")
    return Connected(
        platform_account_id=str(profile["id"]),
        username=username,
        name=str(profile.get("display_name") or username),
        tokens=tokens,
        picture_url=str(logos.get("manage_profile_logo_url") or ""),
        metadata={name: profile[name] for name in kept if profile.get(name)},
    )
