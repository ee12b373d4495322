"""The vault port: where tokens and other secrets of an account lie, sealed.

Everything is sealed with AES-256-GCM before it leaves the process; the associated data binds workspace, account and
field, so that a ciphertext moved to another place does not open. Where the sealed text lies is the vault's setting:
``store`` (the reference *is* the sealed text, kept in the account's document) or ``secret_manager`` (the reference
names a secret version).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

MAX_SECRET_BYTES = 65_536  # Secret Manager's limit, https://cloud.google.com/secret-manager/quotas (2026-11)


@dataclass(frozen=True, slots=True)
class Place:
    """What a secret belongs to. All three are bound into the ciphertext."""

    workspace: str
    account: str
    field: str


class Vault(Protocol):
    """Seal, open, destroy. Thread safe."""

    def seal(self, place: Place, secret: bytes) -> str:
        """Persist the secret and answer a reference to keep in a document (safe to log: it is never the plaintext).

        Sealing again makes a new reference; the old one opens until it is destroyed. Raises SecretTooLarge,
        VaultUnavailable.
        """

    def open(self, place: Place, reference: str) -> bytes:
        """The secret. Raises SecretGone (destroyed, or its key is), SecretForged (wrong place or altered text),
        VaultUnavailable."""

    def destroy(self, place: Place, reference: str) -> None:
        """Make the reference unopenable where the vault can (a no-op for ``store``: deleting the document's field
        does it). Absent references are fine. Raises VaultUnavailable."""


class VaultError(Exception):
    """Root of the vault's errors. Messages never carry the secret."""


class SecretTooLarge(VaultError):
    """Over 64 KiB."""


class SecretGone(VaultError):
    """The reference or its key was destroyed: the account must be connected again."""


class SecretForged(VaultError):
    """The sealed text does not belong to this place, or was altered."""


class VaultUnavailable(VaultError):
    """The vault did not answer clearly."""
