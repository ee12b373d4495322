"""Making the Cloud Storage client and the signer of its URLs. Loaded at the first use of the blobs."""

from __future__ import annotations

import base64
from typing import Any

import google.auth
import google.auth.credentials
from google.auth.exceptions import TransportError
from google.auth.transport.requests import AuthorizedSession, Request
from google.cloud import storage

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
SECONDS = 10.0


def environment(endpoint: str | None) -> Any:
    """The environment's credentials; anonymous for an emulator."""
    if endpoint is not None:
        return google.auth.credentials.AnonymousCredentials()
    credentials, _ = google.auth.default(scopes=SCOPES)
    return credentials


def bucket(name: str, credentials: Any, endpoint: str | None) -> storage.Bucket:
    """The bucket, without asking whether it exists."""
    if endpoint is None:
        return storage.Client(project="", credentials=credentials).bucket(name)
    nobody = google.auth.credentials.AnonymousCredentials()
    return storage.Client(project="emulated", credentials=nobody, client_options={"api_endpoint": endpoint}).bucket(
        name
    )


def signer(credentials: Any, service_account: str | None, iam: str) -> Any:
    """Who signs URLs: the credentials' own key, else IAM in the service account's name."""
    if isinstance(credentials, google.auth.credentials.Signing) and service_account is None:
        return credentials
    return IamSigner(credentials, service_account, iam)


class IamSigner(google.auth.credentials.Signing):
    """Signs by IAM's signBlob: on Google Cloud a function has an identity, but no key.

    https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob (2026-11)
    """

    def __init__(self, credentials: Any, service_account: str | None, iam: str) -> None:
        self._credentials = credentials
        self._service_account = service_account
        self._iam = iam

    @property
    def signer_email(self) -> str:
        """The service account in whose name is signed."""
        if self._service_account is None:
            self._credentials.refresh(Request())  # resolves "default" to the address, on Google Cloud
            self._service_account = str(self._credentials.service_account_email)
        return self._service_account

    @property
    def signer(self) -> Any:
        """Itself: nothing else holds a key."""
        return self

    def sign_bytes(self, message: bytes) -> bytes:
        """Sign with the account's Google-managed key. Raises TransportError."""
        url = f"{self._iam}/v1/projects/-/serviceAccounts/{self.signer_email}:signBlob"
        with AuthorizedSession(self._credentials) as session:
            answer = session.post(url, json={"payload": base64.b64encode(message).decode()}, timeout=SECONDS)
        if answer.status_code != 200:
            raise TransportError(f"signBlob answered {answer.status_code}")
        return base64.b64decode(answer.json()["signedBlob"])
