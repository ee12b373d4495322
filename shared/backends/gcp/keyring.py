"""The sealing keys as one secret of Secret Manager:
``{"newest": id, "keys": {id: 64 hex digits}, "rotated_at": ISO 8601}``.

Terraform makes the secret, without a version: its state must never hold a key. :func:`rotate` adds the first key, and
later further ones; old keys stay, because what they sealed still has to open, until :func:`retire` takes one away.

A version is found by its number as soon as it is added; ``latest`` may be an older one for hours:
https://docs.cloud.google.com/secret-manager/docs/reference/consistency (2026-11). So keys are exchanged, and a key that
is missing is looked for, by numbers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.backends import crypto
from shared.ports.vault import VaultUnavailable

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

SECONDS = 10.0  # for one call
_Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """The keys as a version of the secret has them. ``rotated_at``: when the newest was added, None if long ago."""

    ring: crypto.Keyring
    version: int
    rotated_at: datetime | None = None


def connect(emulator: str | None) -> SecretManagerServiceClient:
    """A client; ``emulator`` is ``host:port``, None for the real service with the environment's credentials."""
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient
    from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
        SecretManagerServiceGrpcTransport,
    )

    if emulator is None:
        return SecretManagerServiceClient()
    import grpc

    channel = grpc.insecure_channel(emulator)
    return SecretManagerServiceClient(transport=SecretManagerServiceGrpcTransport(channel=channel))


def parse(payload: bytes, name: str, version: int = 0) -> Held:
    """The keys from the secret's payload. Raises VaultUnavailable naming the secret, never its content."""
    try:
        made = json.loads(payload)
        ring = crypto.Keyring({key: bytes.fromhex(digits) for key, digits in made["keys"].items()}, made["newest"])
        told = made.get("rotated_at")
        return Held(ring, version, datetime.fromisoformat(told) if told else None)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultUnavailable(f"{name} holds no keyring; make one with shared.backends.gcp.keyring.rotate") from None


def load(client: SecretManagerServiceClient, name: str) -> Held:
    """What ``latest`` is of the secret ``projects/…/secrets/…``. Raises VaultUnavailable, Google's errors."""
    version, payload = _accessed(client, name, "latest")
    return parse(payload, name, version)


def newest(client: SecretManagerServiceClient, name: str, since: int) -> Held | None:
    """The newest version after ``since``, however lately it was added; None when there is none. Raises as :func:`load`."""
    found = _after(client, name, since)
    return parse(found[-1][1], name, found[-1][0]) if found else None


def rotate(project: str, secret: str, *, emulator: str | None = None, now: datetime | None = None) -> str:
    """Add a key that seals from now on (running functions follow within five minutes); answer its id.

    For an operator: it needs the secret to exist and the right to add versions. Safe for several at once. Raises
    VaultUnavailable (the secret holds something else), Google's errors.
    """
    key = os.urandom(crypto.KEY_BYTES)
    made = crypto.key_id(key)
    at = (now or datetime.now(UTC)).isoformat()
    _changed(
        connect(emulator),
        f"projects/{project}/secrets/{secret}",
        lambda content: {"newest": made, "keys": {**content["keys"], made: key.hex()}, "rotated_at": at},
    )
    return made


def retire(project: str, secret: str, key: str, *, emulator: str | None = None) -> None:
    """Add a version without that key. The versions before still hold it: destroy them once no function reads them.

    Raises ValueError (it is the newest), VaultUnavailable, Google's errors.
    """
    name = f"projects/{project}/secrets/{secret}"
    _changed(connect(emulator), name, lambda content: crypto.without(content, key))


def _changed(client: SecretManagerServiceClient, name: str, change: Callable[[_Content], _Content]) -> None:
    """Add a version that follows from the newest; where another was added meanwhile, one more with the keys of both."""
    version, content = _last(client, name)
    made = change(content)
    while made != content:
        added = _add(client, name, made)
        if added == version + 1:
            return
        content = made
        for _, payload in _after(client, name, version, before=added):
            one = _content(payload, name)
            made = change({**one, "keys": {**made["keys"], **one["keys"]}})
        version = added


def _last(client: SecretManagerServiceClient, name: str) -> tuple[int, _Content]:
    from google.api_core.exceptions import NotFound

    try:
        version, payload = _accessed(client, name, "latest")
    except NotFound:  # no version yet: the first key is to be made
        return 0, {"newest": "", "keys": {}}
    found = _after(client, name, version)
    return (found[-1][0], _content(found[-1][1], name)) if found else (version, _content(payload, name))


def _content(payload: bytes, name: str) -> _Content:
    parse(payload, name)
    content: _Content = json.loads(payload)
    return content


def _after(client: SecretManagerServiceClient, name: str, since: int, before: int = 0) -> list[tuple[int, bytes]]:
    """The versions after that number, up to the last (or to ``before``); what an operator disabled or destroyed is left out."""
    from google.api_core.exceptions import FailedPrecondition, NotFound

    found: list[tuple[int, bytes]] = []
    while (since := since + 1) != before:
        try:
            found.append(_accessed(client, name, str(since)))
        except FailedPrecondition:
            continue
        except NotFound:
            break
    return found


def _accessed(client: SecretManagerServiceClient, name: str, version: str) -> tuple[int, bytes]:
    request = {"name": f"{name}/versions/{version}"}
    answer = client.access_secret_version(request=request, timeout=SECONDS)
    return int(answer.name.rsplit("/", 1)[1]), bytes(answer.payload.data)


def _add(client: SecretManagerServiceClient, name: str, content: _Content) -> int:
    request = {"parent": name, "payload": {"data": json.dumps(content).encode()}}
    made = client.add_secret_version(request=request, retry=None, timeout=SECONDS)
    return int(made.name.rsplit("/", 1)[1])
