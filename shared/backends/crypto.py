"""Sealing: AES-256-GCM bound to the place a secret belongs to, with keys that can be rotated.

A sealed text is ``v1.{key id}.{base64url of nonce and ciphertext}``. Nonces are 96 random bits: with one key, seal no
more than 2^32 secrets (NIST SP 800-38D section 8.3), so rotate long before.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from typing import Any

from shared.ports.vault import MAX_SECRET_BYTES, Place, SecretForged, SecretGone, SecretTooLarge

KEY_BYTES = 32
_NONCE_BYTES = 12
_SEALED = re.compile(r"v1\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]+)")


class Keyring:
    """Keys by id: ``newest`` seals, all open. A key's id is no secret (:func:`key_id` makes one)."""

    def __init__(self, keys: Mapping[str, bytes], newest: str) -> None:
        if newest not in keys:
            raise ValueError(f"keyring: the newest key {newest!r} is not among its keys")
        for name, key in keys.items():
            if len(key) != KEY_BYTES:
                raise ValueError(f"keyring: key {name!r} has {len(key)} bytes, AES-256 takes {KEY_BYTES}")
        self._keys, self.newest = dict(keys), newest

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all keys."""
        return tuple(self._keys)

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._keys)})"

    def key(self, name: str) -> bytes:
        """The key of that id. Raises SecretGone when there is none (any more)."""
        if name not in self._keys:
            raise SecretGone(f"the key {name} is gone: the account must be connected again")
        return self._keys[name]


def key_id(key: bytes) -> str:
    """A name for a key that tells nothing about it."""
    return hashlib.sha256(b"key id" + key).hexdigest()[:12]


def seal(keyring: Keyring, place: Place, secret: bytes) -> str:
    """The secret as sealed text, fresh each time. Raises SecretTooLarge."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(secret) > MAX_SECRET_BYTES:
        raise SecretTooLarge(f"{len(secret)} bytes, the limit is {MAX_SECRET_BYTES}")
    nonce = os.urandom(_NONCE_BYTES)
    box = AESGCM(keyring.key(keyring.newest)).encrypt(nonce, secret, _bound(place))
    return f"v1.{keyring.newest}.{base64.urlsafe_b64encode(nonce + box).decode().rstrip('=')}"


def open_(keyring: Keyring, place: Place, sealed: str) -> bytes:
    """The secret again. Raises SecretGone (its key is), SecretForged (another place, or altered)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    found = _SEALED.fullmatch(sealed)
    if found is None:
        raise SecretForged("not a sealed text")
    raw = _decoded(found[2])
    try:
        return AESGCM(keyring.key(found[1])).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(place))
    except (InvalidTag, ValueError):
        raise SecretForged("the sealed text belongs to another place, or was altered") from None


def key_of(sealed: str) -> str:
    """The id of the key that the text was sealed with. Raises SecretForged."""
    found = _SEALED.fullmatch(sealed)
    if found is None:
        raise SecretForged("not a sealed text")
    return found[1]


def without(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A keyring's JSON without that key. Raises ValueError for the newest."""
    if key == content["newest"]:
        raise ValueError(f"{key} is the newest key, which seals: rotate first")
    return {**content, "keys": {name: digits for name, digits in content["keys"].items() if name != key}}


def _decoded(text: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise SecretForged("not a sealed text") from None
    # Base64 ignores the last character's spare bits; an altered text must not open, whichever bit it was.
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != text:
        raise SecretForged("the sealed text was altered")
    return raw


def _bound(place: Place) -> bytes:
    """``v1|workspace|account|field``, each with its length, so that no two places read the same."""
    parts = (part.encode() for part in (place.workspace, place.account, place.field))
    return b"v1|" + b"|".join(b"%d:%s" % (len(part), part) for part in parts)
