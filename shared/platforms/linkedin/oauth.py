"""Connecting LinkedIn accounts: OAuth 2.0 authorization code, the member and the pages that the member administers.

An access token lives 60 days. Refresh tokens come to approved partners only; one lives a year from the consent, and using
it does not prolong it: then, or without one, the owner connects again. LinkedIn's web flow has no PKCE.
Source: learn.microsoft.com/en-us/linkedin/shared/authentication (authorization-code-flow, programmatic-refresh-tokens),
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from shared.domain.accounts import AccountView, Connected, Tokens
from shared.domain.errors import Unsupported
from shared.platforms import _oauth2, _wire
from shared.platforms.contract import App, Call, Candidates, Refused
from shared.platforms.linkedin import MANIFEST, errors, organizations
from shared.ports.http import AnswerLost

AUTHORIZE: Final = "https://www.linkedin.com/oauth/v2/authorization"
TOKEN: Final = "https://www.linkedin.com/oauth/v2/accessToken"
REVOKE: Final = "https://www.linkedin.com/oauth/v2/revoke"
_ACCOUNTS: Final = "accounts"  # among the tokens' further values: how many came with one consent
USERINFO: Final = "https://api.linkedin.com/v2/userinfo"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Where the person says yes. ``challenge`` is of no use here: LinkedIn's web flow knows no PKCE."""
    return _oauth2.authorize_url(
        AUTHORIZE,
        {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(scopes or MANIFEST.oauth.scopes),
        },
    )


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected | Candidates:
    """Trade the code and ask who it is, and for which pages. Raises Refused."""
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    tokens = _tokens(call, _ask(call, TOKEN, grant), None)
    member = _member(call, tokens)
    view = AccountView(member.platform_account_id, member.username, member.metadata, tokens)
    pages = organizations.administered(Call(call.http, view, call.app, call.now))
    sharing = replace(tokens, extra={_ACCOUNTS: str(len(pages) + 1)})
    connected = [replace(member, tokens=sharing), *(_page(page, member, sharing) for page in pages)]
    return Candidates(tuple(connected)) if len(connected) > 1 else connected[0]


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Not LinkedIn's way: it has no sign-in by credentials."""
    raise Unsupported(
        "platform.linkedin.sign_in", "LinkedIn accounts are connected by LinkedIn's own page: start with connect."
    )


def refresh(call: Call) -> Tokens:
    """A new access token; the refresh token stays, and so does its end. Raises Refused."""
    old = call.tokens
    if not old.refresh:
        raise errors.no_refresh("the connection came without a refresh token")
    if old.refresh_expires_at is not None and old.refresh_expires_at <= call.now:
        raise errors.no_refresh("the refresh token's year is over")
    grant = {"grant_type": "refresh_token", "refresh_token": old.refresh}
    return _tokens(call, _ask(call, TOKEN, grant), old)


def revoke(call: Call) -> None:
    """Give the tokens back; one that LinkedIn knows no more is fine. Raises Refused.

    The grant is the member's, and their pages live by it too: where it has several accounts nothing is asked, so that the
    others stay connected.
    """
    if call.tokens.extra.get(_ACCOUNTS, "1") != "1":
        return
    for token in (call.tokens.refresh, call.tokens.access):
        if not token:
            continue
        try:
            _ask(call, REVOKE, {"token": token})
        except Refused as refused:
            if refused.status not in {400, 401}:
                raise


def _ask(call: Call, url: str, fields: Mapping[str, str]) -> dict[str, Any]:
    named = {**fields, "client_id": call.app.client_id, "client_secret": call.app.client_secret}
    return _wire.ask(call, _wire.post_form(url, named), errors.refusal).json


def _tokens(call: Call, answer: Mapping[str, Any], old: Tokens | None) -> Tokens:
    if not answer.get("access_token"):
        raise AnswerLost("a success of the token endpoint without a token")
    return Tokens(
        access=str(answer["access_token"]),
        refresh=answer.get("refresh_token") or (old.refresh if old else None),
        expires_at=_oauth2.expiry(answer, call.now),
        refresh_expires_at=_refresh_end(call.now, answer, old),
        scopes=tuple(str(answer.get("scope") or "").replace(",", " ").split()),
    )


def _refresh_end(now: datetime, answer: Mapping[str, Any], old: Tokens | None) -> datetime | None:
    """When the refresh token ends: never later than was said before."""
    seconds = answer.get("refresh_token_expires_in")
    said = now + timedelta(seconds=seconds) if isinstance(seconds, int) else None
    known = old.refresh_expires_at if old else None
    return min(said, known) if said and known else said or known


def _member(call: Call, tokens: Tokens) -> Connected:
    request = _wire.get(USERINFO, Authorization=f"Bearer {tokens.access}")
    person = _wire.ask(call, request, errors.refusal).json
    if not person.get("sub"):
        raise AnswerLost("a member without an id")
    name = str(person.get("name") or person["sub"])
    return Connected(
        platform_account_id=f"urn:li:person:{person['sub']}",
        username=name,  # LinkedIn gives applications no public handle of a member
        name=name,
        tokens=tokens,
        picture_url=str(person.get("picture") or ""),
        metadata={"kind": "member", "member": f"urn:li:person:{person['sub']}"},
    )


def _page(page: organizations.Page, member: Connected, tokens: Tokens) -> Connected:
    return Connected(
        platform_account_id=page.urn,
        username=page.vanity_name or page.name,
        name=page.name,
        tokens=tokens,
        metadata={"kind": "organization", "member": member.platform_account_id, "role": page.role},
    )
