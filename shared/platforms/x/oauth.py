"""Connecting X accounts: OAuth 2.0 authorization code with PKCE, and its rotating refresh tokens.

An access token lives 2 h. A refresh token (scope offline.access) is good for one use: its answer carries the next
one, and using an old one again ends the whole grant. So a refresh is made by one caller at a time, and what it brings
is kept before it is used; both is the engine's doing.
Source: docs.x.com/fundamentals/authentication/oauth-2-0, 2026-11-22.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.accounts import Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Refused
from shared.platforms.x import MANIFEST, errors, wire
from shared.ports.http import AnswerLost

AUTHORIZE: Final = "https://x.com/i/oauth2/authorize"
TOKEN: Final = f"{wire.API}/oauth2/token"
REVOKE: Final = f"{wire.API}/oauth2/revoke"
USER_FIELDS: Final = "profile_image_url,protected,public_metrics,subscription_type,verified"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes. ``state`` may have up to 500 characters."""
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(scopes or MANIFEST.oauth.scopes),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code (good for 30 seconds) and ask who it is. Raises Refused."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    return adopt(call, _tokens(call, _ask_token_endpoint(call, TOKEN, grant)))


def adopt(call: Call, tokens: Tokens) -> Connected:
    """Who the tokens speak for. Raises Refused."""
    person = _me(call, tokens)
    return Connected(
        platform_account_id=str(person["id"]),
        username=str(person["username"]),
        name=str(person.get("name") or person["username"]),
        tokens=tokens,
        picture_url=str(person.get("profile_image_url") or ""),
        metadata={key: person[key] for key in ("verified", "protected", "subscription_type") if key in person},
    )


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not X's way: it has no sign-in by credentials."""
    raise Unsupported("platform.twitter.sign_in", "X accounts are connected by X's own page: start with connect.")


def refresh(call: Call) -> Tokens:
    """New tokens, both of them; the old refresh token is spent from now on. Raises Refused."""
    if not call.tokens.refresh:
        raise errors.dead_grant("no refresh token: the account was connected without offline.access")
    grant = {"grant_type": "refresh_token", "refresh_token": call.tokens.refresh}
    return _tokens(call, _ask_token_endpoint(call, TOKEN, grant))


def revoke(call: Call) -> None:
    """Give both tokens back; one that X knows no more is fine. Raises Refused."""
    for token, hint in ((call.tokens.refresh, "refresh_token"), (call.tokens.access, "access_token")):
        if not token:
            continue
        try:
            _ask_token_endpoint(call, REVOKE, {"token": token, "token_type_hint": hint})
        except Refused as refused:
            if not refused.row.reconnect:
                raise


def _ask_token_endpoint(call: Call, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Confidential clients show their secret in a header, public ones name themselves in the form."""
    if not call.app.client_secret:
        form = _wire.post_form(url, {**fields, "client_id": call.app.client_id})
    else:
        pair = f"{call.app.client_id}:{call.app.client_secret}"
        form = _wire.post_form(url, fields, Authorization=f"Basic {b64encode(pair.encode()).decode()}")
    return _wire.ask(call, form, errors.refusal).json


def _tokens(call: Call, answer: Mapping[str, Any]) -> Tokens:
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    return Tokens(
        access=str(answer["access_token"]),
        refresh=answer.get("refresh_token"),
        expires_at=_oauth2.expiry(answer, call.now),
        scopes=tuple(str(answer.get("scope") or "").split()),
    )


def _me(call: Call, tokens: Tokens) -> dict[str, Any]:
    url = _wire.get(f"{wire.API}/users/me", {"user.fields": USER_FIELDS}, Authorization=f"Bearer {tokens.access}")
    person = _wire.ask(call, url, errors.refusal).json.get("data") or {}
    if not person.get("id") or not person.get("username"):
        raise AnswerLost("an account without an id or a name")
    return dict(person)
