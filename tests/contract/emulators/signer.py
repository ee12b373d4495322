"""The service account that signs URLs on the emulators: a key that the session makes, and hands to processes of its own."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from google.oauth2 import service_account

EMAIL = "signer@project.iam.gserviceaccount.com"


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key() -> rsa.RSAPublicKey:
    """What proves the session's signatures."""
    return _key().public_key()


def pem() -> str:
    """The session's private key."""
    from cryptography.hazmat.primitives import serialization

    how = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return _key().private_bytes(*how).decode()


def credentials(key: str) -> service_account.Credentials:
    """Credentials that can sign with the key (PEM), and are good for nothing else."""
    from google.oauth2 import service_account

    info = {"client_email": EMAIL, "token_uri": "https://oauth2.invalid/token", "private_key": key}
    return service_account.Credentials.from_service_account_info(info)
