"""Connecting through Business Login for Instagram: a code, a token of an hour, a token of 60 days.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login,
read 2026-11-22. No PKCE is documented, and there is no refresh token: the long-lived token renews itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Fate, Refused
from shared.platforms.instagram import errors, graph

AUTHORIZE = "https://www.instagram.com/oauth/authorize"
TOKEN = "https://api.instagram.com/oauth/access_token"
LONG_LIVED = f"{graph.HOST}/access_token"
REFRESH = f"{graph.HOST}/refresh_access_token"

LIFETIME = timedelta(days=60)
REFRESHABLE_AFTER = timedelta(hours=24)
PROFILE_FIELDS = "id,user_id,username,name,account_type,profile_picture_url,biography,followers_count,media_count"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where to send the person. ``challenge`` is not used: Instagram knows no PKCE."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": state,
    }
    return _oauth2.authorize_url(AUTHORIZE, query)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code for a token of 60 days, and read who it is. Raises Refused."""
    short = _short_lived(call, code.removesuffix("#_"), redirect_uri)
    return _profile(call, _tokens(call, _lengthened(call, str(short["access_token"])), _scopes(short)))


def adopt(call: Call, tokens: Tokens) -> Connected:
    """Who the token speaks for. A token of an hour is traded for one of 60 days; one that is that already is refused for
    it, and kept as it is, its end unknown. Raises Refused."""
    try:
        kept = _tokens(call, _lengthened(call, tokens.access), tokens.scopes)
    except Refused as refused:
        if refused.fate not in (Fate.REJECTED, Fate.UNKNOWN):
            raise
        kept = tokens
    return _profile(call, kept)


def _lengthened(call: Call, short: str) -> dict[str, Any]:
    query = {"grant_type": "ig_exchange_token", "client_secret": call.app.client_secret, "access_token": short}
    return _wire.ask(call, _wire.get(LONG_LIVED, query), errors.refusal).json


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Instagram takes no passwords from apps."""
    raise Unsupported(
        "platform.instagram.sign_in_not_offered", "Connect Instagram with the address from authorize_url."
    )


def refresh(call: Call) -> Tokens:
    """The token for another 60 days. Raises Refused, with ``row.reconnect`` when it is dead.

    A token younger than 24 hours cannot be renewed yet: it is only looked at, and kept when it lives.
    """
    try:
        if _young(call):
            graph.read(call, "me", fields="user_id")
            return call.tokens
        query = {"grant_type": "ig_refresh_token", "access_token": call.tokens.access}
        answer = _wire.ask(call, _wire.get(REFRESH, query), errors.refusal).json
    except Refused as refused:
        raise _dead(refused) from refused
    return _tokens(call, answer, _scopes(answer) or call.tokens.scopes)


def revoke(call: Call) -> None:
    """Ask Instagram to end the grant; one that is dead already is fine.

    Graph documents this edge for Facebook's users; for Instagram Login Meta documents nothing but the app's removal in
    Instagram's settings. Where it is refused as unknown (code 100), there is nothing that could be given back.
    """
    try:
        graph.remove(call, "me/permissions")
    except Refused as refused:
        if refused.fate is not Fate.UNAUTHORISED and not refused.platform_code.startswith("100"):
            raise


def _short_lived(call: Call, code: str, redirect_uri: str) -> dict[str, Any]:
    fields = {
        "client_id": call.app.client_id,
        "client_secret": call.app.client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": code,
    }
    answer = _wire.ask(call, _wire.post_form(TOKEN, fields), errors.code_refusal).json
    wrapped = answer.get("data")  # as documented; seen without the wrapping, too
    found = wrapped[0] if isinstance(wrapped, list) and wrapped else answer
    if not found.get("access_token"):
        raise errors.refused(errors.UNLISTED, "a success without an access token")
    return dict(found)


def _profile(call: Call, tokens: Tokens) -> Connected:
    """Who the token speaks for. ``user_id`` is the professional account; ``id`` would be this app's alias of it."""
    known = replace(call, account=AccountView("", "", {}, tokens))
    answer = graph.read(known, "me", fields=PROFILE_FIELDS)
    wrapped = answer.get("data")
    who = wrapped[0] if isinstance(wrapped, list) and wrapped else answer
    return Connected(
        platform_account_id=str(who.get("user_id") or who.get("id") or ""),
        username=str(who.get("username") or ""),
        name=str(who.get("name") or who.get("username") or ""),
        tokens=replace(tokens, extra={**tokens.extra, "app_user_id": str(who.get("id") or "")}),
        picture_url=str(who.get("profile_picture_url") or ""),
        metadata={
            name: who[name] for name in ("account_type", "biography", "followers_count", "media_count") if name in who
        },
    )


def _tokens(call: Call, answer: Mapping[str, Any], scopes: tuple[str, ...]) -> Tokens:
    expires = _oauth2.expiry(answer, call.now) or call.now + LIFETIME
    return Tokens(str(answer["access_token"]), None, expires, expires, scopes)


def _scopes(answer: Mapping[str, Any]) -> tuple[str, ...]:
    """``permissions``: comma-separated, or a list."""
    given = answer.get("permissions") or ()
    return tuple(given.split(",")) if isinstance(given, str) else tuple(given)


def _young(call: Call) -> bool:
    expires = call.tokens.expires_at
    return expires is not None and expires - LIFETIME > call.now - REFRESHABLE_AFTER


def _dead(refused: Refused) -> Refused:
    """An expired token cannot be renewed: what could be refreshed elsewhere is a reconnection here."""
    if refused.fate is Fate.UNAUTHORISED:
        refused.row = replace(refused.row, reconnect=True)
    return refused
