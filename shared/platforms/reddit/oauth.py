"""Connecting Reddit accounts: OAuth 2.0 authorization code with ``duration=permanent``.

An access token lives as long as ``expires_in`` says (a day in 2026); the refresh token lives until it is revoked. The
token endpoint answers some refusals with 200. Sources: github.com/reddit-archive/reddit/wiki/OAuth2, prawcore 4.0.0;
2026-11-22.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Fate, Refused
from shared.platforms.reddit import MANIFEST, api, errors
from shared.ports.http import AnswerLost

AUTHORIZE: Final = "https://www.reddit.com/api/v1/authorize"
TOKEN: Final = "https://www.reddit.com/api/v1/access_token"
REVOKE: Final = "https://www.reddit.com/api/v1/revoke_token"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes. Reddit knows no PKCE: the challenge stays here."""
    del challenge
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "client_id": app.client_id,
            "duration": "permanent",
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": " ".join(scopes or MANIFEST.oauth.scopes),
            "state": state,
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code and ask who it is. Raises Refused."""
    del verifier
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    tokens = _tokens(call, _ask_token_endpoint(call, TOKEN, grant), None)
    me = api.get(Call(call.http, AccountView("", "", {}, tokens), call.app, call.now), "/api/v1/me")
    if not me.get("id") or not me.get("name"):
        raise AnswerLost("an account without an id or a name")
    profile = me.get("subreddit") or {}
    return Connected(
        platform_account_id=str(me["id"]),
        username=str(me["name"]),
        name=str(profile.get("title") or me["name"]),
        tokens=tokens,
        picture_url=str(me.get("icon_img") or ""),
        metadata={name: me[name] for name in ("created_utc", "total_karma", "has_verified_email") if name in me},
    )


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not Reddit's way for an app that serves others."""
    raise Unsupported("platform.reddit.sign_in", "Reddit accounts are connected by Reddit's own page: use connect.")


def refresh(call: Call) -> Tokens:
    """A new access token; the refresh token stays, unless the answer brings another. Raises Refused."""
    if not call.tokens.refresh:
        raise errors.dead_grant("no refresh token: the account was connected without duration=permanent")
    try:
        answer = _ask_token_endpoint(call, TOKEN, {"grant_type": "refresh_token", "refresh_token": call.tokens.refresh})
    except Refused as refused:
        # A bare «Bad Request» is all that Reddit says of a dead refresh token; a 400 with a code means what it says.
        if refused.status == 400 and refused.fate is Fate.UNKNOWN and refused.platform_code == "Bad Request":
            raise errors.dead_grant(refused.platform_message, 400) from refused
        raise
    return _tokens(call, answer, call.tokens)


def revoke(call: Call) -> None:
    """Give both tokens back; Reddit answers the same for one that it knows no more. Raises Refused."""
    for token, hint in ((call.tokens.refresh, "refresh_token"), (call.tokens.access, "access_token")):
        if token:
            _ask_token_endpoint(call, REVOKE, {"token": token, "token_type_hint": hint})


def _ask_token_endpoint(call: Call, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    pair = f"{call.app.client_id}:{call.app.client_secret}"
    basic = f"Basic {b64encode(pair.encode()).decode()}"
    request = _wire.post_form(url, fields, Authorization=basic, User_Agent=api.user_agent(call))
    response = call.http.send(request)
    body = _wire.parsed(response)
    if not 200 <= response.status < 300 or errors.lists_errors(body):
        refused = errors.refusal(response, call.now)
        raise errors.bad_app(refused) if response.status == 401 else refused
    return body


def _tokens(call: Call, answer: Mapping[str, Any], before: Tokens | None) -> Tokens:
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    return Tokens(
        access=str(answer["access_token"]),
        refresh=answer.get("refresh_token") or (before.refresh if before else None),
        expires_at=_oauth2.expiry(answer, call.now),
        scopes=tuple(str(answer.get("scope") or "").split()),
    )
