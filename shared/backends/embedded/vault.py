"""The vault port with a key file: the reference is the sealed text itself."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from shared.backends import crypto
from shared.backends.embedded import secretfile
from shared.ports.vault import Place, VaultUnavailable


class EmbeddedVault:
    """Seals with the key in the file at ``key_path`` (made on first use, mode 0600).

    The file is ``{"newest": id, "keys": {id: hex}}``: several keys allow rotation. Whoever loses it has lost every
    secret sealed with it. Raises VaultUnavailable when the file cannot be read, or others may read it.
    """

    def __init__(self, key_path: str | os.PathLike[str]) -> None:
        self._path = Path(key_path)
        self._lock = threading.Lock()
        self._keys: crypto.Keyring | None = None

    def seal(self, place: Place, secret: bytes) -> str:
        """The sealed text. Raises SecretTooLarge, VaultUnavailable."""
        return crypto.seal(self._keyring(), place, secret)

    def open(self, place: Place, reference: str) -> bytes:
        """The secret. Raises SecretGone, SecretForged, VaultUnavailable."""
        return crypto.open_(self._keyring(), place, reference)

    def destroy(self, place: Place, reference: str) -> None:
        """Nothing to do: deleting the document's field destroys the secret."""

    def rotate(self) -> None:
        """Add a key, which seals from now on in this process, and in others when they start again; older ones open."""
        with self._lock:
            content = json.loads(self._read())
            made = _fresh()
            keys = {**content["keys"], **made["keys"]}
            secretfile.replace(self._path, json.dumps({"newest": made["newest"], "keys": keys}).encode())
            self._keys = None

    def _keyring(self) -> crypto.Keyring:
        with self._lock:
            if self._keys is None:
                self._keys = _parse(self._path, self._read())
            return self._keys

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
