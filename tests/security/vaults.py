"""The vaults that secrets really lie in: a key file, and Secret Manager in both its modes (on the emulator in this process)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, cast

from shared.backends.embedded.vault import EmbeddedVault
from shared.backends.gcp import keyring
from shared.backends.gcp.vault import SETTLES, SecretManagerVault
from shared.ports.vault import Place, SecretForged, SecretGone, Vault
from tests.contract.emulators import secrets
from tests.contract.gcp.clock import StillClock

KINDS = ("key file", "store", "secret_manager")


@dataclass
class Keeper:
    """Where the keys and secrets of one installation lie; :meth:`vault` is what a process of it has."""

    kind: str
    folder: Path
    project: str = field(default_factory=lambda: f"p-{uuid.uuid4().hex[:12]}")
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        if self.kind != "key file":
            secrets.running().secrets[f"projects/{self.project}/secrets/keyring"] = []
            keyring.rotate(self.project, "keyring", emulator=secrets.running().address)

    def vault(self) -> Vault:
        """Another process's: the same keys, its own memory."""
        if self.kind == "key file":
            return EmbeddedVault(self.folder / "vault.key")
        mode = cast(Any, self.kind)
        return SecretManagerVault(self.project, "keyring", self.clock, mode=mode, emulator=secrets.running().address)

    def settle(self) -> None:
        """Let so much time pass that no process seals with an older key than the newest (``Keys.settled_at``)."""
        self.clock.sleep(SETTLES.total_seconds())

    def payload(self, reference: str) -> Any:
        """The version in Secret Manager that the reference names; somebody with rights there could exchange its ``data``."""
        _, name, version, *_ = reference.split(":")
        return secrets.running().secrets[f"projects/{self.project}/secrets/{name}"][int(version) - 1]


def places(each: int) -> list[Place]:
    """``each`` workspaces × accounts × fields, among them names that would read the same if only put side by side."""
    odd = ("a", "ab", "b", "a|1:b", "1:a", "", "ü", "ws_1", "ws_1.test")[:each]
    return [Place(*parts) for parts in product(odd, repeat=3)]


def opens(vault: Vault, place: Place, reference: str) -> bool:
    """Whether it opens there; whatever else goes wrong is no answer."""
    try:
        vault.open(place, reference)
    except (SecretForged, SecretGone):
        return False
    return True


def turned(text: str) -> Iterator[str]:
    """The text with each bit of it turned, as far as it stays ASCII."""
    raw = text.encode()
    for at in range(len(raw)):
        for bit in range(7):
            yield (raw[:at] + bytes([raw[at] ^ (1 << bit)]) + raw[at + 1 :]).decode()
