"""Who is calling: one API key, of one workspace, in one mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["test", "live"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A resolved caller. Empty ``scopes`` mean all of them.

    ``space`` roots every store path of the caller: a workspace's test and live data never meet.
    """

    workspace: str
    mode: Mode
    key_id: str
    scopes: tuple[str, ...] = ()

    @property
    def space(self) -> str:
        return f"{self.workspace}.{self.mode}"

    @property
    def sandbox(self) -> bool:
        return self.mode == "test"

    def may(self, scope: str) -> bool:
        """Whether the key has this scope."""
        return not self.scopes or scope in self.scopes
