"""Who is calling: an API key, a person's session, or a JWT; each resolves to one caller of one workspace and mode."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain import codec, roles, signins
from shared.domain.callers import Caller, Kind, Mode
from shared.domain.errors import Broken, Forbidden, Unauthenticated
from shared.domain.keys import ApiKey, key_path, mode_of
from shared.domain.signins import Session
from shared.domain.users import User, user_id, user_path
from shared.domain.workspaces import workspace_path
from shared.operations import lookup
from shared.ports.identity import Claims, IdentityUnavailable, TokenRefused
from shared.ports.store import StoreError, Write
from shared.ports.world import Ports

USED_EVERY = timedelta(minutes=15)  # how stale ``last_used_at`` may be: a write per request would double its cost


def bearer(header: str | None) -> str:
    """The token of an Authorization header. Raises Unauthenticated (missing_header, empty_token, invalid_key)."""
    if header is None or not header.strip():
        raise Unauthenticated("auth.missing_header", "Send the header `Authorization: Bearer <your API key>`.")
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("auth.invalid_key", "The Authorization header must start with `Bearer `.")
    return token.strip()


def resolve(ports: Ports, token: str, mode: Mode = "live") -> Caller:
    """The caller behind whatever a header carries: an API key, a session's token, a JWT.

    ``mode`` counts for people and JWTs; a key has its own. Raises Unauthenticated, Forbidden (a JWT without any of the
    roles), Broken (nobody can tell now whether a JWT is good), store.Unavailable.
    """
    if token.startswith(signins.SESSION_PREFIX):
        return by_session(ports, token, mode)
    if token.count(".") == 2:
        return by_jwt(ports, token, mode)
    return authenticate(ports, token)


def authenticate(ports: Ports, token: str) -> Caller:
    """The caller behind an API key. A revoked key is refused from the next request on.

    Raises Unauthenticated: ``auth.empty_token``, ``auth.invalid_key`` (malformed ones without reading the store);
    store.Unavailable.
    """
    if not token:
        raise Unauthenticated(
            "auth.empty_token", "The Authorization header names no key: `Authorization: Bearer <key>`."
        )
    mode = mode_of(token)
    doc = ports.store.get(key_path(token)) if mode else None
    key = codec.of(ApiKey, doc) if doc else None
    if doc is None or key is None or not key.is_active or key.mode != mode:
        raise Unauthenticated("auth.invalid_key", "This API key is not valid: check it for a typo, or create another.")
    _note_use(ports, doc.path, "last_used_at", key.last_used_at)
    return Caller(key.workspace, key.mode, key.id, key.scopes, key.brand_ids)


def by_session(ports: Ports, token: str, mode: Mode = "live") -> Caller:
    """The person whose session this is. Two reads: what was ended or deleted counts from the next request on.

    Raises Unauthenticated (``auth.invalid_token``, ``auth.user_not_found``), store.Unavailable.
    """
    doc = ports.store.get(signins.session_path(token)) if signins.is_session(token) else None
    session = codec.of(Session, doc) if doc else None
    if doc is None or session is None or session.ends_at() <= ports.clock.now():
        raise Unauthenticated("auth.invalid_token", "This session has ended: sign in again.")
    user = _user(ports, session.user_id)
    if user is None or user.created_at > session.created_at:  # deleted, and perhaps signed up again since
        raise Unauthenticated("auth.user_not_found", "The person of this session is gone: sign in again.")
    _note_use(ports, doc.path, "seen_at", session.seen_at)
    return _person(user, mode, doc.id, "session")


def by_jwt(ports: Ports, token: str, mode: Mode = "live") -> Caller:
    """The caller whom a JWT names: a person with a Google ID token, or whoever the configured issuer says.

    Raises Unauthenticated (``auth.invalid_token``, ``auth.not_provisioned``), Forbidden, Broken, store.Unavailable.
    """
    claims = verified(ports, token)
    if claims.trusted:
        return _of_issuer(ports, claims, mode)
    user = _user(ports, user_id(claims.issuer, claims.subject))
    if user is None:
        text = "Nobody signed in here with this Google account yet: begin at GET /v1/auth/google."
        raise Unauthenticated("auth.not_provisioned", text)
    return _person(user, mode, "", "token")


def verified(ports: Ports, token: str) -> Claims:
    """What a JWT says. Raises Unauthenticated (``auth.invalid_token``), Broken (its issuer's keys cannot be had)."""
    if ports.identity is None:
        raise Unauthenticated("auth.invalid_token", "This installation takes API keys only, no JWTs.")
    try:
        return ports.identity.verify(token)
    except TokenRefused as refused:
        raise Unauthenticated("auth.invalid_token", f"The token is not accepted: {refused}.") from None
    except IdentityUnavailable as error:
        text = "The token cannot be checked just now, because its issuer does not answer. Send the request again."
        raise Broken("system.unavailable", text) from error


def _of_issuer(ports: Ports, claims: Claims, mode: Mode) -> Caller:
    named = roles.known(claims.roles)
    if not named:
        text = f"The token names none of the roles that may do anything here: {', '.join(roles.TOKEN_ROLES)}."
        raise Forbidden("auth.insufficient_scope", text, required_roles=list(roles.TOKEN_ROLES))
    tenant = claims.tenant
    if not lookup.plain(tenant) or ports.store.get(workspace_path(tenant)) is None:
        text = "The token's tenant is no workspace of this installation: its tenant claim has to be a workspace's id."
        raise Unauthenticated("auth.not_provisioned", text)
    person = user_id(claims.issuer, claims.subject)
    return Caller(tenant, mode, "", roles.scopes_of(named), kind="token", user_id=person, roles=named)


def _person(user: User, mode: Mode, session: str, kind: Kind) -> Caller:
    scopes = tuple(sorted(roles.USER_ROLES[user.role]))
    return Caller(user.workspace, mode, session, scopes, kind=kind, user_id=user.id)


def _user(ports: Ports, id: str) -> User | None:
    doc = ports.store.get(user_path(id))
    return codec.of(User, doc) if doc else None


def _note_use(ports: Ports, path: str, field: str, last: datetime | None) -> None:
    now = ports.clock.now()
    if last is not None and now - last < USED_EVERY:
        return
    with suppress(StoreError):  # nice to know, never a reason to refuse a request
        ports.store.commit([Write("update", path, {field: now})])
