"""Signing in to the plain network: a name is enough."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.accounts import Connected, Tokens
from shared.platforms.contract import Call


def sign_in(call: Call, credentials: Mapping[str, str]) -> Connected:
    """Every name has an account, with a token that never ends."""
    name = credentials["name"]
    return Connected(name, name, name, Tokens(f"plain-token-of-{name}-0123456789"))


def refresh(call: Call) -> Tokens:
    """Tokens never end."""
    return call.tokens


def revoke(call: Call) -> None:
    """Nothing to give back."""
