"""The sealing keys as one secret of Secret Manager: ``{"newest": id, "keys": {id: 64 hex digits}}``.

Terraform makes the secret, without a version: its state must never hold a key. :func:`rotate` adds the first key, and
later further ones; old keys stay, because what they sealed still has to open.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from shared.backends import crypto
from shared.ports.vault import VaultUnavailable

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

SECONDS = 10.0  # for one call


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


def parse(payload: bytes, name: str) -> crypto.Keyring:
    """The keyring from the secret's payload. Raises VaultUnavailable naming the secret, never its content."""
    try:
        made = json.loads(payload)
        return crypto.Keyring({key: bytes.fromhex(digits) for key, digits in made["keys"].items()}, made["newest"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultUnavailable(f"{name} holds no keyring; make one with shared.backends.gcp.keyring.rotate") from None


def load(client: SecretManagerServiceClient, name: str) -> crypto.Keyring:
    """The newest version of the secret ``projects/…/secrets/…``. Raises VaultUnavailable, Google's errors."""
    answer = client.access_secret_version(request={"name": f"{name}/versions/latest"}, timeout=SECONDS)
    return parse(answer.payload.data, name)


def rotate(project: str, secret: str, *, emulator: str | None = None) -> str:
    """Add a key that seals from now on (running functions follow within five minutes); answer its id.

    For an operator: it needs the secret to exist and the right to add versions. Raises VaultUnavailable (the secret
    holds something else), Google's errors. Not for two operators at once: the later one's version would lack a key.
    """
    from google.api_core.exceptions import NotFound

    client, name = connect(emulator), f"projects/{project}/secrets/{secret}"
    content: dict[str, Any] = {"keys": {}}
    try:
        payload = client.access_secret_version(
            request={"name": f"{name}/versions/latest"}, timeout=SECONDS
        ).payload.data
        parse(payload, name)
        content = json.loads(payload)
    except NotFound:
        pass  # no version yet: this is the first key
    key = os.urandom(crypto.KEY_BYTES)
    newest = crypto.key_id(key)
    made = {"newest": newest, "keys": {**content["keys"], newest: key.hex()}}
    client.add_secret_version(
        request={"parent": name, "payload": {"data": json.dumps(made).encode()}}, retry=None, timeout=SECONDS
    )
    return newest
