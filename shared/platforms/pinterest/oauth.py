"""Connecting Pinterest accounts: OAuth 2.0 authorization code, and its continuous refresh tokens.

An access token lives 30 days, a refresh token 60; each refresh brings a new one, so that the connection has no end while
it is used every 60 days. Apps from before 2025-09-25 ask for that with ``continuous_refresh=true``, later ones get it anyway.
Source: POST /oauth/token in the OpenAPI document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Refused
from shared.platforms.pinterest import MANIFEST, api, errors
from shared.ports.http import AnswerLost

AUTHORIZE: Final = "https://www.pinterest.com/oauth/"
TOKEN: Final = f"{api.API}/oauth/token"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes. Pinterest knows no PKCE: the challenge stays here."""
    del challenge
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(scopes or MANIFEST.oauth.scopes),
            "state": state,
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code and ask who it is. Raises Refused."""
    del verifier
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "continuous_refresh": "true",
    }
    tokens = _tokens(call, _ask_token_endpoint(call, grant), None)
    me = api.get(Call(call.http, AccountView("", "", {}, tokens), call.app, call.now), "/user_account")
    if not me.get("id") or not me.get("username"):
        raise AnswerLost("an account without an id or a name")
    return Connected(
        platform_account_id=str(me["id"]),
        username=str(me["username"]),
        name=str(me.get("business_name") or me["username"]),
        tokens=tokens,
        picture_url=str(me.get("profile_image") or ""),
        metadata={
            name: me[name] for name in ("account_type", "website_url", "board_count") if me.get(name) is not None
        },
    )


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not Pinterest's way: it has no sign-in by credentials."""
    raise Unsupported("platform.pinterest.sign_in", "Pinterest accounts are connected by Pinterest's own page.")


def refresh(call: Call) -> Tokens:
    """New tokens, both of them. Raises Refused."""
    if not call.tokens.refresh:
        raise errors.dead_grant("no refresh token")
    ends = call.tokens.refresh_expires_at
    if ends and ends <= call.now:
        raise errors.dead_grant("the refresh token's 60 days are over")
    grant = {
        "grant_type": "refresh_token",
        "refresh_token": call.tokens.refresh,
        "continuous_refresh": "true",
    }
    return _tokens(call, _ask_token_endpoint(call, grant), call.tokens)


def revoke(call: Call) -> None:
    """Nothing to ask: Pinterest revokes only the tokens of its system users through the API."""
    del call


def _ask_token_endpoint(call: Call, fields: Mapping[str, str]) -> dict[str, Any]:
    pair = f"{call.app.client_id}:{call.app.client_secret}"
    request = _wire.post_form(TOKEN, fields, Authorization=f"Basic {b64encode(pair.encode()).decode()}")
    try:
        return _wire.ask(call, request, errors.refusal).json
    except Refused as refused:
        # Only the grant's own code says that the grant is dead. Another 401 is about our id and secret, for there is no
        # access token in the request: no reason to have everybody connect again.
        raise errors.bad_app(refused) if refused.status == 401 and not refused.row.reconnect else refused from None


def _tokens(call: Call, answer: Mapping[str, Any], before: Tokens | None) -> Tokens:
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    refreshed = answer.get("refresh_token")
    ends = _refresh_end(call.now, answer) if refreshed else before.refresh_expires_at if before else None
    return Tokens(
        access=str(answer["access_token"]),
        refresh=str(refreshed) if refreshed else before.refresh if before else None,
        expires_at=_oauth2.expiry(answer, call.now),
        refresh_expires_at=ends,
        scopes=tuple(str(answer.get("scope") or "").replace(",", " ").split()),
    )


def _refresh_end(now: datetime, answer: Mapping[str, Any]) -> datetime | None:
    seconds, at = answer.get("refresh_token_expires_in"), answer.get("refresh_token_expires_at")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds < 10**9:
        return now + timedelta(seconds=seconds)
    return datetime.fromtimestamp(at, UTC) if isinstance(at, int) and 0 < at < 10**11 else None
