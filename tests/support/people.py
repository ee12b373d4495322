"""Who people are, in tests: the simulated Google, and an issuer whose keys a test may change or take away."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import jwt

from shared.backends.live.identity import GoogleClient, Issuer, LiveIdentity
from shared.ports.http import Response
from shared.runtime.simulated_google import CLIENT_ID, CLIENT_SECRET, SimulatedGoogle, new_key
from tests.support.faults import Faults
from tests.support.memory_parts import ManualClock, SeededIds
from tests.support.memory_store import MemoryStore

if TYPE_CHECKING:
    from shared.ports.http import Http, Request

ISSUER = "https://issuer.test/"
JWKS_HOST = "issuer.test"
AUDIENCE = "rostrum"


@cache
def rsa(which: str = "google") -> bytes:
    """A private key, the same for the same name within one run."""
    return new_key()


@cache
def ed25519() -> bytes:
    """A private Ed25519 key."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())


def public(pem: bytes) -> bytes:
    """Its public half, as PEM."""
    from cryptography.hazmat.primitives import serialization as form

    key = form.load_pem_private_key(pem, None).public_key()
    return key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def jwk(pem: bytes, kid: str) -> dict[str, Any]:
    """Its public half, as a JWK."""
    from cryptography.hazmat.primitives import serialization as form
    from jwt.algorithms import OKPAlgorithm, RSAAlgorithm

    key: Any = form.load_pem_private_key(pem, None).public_key()
    maker: Any = OKPAlgorithm if "Ed25519" in type(key).__name__ else RSAAlgorithm
    return {**json.loads(maker.to_jwk(key)), "kid": kid, "use": "sig"}


class TestIssuer:
    """An issuer: what it signs, and the answer of its JWKS address (``down``: it has none; ``asked`` counts)."""

    __test__ = False

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.keys: dict[str, bytes] = {"rsa": rsa("issuer"), "ed": ed25519()}
        self.down = False
        self.asked = 0

    def answer(self, request: Request) -> Response:
        """The JWK set."""
        self.asked += 1
        if self.down:
            return Response(503, {}, b"down")
        rows = [jwk(pem, kid) for kid, pem in self.keys.items()]
        return Response(200, {"cache-control": "max-age=600"}, json.dumps({"keys": rows}).encode())

    def claims(self, **other: Any) -> dict[str, Any]:
        """What a good token says; ``other`` replaces claims, None removes one."""
        now = int(self.clock.now().timestamp())
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "user_001", "iat": now, "exp": now + 600, "roles": ["creator"]}
        return {name: value for name, value in {**good, **other}.items() if value is not None}

    def token(self, kid: str = "rsa", /, **other: Any) -> str:
        """A signed token."""
        return jwt.encode(self.claims(**other), self.keys[kid], "EdDSA" if kid == "ed" else "RS256", {"kid": kid})


def google_of(clock: ManualClock, seed: int, public_url: str) -> SimulatedGoogle:
    """A simulated Google with a store of its own."""
    ids = SeededIds(seed + 1, clock)
    return SimulatedGoogle(MemoryStore(Faults()), clock, ids, f"{public_url}/v1/auth/google/callback", rsa)


def identity_of(
    http: Http, clock: ManualClock, google: Http | None, admitted: tuple[str, ...] = ("*",)
) -> LiveIdentity:
    """The real backend, registered at the simulated Google and trusting the test's issuer."""
    client = GoogleClient(CLIENT_ID, CLIENT_SECRET, http=google)
    issuer = Issuer(ISSUER, AUDIENCE, f"https://{JWKS_HOST}/jwks.json")
    return LiveIdentity(http, clock, client, issuer, admitted)


def consent(google: SimulatedGoogle, url: str, email: str = "ada@example.com") -> dict[str, str]:
    """What a person does at Google: the query that comes back to the callback."""
    query = dict(parse_qsl(urlsplit(url).query))
    answer = google.page({**query, "sandbox_user": email})
    assert answer.status == 302, answer.body
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))
