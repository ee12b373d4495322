"""Connecting through Login Kit v2: a code with PKCE, an access token of hours, a refresh token that rotates.

Access tokens live 2 hours (24 before November 2026), refresh tokens 180 days (365 before): what counts is what each
answer says. A refresh answers with the next refresh token, and the one before is spent: the engine keeps it before use.
The PKCE challenge is the SHA-256 in HEX (manifest: ``S256-hex``), not in base64url.
https://developers.tiktok.com/doc/oauth-user-access-token-management, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Refused
from shared.platforms.tiktok import errors, wire
from shared.ports.http import AnswerLost, Response

AUTHORIZE: Final = "https://www.tiktok.com/v2/auth/authorize/"
TOKEN: Final = f"{wire.API}/oauth/token/"
REVOKE: Final = f"{wire.API}/oauth/revoke/"
_BASIC: Final = ("open_id", "union_id", "avatar_url", "display_name")
_KEPT: Final = ("union_id", "is_verified", "profile_deep_link", "follower_count")
_STATS: Final = ("follower_count",)  # scope user.info.stats
_PROFILE: Final = ("username", "is_verified", "bio_description", "profile_deep_link")  # scope user.info.profile


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes; scopes are separated by commas."""
    query = {
        "client_key": app.client_id,
        "scope": ",".join(scopes),
        "response_type": "code",
        "redirect_uri": redirect_uri,
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return _oauth2.authorize_url(AUTHORIZE, query)


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Trade the code (good once) and ask who it is. Raises Refused."""
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    answer = _token(call, grant)
    tokens = _tokens(call, answer)
    person = _person(call, tokens)
    open_id = str(answer.get("open_id") or person.get("open_id") or "")
    name = str(person.get("display_name") or person.get("username") or "")
    return Connected(
        platform_account_id=open_id,
        username=str(person.get("username") or name),
        name=name,
        tokens=tokens,
        picture_url=str(person.get("avatar_url") or ""),
        metadata={key: person[key] for key in _KEPT if person.get(key) not in (None, "")},
    )


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """TikTok takes no passwords from apps."""
    raise Unsupported("platform.tiktok.sign_in_not_offered", "Connect TikTok with the address from authorize_url.")


def refresh(call: Call) -> Tokens:
    """New tokens, both of them; the ads consent (``extra``) stays as it is. Raises Refused."""
    if not call.tokens.refresh:
        raise errors.refused(errors.DEAD_GRANT, "no refresh token")
    answer = _token(call, {"grant_type": "refresh_token", "refresh_token": call.tokens.refresh})
    return replace(_tokens(call, answer), extra=call.tokens.extra)


def revoke(call: Call) -> None:
    """Give the grant back; one that TikTok knows no more is fine.

    It takes a living access token, and they live hours: one that is over is refreshed for this last time.
    """
    over = call.tokens.expires_at is not None and call.tokens.expires_at <= call.now
    try:
        tokens = refresh(call) if over and call.tokens.refresh else call.tokens
        _ask(call, REVOKE, {"token": tokens.access})
    except Refused as refused:
        if not refused.row.reconnect:
            raise


def _token(call: Call, grant: Mapping[str, str]) -> dict[str, Any]:
    answer = _ask(call, TOKEN, grant)
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    return answer


def _ask(call: Call, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """Refusals are flat, and come with status 200, too."""
    app = {"client_key": call.app.client_id, "client_secret": call.app.client_secret}
    answer = _wire.ask(call, _wire.post_form(url, {**app, **fields}), errors.refusal)
    if answer.json.get("error"):
        raise errors.refusal(Response(answer.status, answer.headers, wire.encoded(answer.json)), call.now)
    return answer.json


def _tokens(call: Call, answer: Mapping[str, Any]) -> Tokens:
    return Tokens(
        access=str(answer["access_token"]),
        refresh=str(answer.get("refresh_token") or "") or None,
        expires_at=_oauth2.expiry(answer, call.now),
        refresh_expires_at=_refresh_expiry(call, answer),
        scopes=tuple(scope for scope in str(answer.get("scope") or "").split(",") if scope),
    )


def _refresh_expiry(call: Call, answer: Mapping[str, Any]) -> datetime | None:
    return _oauth2.expiry({"expires_in": answer.get("refresh_expires_in")}, call.now)


def _person(call: Call, tokens: Tokens) -> dict[str, Any]:
    """Only fields whose scope was granted are asked for: a field too many may refuse them all."""
    fields = [*_BASIC, *(_PROFILE if "user.info.profile" in tokens.scopes else ())]
    fields += _STATS if "user.info.stats" in tokens.scopes else ()
    known = replace(call, account=AccountView("", "", {}, tokens))
    return dict(wire.get(known, "user/info/", ",".join(fields)).get("user") or {})
