"""An account's tokens, sealed: to bytes and back, and what of them its document repeats."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account, Tokens
from shared.ports.vault import Place
from shared.ports.world import Ports

FIELD = "tokens"
_INSTANTS = ("expires_at", "refresh_expires_at")


def place(space: str, account_id: str) -> Place:
    """Where an account's tokens belong: a sealed text moved to another account does not open."""
    return Place(space, account_id, FIELD)


def seal(ports: Ports, space: str, account_id: str, tokens: Tokens) -> str:
    """Persist the tokens; the reference goes into the account's document. Raises vault.VaultError."""
    return ports.vault.seal(place(space, account_id), dump(tokens))


def unseal(ports: Ports, account: Account) -> Tokens:
    """The account's tokens. Raises vault.VaultError."""
    return load(ports.vault.open(place(account.space, account.id), account.sealed))


def dump(tokens: Tokens) -> bytes:
    """JSON; instants as ISO 8601."""
    plain = codec.encode(tokens)
    for name in _INSTANTS:
        plain[name] = plain[name].isoformat() if plain[name] else None
    return json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()


def load(secret: bytes) -> Tokens:
    """What :func:`dump` wrote."""
    plain = json.loads(secret)
    for name in _INSTANTS:
        plain[name] = datetime.fromisoformat(plain[name]) if plain.get(name) else None
    return codec.decode(Tokens, plain)


def repeated(tokens: Tokens, sealed: str) -> dict[str, Any]:
    """The fields of an account's document that follow from its tokens."""
    return {
        "sealed": sealed,
        "scopes": tokens.scopes,
        "expires_at": tokens.expires_at,
        "refresh_expires_at": tokens.refresh_expires_at,
        "refreshable": tokens.refresh is not None,
    }
