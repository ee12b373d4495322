"""Connecting through Threads' authorization window: a code, a token of an hour, a token of 60 days.

https://developers.facebook.com/docs/threads/get-started/get-access-tokens-and-permissions and …/long-lived-tokens, read
2026-11-22. No PKCE is documented, and there is no refresh token: the long-lived token renews itself.
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
from shared.platforms.threads import errors
from shared.platforms.threads.graph import GRAPH, HOST

AUTHORIZE = "https://www.threads.net/oauth/authorize"
TOKEN = f"{HOST}/oauth/access_token"
LONG_LIVED = f"{HOST}/access_token"
REFRESH = f"{HOST}/refresh_access_token"

LIFETIME = timedelta(days=60)
REFRESHABLE_AFTER = timedelta(hours=24)
PROFILE_FIELDS = "id,username,name,threads_profile_picture_url,is_verified"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where to send the person. ``challenge`` is not used: Threads knows no PKCE."""
    query = {
        "client_id": app.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": state,
    }
    return _oauth2.authorize_url(AUTHORIZE, query)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code for a token of 60 days, and read who it is and what was allowed. Raises Refused."""
    short = _short_lived(call, code.removesuffix("#_"), redirect_uri)
    query = {
        "grant_type": "th_exchange_token",
        "client_secret": call.app.client_secret,
        "access_token": short["access_token"],
    }
    long = _wire.ask(call, _wire.get(LONG_LIVED, query), errors.refusal).json
    tokens = _tokens(call, long, ())
    return _profile(call, replace(tokens, scopes=_scopes(_as(call, tokens))))


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Threads takes no passwords from apps."""
    raise Unsupported("platform.threads.sign_in_not_offered", "Connect Threads with the address from authorize_url.")


def refresh(call: Call) -> Tokens:
    """The token for another 60 days. Raises Refused, with ``row.reconnect`` when it is dead.

    A token younger than 24 hours cannot be renewed yet: it is only looked at, and kept when it lives.
    """
    try:
        if _young(call):
            GRAPH.read(call, "me", fields="id")
            return call.tokens
        query = {"grant_type": "th_refresh_token", "access_token": call.tokens.access}
        answer = _wire.ask(call, _wire.get(REFRESH, query), errors.refusal).json
    except Refused as refused:
        raise _dead(refused) from refused
    return _tokens(call, answer, call.tokens.scopes)


def revoke(call: Call) -> None:
    """Nothing to call: a person removes the app in the settings of Threads (manifest, feature «revoke»)."""


def _short_lived(call: Call, code: str, redirect_uri: str) -> dict[str, Any]:
    fields = {
        "client_id": call.app.client_id,
        "client_secret": call.app.client_secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": code,
    }
    answer = _wire.ask(call, _wire.post_form(TOKEN, fields), errors.code_refusal).json
    if not answer.get("access_token"):
        raise errors.refused(errors.BOOK.common.unlisted, "a success without an access token")
    return answer


def _scopes(call: Call) -> tuple[str, ...]:
    """What the person allowed; ``()`` where Threads does not say: https://developers.facebook.com/docs/threads/
    troubleshooting/debug-access-token, read 2026-11-22."""
    try:
        said = GRAPH.read(call, "debug_token", input_token=call.tokens.access).get("data") or {}
    except Refused:
        return ()
    scopes = said.get("scopes")
    return tuple(str(scope) for scope in scopes) if isinstance(scopes, list) else ()


def _profile(call: Call, tokens: Tokens) -> Connected:
    who = GRAPH.read(_as(call, tokens), "me", fields=PROFILE_FIELDS)
    return Connected(
        platform_account_id=str(who.get("id") or ""),
        username=str(who.get("username") or ""),
        name=str(who.get("name") or who.get("username") or ""),
        tokens=tokens,
        picture_url=str(who.get("threads_profile_picture_url") or ""),
        metadata={name: who[name] for name in ("is_verified",) if name in who},
    )


def _as(call: Call, tokens: Tokens) -> Call:
    return replace(call, account=AccountView("", "", {}, tokens))


def _tokens(call: Call, answer: Mapping[str, Any], scopes: tuple[str, ...]) -> Tokens:
    access = answer.get("access_token")
    if not isinstance(access, str) or not access:
        raise errors.refused(errors.BOOK.common.unlisted, "a success without an access token")
    expires = _oauth2.expiry(answer, call.now) or call.now + LIFETIME
    return Tokens(access, None, expires, expires, scopes)


def _young(call: Call) -> bool:
    expires = call.tokens.expires_at
    return expires is not None and expires - LIFETIME > call.now - REFRESHABLE_AFTER


def _dead(refused: Refused) -> Refused:
    """An expired token cannot be renewed: what could be refreshed elsewhere is a reconnection here."""
    if refused.fate is Fate.UNAUTHORISED:
        refused.row = replace(refused.row, reconnect=True)
    return refused
