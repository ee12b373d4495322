"""The simulated sessions: createSession, getSession, refreshSession, deleteSession, getServiceAuth, resolveHandle.

An account that nobody seeded comes into being at its first sign-in with a well-formed app password
(``xxxx-xxxx-xxxx-xxxx``), so that anyone can try the sandbox. An account has as many app passwords as it likes: any
well-formed one signs such an account in, while a seeded account takes its own only.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import regex

from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.platforms.bluesky.simulator_schema import DID, HANDLE
from shared.ports.http import Response

_APP_PASSWORD = regex.compile(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}")
_HANDLE = regex.compile(HANDLE)
_ATPROTO_DID = regex.compile(rf"{DID}(#[A-Za-z0-9_-]+)?")
_SIGN_IN_LIMITS = ((300, 86_400), (30, 300))
_HOUR, _MINUTE = 3600, 60


def create(ask: Ask) -> Response:
    """com.atproto.server.createSession"""
    body = ask.json("identifier", "password")
    identifier, password = str(body["identifier"]).lower(), str(body["password"])
    headers = core.consume(ask, _SIGN_IN_LIMITS, f"sign-in.{hashlib.sha256(identifier.encode()).hexdigest()[:24]}", 1)
    account = core.find_account(ask.world, identifier) or _newcomer(ask, identifier, password)
    if account is None or not _may_sign_in(ask, account, password):
        raise Fail(401, "AuthenticationRequired", "Invalid identifier or password", headers)
    if account.get("taken_down"):
        raise Fail(401, "AccountTakedown", "Account has been taken down", headers)
    return answer(_session(ask, account, _new_token(ask, account["did"])), 200, headers)


def _newcomer(ask: Ask, identifier: str, password: str) -> dict[str, Any] | None:
    if not _HANDLE.fullmatch(identifier) or not _APP_PASSWORD.fullmatch(password):
        return None
    if identifier.endswith(f".{core.OWN_PDS}") != (ask.host == core.OWN_PDS):
        return None
    pds = core.OWN_PDS if ask.host == core.OWN_PDS else core.ASSIGNED_PDS
    return core.create_account(ask.world, identifier, pds, "")


def _may_sign_in(ask: Ask, account: dict[str, Any], password: str) -> bool:
    at_home = ask.host == account["pds"] or (ask.host == core.ENTRYWAY and account["pds"] == core.ASSIGNED_PDS)
    if not account["password"]:
        return at_home and bool(_APP_PASSWORD.fullmatch(password))
    return at_home and hashlib.sha256(password.encode()).hexdigest() == account["password"]


def get(ask: Ask) -> Response:
    """com.atproto.server.getSession"""
    return answer(_described(core.authenticate(ask)))


def refresh(ask: Ask) -> Response:
    """com.atproto.server.refreshSession: the old token answers for two more hours, always with the same successor."""
    jti, token = _refresh_token(ask)
    account = ask.world.get("bluesky.account", token["did"])
    if account is None:
        raise Fail(400, "InvalidRequest", f"Could not find user info for account: {token['did']}")
    if account.get("taken_down"):
        raise Fail(401, "AccountTakedown", "Account has been taken down")
    successor = token.get("next") or _new_token(ask, token["did"])
    grace = min(datetime.fromisoformat(token["expires_at"]), ask.now + core.REFRESH_GRACE)
    ask.world.put("bluesky.refresh", jti, {**token, "next": successor, "expires_at": grace.isoformat()})
    return answer(_session(ask, account, successor))


def delete(ask: Ask) -> Response:
    """com.atproto.server.deleteSession"""
    typ, claims = core.read_jwt(core.bearer(ask)) or ("", {})
    if typ != "refresh+jwt":
        raise Fail(400, "InvalidToken", "Token could not be verified")
    ask.world.delete("bluesky.refresh", claims["jti"])
    return answer(None)


def _refresh_token(ask: Ask) -> tuple[str, dict[str, Any]]:
    typ, claims = core.read_jwt(core.bearer(ask)) or ("", {})
    if typ != "refresh+jwt":
        raise Fail(400, "InvalidToken", "Token could not be verified")
    if claims["exp"] <= ask.now.timestamp():
        raise Fail(400, "ExpiredToken", "Token has expired")
    known = ask.world.get("bluesky.refresh", claims["jti"])
    if known is None or datetime.fromisoformat(known["expires_at"]) <= ask.now:
        raise Fail(400, "ExpiredToken", "Token has been revoked")
    return claims["jti"], known


def _new_token(ask: Ask, did: str) -> str:
    number = ask.world.serial("bluesky.refresh")
    jti = hashlib.sha256(f"{did} {number}".encode()).hexdigest()[:32]
    expires = ask.now + core.REFRESH_LIFE
    ask.world.put("bluesky.refresh", jti, {"did": did, "expires_at": expires.isoformat()})
    return jti


def _session(ask: Ask, account: dict[str, Any], jti: str) -> dict[str, Any]:
    return {**core.session_tokens(ask.world, account, jti), **_described(account)}


def _described(account: dict[str, Any]) -> dict[str, Any]:
    return {
        "did": account["did"],
        "handle": account["handle"],
        "didDoc": _did_document(account),
        "email": f"{account['did'][-8:]}@sandbox.rostrum.test",
        "emailConfirmed": not account.get("email_unconfirmed", False),
        "emailAuthFactor": False,
        "active": True,
    }


def _did_document(account: dict[str, Any]) -> dict[str, Any]:
    service = {
        "id": "#atproto_pds",
        "type": "AtprotoPersonalDataServer",
        "serviceEndpoint": f"https://{account['pds']}",
    }
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account["did"],
        "alsoKnownAs": [f"at://{account['handle']}"],
        "verificationMethod": [],
        "service": [service],
    }


def service_auth(ask: Ask) -> Response:
    """com.atproto.server.getServiceAuth"""
    account = core.authenticate(ask)
    audience, lxm = ask.param("aud"), (ask.query.get("lxm") or [""])[0]
    if not _ATPROTO_DID.fullmatch(audience):
        raise Fail(400, "InvalidRequest", "aud must be a valid atproto DID or did#serviceId reference")
    now = int(ask.now.timestamp())
    expires = int((ask.query.get("exp") or [str(now + _MINUTE)])[0])
    if expires < now:
        raise Fail(400, "BadExpiration", "expiration is in past")
    if expires > now + _HOUR:
        text = "cannot request a token with an expiration more than an hour in the future"
        raise Fail(400, "BadExpiration", text)
    if not lxm and expires > now + _MINUTE:
        text = "cannot request a method-less token with an expiration more than a minute in the future"
        raise Fail(400, "BadExpiration", text)
    claims = {"iat": now, "iss": account["did"], "aud": audience, "exp": expires, **({"lxm": lxm} if lxm else {})}
    return answer({"token": core.jwt("JWT", claims)})


def resolve_handle(ask: Ask) -> Response:
    """com.atproto.identity.resolveHandle"""
    handle = ask.param("handle").lower()
    if not _HANDLE.fullmatch(handle):
        raise Fail(400, "InvalidRequest", f'Error: Params/handle must be a valid handle (got "{handle}")')
    account = core.find_account(ask.world, handle)
    if account is None:
        raise Fail(400, "InvalidRequest", "Unable to resolve handle")
    return answer({"did": account["did"]})
