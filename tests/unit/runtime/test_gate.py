"""Internal endpoints: who gets in, with the local token and with Google's OIDC tokens; certificates are remembered."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt
from google.auth.exceptions import TransportError

from shared.runtime import gate
from shared.runtime.certificates import CachingRequest
from shared.runtime.settings import Settings, load

FUNCTIONS = "https://functions.example.net"
AUDIENCE = f"{FUNCTIONS}/publish"
INVOKER = "invoker@project.iam.gserviceaccount.com"
LOCAL = load({"INTERNAL_TOKEN": "s3cret-token"})
GOOGLE = load(
    {
        "ROSTRUM_BACKEND": "gcp",
        "ROSTRUM_INVOKER": INVOKER,
        "ROSTRUM_FUNCTIONS_URL": FUNCTIONS,
        "ROSTRUM_FUNCTION": "publish",
    }
)


@cache
def key(name: str) -> tuple[rsa.RSAPrivateKey, str]:
    """A key pair of our own, and its certificate as Google would serve it."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    return private, certificate.public_bytes(serialization.Encoding.PEM).decode()


class Answer:
    """``google.auth.transport.Response``."""

    def __init__(self, data: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.data, self.headers, self.status = data, headers, status


class Certificates:
    """The place where the certificates are, without the internet. ``asked`` counts the questions."""

    def __init__(self, cache_control: str = "public, max-age=3600") -> None:
        self.asked = 0
        self.status = 200
        self.cache_control = cache_control

    def __call__(self, url: str, method: str = "GET", **_options: Any) -> Answer:
        self.asked += 1
        body = json.dumps({"k1": key("ours")[1]}).encode()
        return Answer(body, {"Cache-Control": self.cache_control}, self.status)


@pytest.fixture
def certificates(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    source = Certificates()
    remembered = CachingRequest(source)
    monkeypatch.setattr(gate, "_certificates", lambda: remembered)
    return source


def token(signed_by: str = "ours", **claims: Any) -> str:
    now = int(time.time())
    said = {"iss": "https://accounts.google.com", "aud": AUDIENCE, "email": INVOKER, "email_verified": True}
    said |= {"iat": now - 10, "exp": now + 3600, "sub": "1"} | claims
    private = key(signed_by)[0]
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = jwt.encode(crypt.RSASigner.from_string(pem, key_id="k1"), {k: v for k, v in said.items() if v is not None})
    return str(made.decode())


def check(authorization: str, settings: Settings) -> None:
    gate.check(authorization, settings)


def test_our_own_token_gets_in(certificates: Certificates) -> None:
    check(f"Bearer {token()}", GOOGLE)
    check(f"bearer {token()}", GOOGLE)
    assert certificates.asked == 1, "the certificates were not remembered"


FORGED: list[tuple[str, Callable[[], str]]] = [
    ("another audience", lambda: token(aud="https://other.example.net")),
    ("another function's", lambda: token(aud=f"{FUNCTIONS}/sync")),
    ("all functions", lambda: token(aud=FUNCTIONS)),
    ("another issuer", lambda: token(iss="https://evil.example.net")),
    ("another service account", lambda: token(email="other@project.iam.gserviceaccount.com")),
    ("no email", lambda: token(email=None)),
    ("an email nobody verified", lambda: token(email_verified=False)),
    ("no word on the email", lambda: token(email_verified=None)),
    ("expired", lambda: token(exp=int(time.time()) - 3600, iat=int(time.time()) - 7200)),
    ("of the future", lambda: token(iat=int(time.time()) + 3600, exp=int(time.time()) + 7200)),
    ("another key under our name", lambda: token("theirs")),
    ("not a token", lambda: "abc"),
    ("unsigned", lambda: ".".join([*token().split(".")[:2], ""])),
    ("a changed claim", lambda: _changed(token())),
]


@pytest.mark.parametrize("make", [make for _, make in FORGED], ids=[name for name, _ in FORGED])
def test_others_do_not(certificates: Certificates, make: Callable[[], str]) -> None:
    with pytest.raises(gate.Refused):
        check(f"Bearer {make()}", GOOGLE)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "s3cret-token", "Bearer s3cret-token2", "Bearer ü"]
)
@pytest.mark.parametrize("settings", [LOCAL, GOOGLE], ids=["embedded", "gcp"])
def test_nothing_else_does(certificates: Certificates, header: str, settings: Settings) -> None:
    with pytest.raises(gate.Refused):
        check(header, settings)


def test_without_an_invoker_nobody_gets_in(certificates: Certificates) -> None:
    """A setting that was forgotten must not open the door."""
    with pytest.raises(gate.Refused):
        check(f"Bearer {token(email='')}", replace(GOOGLE, invoker=""))


def test_the_local_token() -> None:
    check("Bearer s3cret-token", LOCAL)
    with pytest.raises(gate.Refused):
        check("Bearer ", replace(LOCAL, internal_token=""))
    with pytest.raises(gate.Refused):
        check("Bearer x", replace(LOCAL, internal_token=""))


def test_certificates_that_cannot_be_had(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed, whatever the reason."""
    certificates.status = 503
    with pytest.raises(gate.Refused):
        check(f"Bearer {token()}", GOOGLE)
    certificates.status = 200
    check(f"Bearer {token()}", GOOGLE)

    def down(*_: Any, **__: Any) -> Answer:
        raise TransportError("no route")

    monkeypatch.setattr(gate, "_certificates", lambda: down)
    with pytest.raises(gate.Refused):
        check(f"Bearer {token()}", GOOGLE)


@pytest.mark.parametrize(
    ("cache_control", "asked"), [("public, max-age=3600", 1), ("no-store", 3), ("max-age=0", 3), ("", 3)]
)
def test_answers_are_kept_for_as_long_as_they_say(cache_control: str, asked: int) -> None:
    source = Certificates(cache_control)
    request = CachingRequest(source)
    for _ in range(3):
        assert request("https://certs.example").status == 200
    assert source.asked == asked


def test_answers_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """After max-age they are asked for again; failures and other methods are never kept; each URL for itself."""
    source = Certificates("max-age=60")
    request = CachingRequest(source)
    now = time.monotonic()
    monkeypatch.setattr("shared.runtime.certificates.time.monotonic", lambda: now)
    request("https://certs.example")
    monkeypatch.setattr("shared.runtime.certificates.time.monotonic", lambda: now + 61)
    request("https://certs.example")
    request("https://other.example")
    request("https://certs.example", method="POST")
    assert source.asked == 4
    source.status = 500
    request("https://third.example")
    request("https://third.example")
    assert source.asked == 6


def _changed(made: str) -> str:
    head, body, signature = made.split(".")
    other = token(email="someone@else.example").split(".")[1]
    assert other != body
    return f"{head}.{other}.{signature}"
