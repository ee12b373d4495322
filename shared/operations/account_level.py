"""What belongs to the whole account (webhooks, the events log) is kept from callers who see some brands only."""

from __future__ import annotations

from shared.domain.callers import Caller
from shared.domain.errors import Forbidden


def check(caller: Caller, scope: str) -> None:
    """Raises Forbidden: a caller bound to brands would learn of the others' through it, whatever its scopes."""
    if caller.brand_ids:
        text = f"{scope} covers all brands: use a key that is not bound to some of them."
        raise Forbidden("auth.insufficient_scope", text, required_scope=scope)
