"""What a caller must be allowed to do before an operation begins: full access, or a scope.

The engine asks the same of each route; operations ask again, because not every way to them leads through one route.
"""

from __future__ import annotations

from shared.domain.callers import ACCOUNT_LEVEL, Caller
from shared.domain.errors import Forbidden


def full_access(caller: Caller, what: str) -> None:
    """Raises Forbidden for a restricted caller. ``what``: the things that it takes full access for (``Brands``)."""
    if caller.restricted:
        text = f"{what} are managed with a key of full access (one without scopes and brands)."
        raise Forbidden("auth.insufficient_scope", text)


def scope(caller: Caller, needed: str, what: str = "This") -> None:
    """Raises Forbidden for a caller without this scope; those of the whole workspace are kept from callers of some brands,
    who would learn of the others' through them. ``what`` takes it."""
    if caller.may(needed):
        return
    text = f"{what} takes the scope {needed}, which this caller lacks."
    if caller.brand_ids and needed in ACCOUNT_LEVEL:
        text = f"{needed} covers all brands: use a key that is not bound to some of them."
    raise Forbidden("auth.insufficient_scope", text, required_scope=needed)
