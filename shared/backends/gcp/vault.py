"""The vault port on Secret Manager: https://cloud.google.com/secret-manager/docs/reference/rpc (2026-11).

Every secret is sealed with a key of the keyring (:mod:`shared.backends.gcp.keyring`) before it leaves the process. Mode
``store``: the reference is the sealed text. Mode ``secret_manager``: the sealed bytes are a version of a secret of the
place's own, and the reference names it. Either mode opens the references of both, so that the mode can be changed.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from shared.backends import crypto
from shared.backends.gcp import keyring
from shared.ports.clock import Clock
from shared.ports.vault import MAX_SECRET_BYTES, Keys, Place, SecretForged, SecretGone, VaultUnavailable

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

KEYRING_SECONDS = 300.0  # a rotated key is used, and a removed one forgotten, within this time
UNKNOWN_KEY_SECONDS = 10.0  # between looks for a key that the keyring lacks
SETTLES = timedelta(hours=24)  # an instance may be told an older version for hours (see the keyring's module)
_MAX_MISSED = 1000  # ids of keys
_REFERENCE = re.compile(r"sm1:([A-Za-z0-9_-]{1,255}):([1-9][0-9]*):([A-Za-z0-9_-]{1,64}):([A-Za-z0-9_-]*):[0-9a-f]{12}")


class SecretManagerVault:
    """Secrets of one project. Thread safe; the client loads and connects at the first call.

    ``keyring_secret``: the id of the keyring's secret. ``prefix``: starts the ids of the secrets made here.
    ``locations``: regions to keep them in (none: Google's choice). ``emulator``: ``host:port`` of one.
    """

    def __init__(
        self,
        project: str,
        keyring_secret: str,
        clock: Clock,
        *,
        mode: Literal["secret_manager", "store"] = "secret_manager",
        prefix: str = "rostrum",
        locations: Sequence[str] = (),
        emulator: str | None = None,
    ) -> None:
        self._project = f"projects/{project}"
        self._keyring_secret = (project, keyring_secret)
        self._keyring_name = f"{self._project}/secrets/{keyring_secret}"
        self._clock = clock
        self._mode = mode
        self._prefix = prefix
        self._locations = tuple(locations)
        self._emulator = emulator
        self._lock = threading.Lock()
        self._client: SecretManagerServiceClient | None = None
        self._keys: keyring.Held | None = None
        self._loaded_at = (0.0, 0.0)  # by the monotonic clock, and by the wall's
        self._missed: dict[str, float] = {}  # when a key was looked for in vain

    def seal(self, place: Place, secret: bytes) -> str:
        sealed = crypto.seal(self._keyring(), place, secret)
        if self._mode == "store":
            return sealed
        _, key, text = sealed.split(".")
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        # Nonce and tag make a secret of the largest size too large for the service: the reference carries the rest.
        payload, rest = raw[:MAX_SECRET_BYTES], raw[MAX_SECRET_BYTES:]
        name = secret_id(self._prefix, place)
        with _errors():
            version = self._add(name, payload)
        return _Reference(name, version, key, _text(rest)).spell()

    def open(self, place: Place, reference: str) -> bytes:
        if not reference.startswith("sm1:"):
            return self._open(place, reference)
        found = self._reference(place, reference)
        rest = base64.urlsafe_b64decode(found.rest + "=" * (-len(found.rest) % 4))
        return self._open(place, f"v1.{found.key}.{_text(self._access(found) + rest)}")

    def destroy(self, place: Place, reference: str) -> None:
        if not reference.startswith("sm1:"):
            return
        from google.api_core.exceptions import FailedPrecondition, NotFound

        found = self._reference(place, reference)
        with _errors():
            try:
                request = {"name": self._version(found)}
                self._connected().destroy_secret_version(request=request, timeout=keyring.SECONDS)
            except (NotFound, FailedPrecondition):
                return  # already destroyed, with or without its secret

    def keys(self) -> Keys:
        held = self._held(look=True)
        return Keys(held.ring.newest, held.ring.ids, (held.rotated_at or datetime.min.replace(tzinfo=UTC)) + SETTLES)

    def key_of(self, reference: str) -> str:
        if not reference.startswith("sm1:"):
            return crypto.key_of(reference)
        parts = _REFERENCE.fullmatch(reference)
        if parts is None:
            raise SecretForged("the reference was altered")
        return parts[3]

    def rewrap(self, place: Place, reference: str) -> str | None:
        there = reference.startswith("sm1:") == (self._mode == "secret_manager")
        if there and self.key_of(reference) == self._keyring().newest:
            return None
        return self.seal(place, self.open(place, reference))

    def rotate(self) -> str:
        with _errors():
            made = keyring.rotate(*self._keyring_secret, emulator=self._emulator, now=self._clock.now())
        self._held(look=True)
        return made

    def retire(self, key: str) -> None:
        with _errors():
            keyring.retire(*self._keyring_secret, key, emulator=self._emulator)
        self._held(look=True)

    def _open(self, place: Place, sealed: str) -> bytes:
        try:
            return crypto.open_(self._keyring(), place, sealed)
        except SecretGone:
            # Another instance may have sealed with a key that is newer than our copy of the keyring.
            if self._missed_lately(key := crypto.key_of(sealed)):
                raise
            held = self._held(look=True)
        if key not in held.ring.ids:
            self._missed[key] = self._clock.monotonic()
        return crypto.open_(held.ring, place, sealed)

    def _missed_lately(self, key: str) -> bool:
        """Whether we looked for it in vain just now. Who seals with a key has added it before: no look is too early."""
        if len(self._missed) >= _MAX_MISSED:
            self._missed.clear()
        at = self._missed.get(key)
        return at is not None and self._clock.monotonic() - at < UNKNOWN_KEY_SECONDS

    def _keyring(self) -> crypto.Keyring:
        return self._held().ring

    def _held(self, *, look: bool = False) -> keyring.Held:
        """The keyring, read again now and then, never an older one than we have; ``look``: as it is this moment."""
        client = self._connected()
        with self._lock, _errors():
            now, held = (self._clock.monotonic(), self._clock.now().timestamp()), self._keys
            # An instance without requests may stand still, and its monotonic clock with it: it wakes with its keys of then.
            aged = any(at - loaded >= KEYRING_SECONDS for at, loaded in zip(now, self._loaded_at, strict=True))
            if held is None or aged:
                loaded = keyring.load(client, self._keyring_name)
                held = loaded if held is None or loaded.version > held.version else held
                self._loaded_at = now
            if look:
                held = keyring.newest(client, self._keyring_name, held.version) or held
            self._keys = held
            return held

    def _add(self, name: str, payload: bytes) -> str:
        from google.api_core.exceptions import NotFound

        request = {"parent": f"{self._project}/secrets/{name}", "payload": {"data": payload}}
        client = self._connected()
        try:
            made = client.add_secret_version(request=request, timeout=keyring.SECONDS)
        except NotFound:
            self._create(name)
            made = client.add_secret_version(request=request, timeout=keyring.SECONDS)
        return str(made.name.rsplit("/", 1)[1])

    def _create(self, name: str) -> None:
        from google.api_core.exceptions import AlreadyExists

        replicas = [{"location": location} for location in self._locations]
        replication: dict[str, Any] = {"user_managed": {"replicas": replicas}} if replicas else {"automatic": {}}
        secret = {"replication": replication, "labels": {"made-by": "rostrum"}}
        request = {"parent": self._project, "secret_id": name, "secret": secret}
        try:
            self._connected().create_secret(request=request, timeout=keyring.SECONDS)
        except AlreadyExists:
            return  # another instance was first

    def _access(self, found: _Reference) -> bytes:
        from google.api_core.exceptions import FailedPrecondition, NotFound

        with _errors():
            try:
                request = {"name": self._version(found)}
                answer = self._connected().access_secret_version(request=request, timeout=keyring.SECONDS)
                return bytes(answer.payload.data)
            except NotFound as error:
                raise SecretGone(f"{found.name} has no version {found.version}") from error
            except FailedPrecondition as error:
                if "DISABLED" in str(error):  # an operator's doing, and to be undone
                    raise VaultUnavailable(f"version {found.version} of {found.name} is disabled") from error
                raise SecretGone(f"version {found.version} of {found.name} was destroyed") from error

    def _version(self, found: _Reference) -> str:
        return f"{self._project}/secrets/{found.name}/versions/{found.version}"

    def _reference(self, place: Place, text: str) -> _Reference:
        """The reference taken apart. Raises SecretForged when it was altered or belongs elsewhere."""
        parts = _REFERENCE.fullmatch(text)
        found = _Reference(parts[1], parts[2], parts[3], parts[4]) if parts else None
        if found is None or found.spell() != text:
            raise SecretForged("the reference was altered")
        if found.name != secret_id(self._prefix, place):
            raise SecretForged("the reference belongs to another place")
        return found

    def _connected(self) -> SecretManagerServiceClient:
        with self._lock:
            if self._client is None:
                with _errors():
                    self._client = keyring.connect(self._emulator)
            return self._client


@dataclass(frozen=True, slots=True)
class _Reference:
    """``sm1:{secret id}:{version}:{key id}:{sealed bytes that did not fit}:{check digits}``."""

    name: str
    version: str
    key: str
    rest: str

    def spell(self) -> str:
        """As text; the check digits tell an altered reference from a destroyed secret."""
        body = f"sm1:{self.name}:{self.version}:{self.key}:{self.rest}"
        return f"{body}:{hashlib.sha256(body.encode()).hexdigest()[:12]}"


def secret_id(prefix: str, place: Place) -> str:
    """The place's secret: readable for an operator, unique by its hash (ids: up to 255 letters, digits, - and _)."""
    parts = (place.workspace, place.account, place.field)
    digest = hashlib.sha256("|".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:32]
    account, field = (re.sub(r"[^A-Za-z0-9_-]", "-", part)[:60] for part in parts[1:])
    return f"{prefix}-{account}-{field}-{digest}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@contextmanager
def _errors() -> Iterator[None]:
    """Google's errors as VaultUnavailable; what a call can tell apart, it has handled before."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except (GoogleAPIError, GoogleAuthError) as error:
        raise VaultUnavailable(str(error)) from error
