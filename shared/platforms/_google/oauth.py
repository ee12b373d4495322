"""Google's OAuth 2.0 for web servers: consent, code for tokens, new access tokens, giving the grant back.

An access token lives an hour. The refresh token comes with the first consent only (hence ``prompt=consent``), stays the
same at every refresh, and ends when the person withdraws it, after six months without use, after seven days while the
app is in testing, or when more than 100 are given for one person and client.
https://developers.google.com/identity/protocols/oauth2/web-server, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.accounts import Tokens
from shared.platforms import _oauth2, _wire
from shared.platforms._wire import Refusal
from shared.platforms.contract import App, Call, Fate, Refused
from shared.ports.http import AnswerLost

AUTHORIZE: Final = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN: Final = "https://oauth2.googleapis.com/token"
REVOKE: Final = "https://oauth2.googleapis.com/revoke"
_MALFORMED: Final = "400/invalid_request"
HOSTS: Final = ("accounts.google.com", "oauth2.googleapis.com")


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes."""
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes),
            "state": state,
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str, refusal: Refusal) -> Tokens:
    """Trade the code. Raises Refused."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return _tokens(_ask(call, TOKEN, {**grant, **_client(call)}, refusal), call.now)


def refresh(call: Call, refusal: Refusal) -> Tokens:
    """A new access token; the refresh token and the scopes stay, unless Google says otherwise. Raises Refused."""
    old = call.tokens
    grant = {"grant_type": "refresh_token", "refresh_token": old.refresh or "", **_client(call)}
    try:
        fresh = _tokens(_ask(call, TOKEN, grant, refusal), call.now)
    except Refused as refused:
        if old.refresh and refused.platform_code == _MALFORMED:  # a mistake of ours, which says nothing of the grant
            refused.row = replace(refused.row, fate=Fate.UNKNOWN, reconnect=False)
        raise
    return replace(
        fresh,
        refresh=fresh.refresh or old.refresh,
        refresh_expires_at=fresh.refresh_expires_at or old.refresh_expires_at,
        scopes=fresh.scopes or old.scopes,
        extra=old.extra,
    )


def revoke(call: Call, refusal: Refusal) -> None:
    """Give the grant back, with every token that came of it; one that is gone already is fine. Raises Refused."""
    try:
        _ask(call, REVOKE, {"token": call.tokens.refresh or call.tokens.access}, refusal)
    except Refused as refused:
        if not refused.row.reconnect:
            raise


def bearer(call: Call) -> str:
    """The ``Authorization`` header of a call."""
    return f"Bearer {call.tokens.access}"


def _client(call: Call) -> dict[str, str]:
    return {"client_id": call.app.client_id, "client_secret": call.app.client_secret}


def _ask(call: Call, url: str, fields: Mapping[str, str], refusal: Refusal) -> dict[str, Any]:
    return _wire.ask(call, _wire.post_form(url, fields), refusal).json


def _tokens(answer: Mapping[str, Any], now: datetime) -> Tokens:
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    lifetime = answer.get("refresh_token_expires_in")  # only where the person limited the grant in time
    ends = now + timedelta(seconds=lifetime) if isinstance(lifetime, int) and 0 < lifetime < 10**9 else None
    return Tokens(
        access=str(answer["access_token"]),
        refresh=answer.get("refresh_token"),
        expires_at=_oauth2.expiry(answer, now),
        refresh_expires_at=ends,
        scopes=tuple(str(answer.get("scope") or "").split()),
    )
