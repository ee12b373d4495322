"""Connecting an account: a session made with an app password, refreshed and ended.

The app password is used once and not kept: the refresh token lives 90 days, rotates at each use, and the one before it
answers for two more hours (packages/pds/src/account-manager, d6296a1), so a lost answer to a refresh costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.domain.accounts import Connected, Tokens
from shared.domain.errors import Invalid, Unsupported
from shared.platforms import _wire
from shared.platforms.bluesky import errors, wire
from shared.platforms.contract import App, Call, Refused
from shared.ports.http import AnswerLost, HttpFailure, Request

_INVISIBLE = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"


def authorize_url(app: App, redirect_uri: str, state: str, challenge: str, scopes: Sequence[str]) -> str:
    """Not here: raises Unsupported."""
    raise Unsupported("platform.bluesky.no_redirect", "Bluesky accounts connect with identifier and app_password")


def exchange(call: Call, code: str, redirect_uri: str, verifier: str) -> Connected:
    """Not here: raises Unsupported."""
    raise Unsupported("platform.bluesky.no_redirect", "Bluesky accounts connect with identifier and app_password")


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Make a session. ``metadata.service`` becomes the account's PDS, which every later call goes to."""
    service = _service(credentials)
    body = {"identifier": _identifier(credentials), "password": _field(credentials, "app_password")}
    url = wire.method(service, "com.atproto.server.createSession")
    session = _wire.ask(call, _wire.post_json(url, body), errors.sign_in_refusal).json
    did, handle = session.get("did"), session.get("handle")
    if not isinstance(did, str) or not isinstance(handle, str) or not did or not handle:
        raise AnswerLost("a session without did and handle")
    profile = _profile(call, did)
    return Connected(
        platform_account_id=did,
        username=handle,
        name=str(profile.get("displayName") or handle),
        tokens=_tokens(session),
        picture_url=str(profile.get("avatar") or ""),
        metadata={"service": _home(session, service)},
    )


def _home(session: Mapping[str, Any], service: str) -> str:
    """Where every later call goes: the PDS that the DID document names. But a service given by plain http can only be
    a host that this installation was told it may reach: at home, the PDS's public name often leads nowhere."""
    return service if service.startswith("http://") else wire.pds(session) or service


def refresh(call: Call) -> Tokens:
    """The next pair of tokens. The old refresh token dies two hours later."""
    session = _wire.ask(call, _session_request(call, "refreshSession"), errors.session_refusal).json
    return _tokens(session)


def revoke(call: Call) -> None:
    """End the session; one that has ended already is fine."""
    try:
        _wire.ask(call, _session_request(call, "deleteSession"), errors.session_refusal)
    except Refused as refused:
        if not refused.row.reconnect:
            raise


def _session_request(call: Call, name: str) -> Request:
    service = str(call.who.metadata.get("service") or wire.ENTRYWAY)
    headers = {"Authorization": f"Bearer {call.tokens.refresh or ''}"}
    return Request("POST", wire.method(service, f"com.atproto.server.{name}"), headers)


def _tokens(session: Mapping[str, Any]) -> Tokens:
    access, refresh_token = session.get("accessJwt"), session.get("refreshJwt")
    if not isinstance(access, str) or not isinstance(refresh_token, str):
        raise AnswerLost("a session without its tokens")
    return Tokens(
        access=access,
        refresh=refresh_token,
        expires_at=wire.jwt_expiry(access),
        refresh_expires_at=wire.jwt_expiry(refresh_token),
    )


def _profile(call: Call, did: str) -> Mapping[str, Any]:
    """Name and picture, as far as the AppView knows the account: a nicety that must not fail a sign-in."""
    request = _wire.get(wire.method(wire.APPVIEW, "app.bsky.actor.getProfile"), {"actor": did})
    try:
        return _wire.ask(call, request, errors.refusal).json
    except (Refused, HttpFailure):
        return {}


def _identifier(credentials: Mapping[str, str]) -> str:
    """The identifier as people paste it: without ``@``, and without the marks that copying a profile name brings."""
    given = _field(credentials, "identifier").translate(dict.fromkeys(map(ord, _INVISIBLE)))
    return given.strip().removeprefix("@")


def _service(credentials: Mapping[str, str]) -> str:
    given = credentials.get("service") or wire.ENTRYWAY
    service = wire.origin(str(given))
    if service is None:
        raise Invalid(
            "validation.field_invalid",
            "metadata.service: give the address of the account's PDS, like https://pds.example.org",
            field="metadata.service",
        )
    return service


def _field(credentials: Mapping[str, str], name: str) -> str:
    value = credentials.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Invalid("validation.field_required", f"metadata.{name}: required to connect", field=f"metadata.{name}")
    return value.strip()
