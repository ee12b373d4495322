"""Who is calling: from an Authorization header to a caller, with one read."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Unauthenticated
from shared.domain.keys import ApiKey, key_path, mode_of
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
    _note_use(ports, doc.path, key.last_used_at)
    return Caller(key.workspace, key.mode, key.id, key.scopes, key.brand_ids)


def _note_use(ports: Ports, path: str, last: datetime | None) -> None:
    now = ports.clock.now()
    if last is not None and now - last < USED_EVERY:
        return
    with suppress(StoreError):  # nice to know, never a reason to refuse a request
        ports.store.commit([Write("update", path, {"last_used_at": now})])
