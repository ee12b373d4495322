"""The vault port with a key file: the reference is the sealed text itself."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from shared.backends import crypto
from shared.backends.embedded import secretfile
from shared.ports.vault import Keys, Place, VaultUnavailable

SETTLES = timedelta(minutes=10)  # within which what was sealed with the key before is written
_Stamp = tuple[int, int, int]


class EmbeddedVault:
    """Seals with the key in the file at ``key_path`` (made on first use, mode 0600).

    The file is ``{"newest": id, "keys": {id: hex}}``: several keys allow rotation. Whoever loses it has lost every
    secret sealed with it. Raises VaultUnavailable when the file cannot be read, or others may read it.
    """

    def __init__(self, key_path: str | os.PathLike[str]) -> None:
        self._path = Path(key_path)
        self._lock = threading.Lock()
        self._keys: crypto.Keyring | None = None
        self._read_at: _Stamp | None = None

    def seal(self, place: Place, secret: bytes) -> str:
        """The sealed text. Raises SecretTooLarge, VaultUnavailable."""
        return crypto.seal(self._keyring(), place, secret)

    def open(self, place: Place, reference: str) -> bytes:
        """The secret. Raises SecretGone, SecretForged, VaultUnavailable."""
        return crypto.open_(self._keyring(), place, reference)

    def destroy(self, place: Place, reference: str) -> None:
        """Nothing to do: deleting the document's field destroys the secret."""

    def keys(self) -> Keys:
        """The file's keys. Raises VaultUnavailable."""
        ring = self._keyring()
        try:
            changed = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        except OSError as error:
            raise VaultUnavailable(f"the key file: {error}") from error
        return Keys(ring.newest, ring.ids, changed + SETTLES)

    def key_of(self, reference: str) -> str:
        """The id of its key. Raises SecretForged."""
        return crypto.key_of(reference)

    def rewrap(self, place: Place, reference: str) -> str | None:
        """Sealed with the newest key; None when it is. Raises SecretGone, SecretForged, VaultUnavailable."""
        ring = self._keyring()
        if crypto.key_of(reference) == ring.newest:
            return None
        return crypto.seal(ring, place, crypto.open_(ring, place, reference))

    def rotate(self) -> str:
        """Add a key, which seals from now on, in all processes on this file. Raises VaultUnavailable."""
        made = _fresh()
        self._change(lambda content: {"newest": made["newest"], "keys": {**content["keys"], **made["keys"]}})
        return str(made["newest"])

    def retire(self, key: str) -> None:
        """Take a key out of the file. Raises ValueError for the newest, VaultUnavailable."""
        self._change(lambda content: crypto.without(content, key))

    def _change(self, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> None:
        """One process at a time, each upon what the one before wrote."""
        self._keyring()
        lock = self._path.with_name(f".{self._path.name}.lock")
        try:
            with secretfile.locked(lock):
                before = json.loads(self._read())
                after = change(before)
                if after != before:
                    secretfile.replace(self._path, json.dumps(after).encode())
        except OSError as error:
            raise VaultUnavailable(f"the key file: {error}") from error

    def _keyring(self) -> crypto.Keyring:
        """The file's keys as they are now: another process may have added one since we read them."""
        with self._lock:
            stamp = self._stamp()
            if self._keys is None or stamp not in (None, self._read_at):
                self._keys = _parse(self._path, self._read())
                self._read_at = stamp
            return self._keys

    def _stamp(self) -> _Stamp | None:
        """What tells one content of the file from another; None without a file."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _read(self) -> bytes:
        try:
            return secretfile.read_or_make(self._path, lambda: json.dumps(_fresh()).encode())
        except OSError as error:
            raise VaultUnavailable(f"the key file: {error}") from error


def _parse(path: Path, content: bytes) -> crypto.Keyring:
    try:
        made = json.loads(content)
        return crypto.Keyring({name: bytes.fromhex(key) for name, key in made["keys"].items()}, made["newest"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultUnavailable(f'{path} is no key file: {{"newest": id, "keys": {{id: 64 hex digits}}}}') from None


def _fresh() -> dict[str, Any]:
    key = os.urandom(crypto.KEY_BYTES)
    name = crypto.key_id(key)
    return {"newest": name, "keys": {name: key.hex()}}
