"""Who is calling: an API key, a signed-in person or a token of a trusted issuer; of one workspace, in one mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["test", "live"]
Kind = Literal["key", "session", "token"]
ACCOUNT_LEVEL = (
    "webhooks:manage",
    "analytics:read",
)  # scopes of the whole workspace: no caller of some brands has them
EXPLICIT = frozenset({"tokens:read"})  # scopes that full access does not include: they must be named


@dataclass(frozen=True, slots=True)
class Caller:
    """A resolved caller. Empty ``scopes`` mean all of them, empty ``brand_ids`` all brands.

    ``space`` roots every store path of the caller: a workspace's test and live data never meet. ``kind``: an API key, a
    person's session, or a JWT of an issuer that this installation trusts. ``user_id``: the person, where there is one;
    ``roles``: what a token says they are.
    """

    workspace: str
    mode: Mode
    key_id: str
    scopes: tuple[str, ...] = ()
    brand_ids: tuple[str, ...] = ()
    kind: Kind = "key"
    user_id: str = ""
    roles: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        return f"{self.workspace}.{self.mode}"

    @property
    def sandbox(self) -> bool:
        return self.mode == "test"

    @property
    def restricted(self) -> bool:
        """Whether something is kept from this caller: a scope or a brand."""
        return bool(self.scopes or self.brand_ids)

    @property
    def actor(self) -> str:
        """Who did it, for histories: the person if there is one, else the key."""
        return self.user_id or self.key_id

    def may(self, scope: str) -> bool:
        """Whether the caller has this scope. Full access has all but those of ``EXPLICIT``; what is of the whole workspace
        (``ACCOUNT_LEVEL``), a caller of some brands has not."""
        if self.brand_ids and scope in ACCOUNT_LEVEL:
            return False
        return scope in self.scopes or (not self.scopes and scope not in EXPLICIT)

    def sees(self, brand_id: str) -> bool:
        """Whether the caller may know of what belongs to this brand."""
        return not self.brand_ids or brand_id in self.brand_ids
