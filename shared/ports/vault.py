"""The vault port: where tokens and other secrets of an account lie, sealed.

Everything is sealed with AES-256-GCM before it leaves the process; the associated data binds workspace, account and
field, so that a ciphertext moved to another place does not open. Where the sealed text lies is the vault's setting:
``store`` (the reference *is* the sealed text, kept in the account's document) or ``secret_manager`` (the reference
names a secret version).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MAX_SECRET_BYTES = 65_536  # Secret Manager's limit, https://cloud.google.com/secret-manager/quotas (2026-11)


@dataclass(frozen=True, slots=True)
class Place:
    """What a secret belongs to. All three are bound into the ciphertext."""

    workspace: str
    account: str
    field: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The sealing keys by their ids, which are no secrets: ``newest`` seals, all of ``ids`` open.

    ``settled_at``: from then on no running process seals with an older one (a process may look for new keys only now and
    then, and what it sealed has to be written).
    """

    newest: str
    ids: tuple[str, ...]
    settled_at: datetime


class Vault(Protocol):
    """Seal, open, destroy; and, for operators, exchange the keys. Thread safe."""

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

    def keys(self) -> Keys:
        """The sealing keys as they are now, made where there are none yet. Raises VaultUnavailable."""

    def key_of(self, reference: str) -> str:
        """The id of the key that the secret is sealed with, read off the reference. Raises SecretForged, SecretGone."""

    def rewrap(self, place: Place, reference: str) -> str | None:
        """The same secret sealed with the newest key, where the vault's setting says; None when it is so already.

        The old reference opens as before: destroy it once the document holds the new one, or the new one if it never
        does. Raises what :meth:`open` and :meth:`seal` raise.
        """

    def rotate(self) -> str:
        """Add a key, which seals from now on, and answer its id. Every process follows by itself, and opens at once what
        another sealed with it. At once by several, none of their keys is lost. Raises VaultUnavailable."""

    def retire(self, key: str) -> None:
        """Forget a key: what is still sealed with it is lost (SecretGone), so rewrap first. One that there is not (any more)
        is fine. Raises ValueError for the newest, VaultUnavailable."""


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
