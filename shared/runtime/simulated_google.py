"""Google's sign-in, simulated: for tests, and for one machine that is registered at no Google (``make run``).

It asks no password: whoever reaches its page is whoever they say. So it is made by the embedded world alone, only where
this installation is reached on this very machine, and its page is served to browsers of this machine only. What it
answers is what Google documents: https://developers.google.com/identity/openid-connect/openid-connect (2026-11).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html import escape
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from shared.backends.live.identity import CERTIFICATES, TOKEN
from shared.ports.clock import Clock
from shared.ports.http import NotSent, Request, Response
from shared.ports.ids import Ids
from shared.ports.store import Store, Transaction, Write

CLIENT_ID = "simulated.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-simulated"
PEOPLE = ("you@example.com", "colleague@example.com")
CODE_AGE = timedelta(minutes=10)
TOKEN_AGE = 3599  # seconds, as Google says it
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated Google</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}}a{{display:block;padding:.4rem 0}}</style>
</head><body><h1>{title}</h1><p>{text}</p>{links}</body></html>
"""


class _Wrong(Exception):
    """What the token endpoint refuses, in Google's words."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.description = description


class SimulatedGoogle:
    """``ports.Http`` for the token and certificate endpoints; :meth:`page` is what a browser sees.

    ``redirect_uri``: the only one registered. ``pem``: the private key, made by the caller and kept where it likes.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids, redirect_uri: str, pem: Callable[[], bytes]) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._redirect_uri = redirect_uri
        self._made = pem
        self._lock = Lock()
        self._kept = b""

    def page(self, query: Mapping[str, str]) -> Response:
        """The authorization endpoint: who are you? ``sandbox_user`` or ``sandbox_deny`` in the query answers it."""
        wrong = self._mistake(query)
        if wrong:
            return _html(400, "Access blocked", f"Error 400: {wrong}")
        if query.get("sandbox_deny"):
            return self._back(query, {"error": "access_denied"})
        email = query.get("sandbox_user", "")
        if not email:
            return _html(200, "Simulated Google", "Nothing is asked and nothing leaves this machine.", _links(query))
        code = f"4/{self._ids.token(256)}"
        kept: dict[str, Any] = {"email": email[:254], "expires_at": self._clock.now() + CODE_AGE}
        kept |= {name: query.get(name, "") for name in ("redirect_uri", "nonce", "code_challenge", "scope")}
        self._store.commit([Write("create", _code_path(code), kept)])
        return self._back(query, {"code": code, "scope": kept["scope"], "authuser": "0", "prompt": "none"})

    def send(self, request: Request) -> Response:
        """The token and the certificate endpoint. Raises NotSent for every other address."""
        address = request.url.partition("?")[0]
        if address == CERTIFICATES and request.method == "GET":
            return _json(200, {self._kid: self._certificate}, {"cache-control": "public, max-age=21600"})
        if address == TOKEN and request.method == "POST":
            body = request.body if isinstance(request.body, bytes) else b""
            try:
                return _json(200, self._traded(dict(parse_qsl(body.decode("utf-8", "replace")))))
            except _Wrong as wrong:
                return _json(wrong.status, {"error": wrong.error, "error_description": wrong.description})
        raise NotSent(f"{urlsplit(address).hostname}: the simulated Google has no such address")

    def id_token(self, email: str, nonce: str = "", **other: Any) -> str:
        """An ID token as the token endpoint makes it; ``other`` replaces claims."""
        import jwt

        now, domain = int(self._clock.now().timestamp()), email.rpartition("@")[2]
        name = email.partition("@")[0].replace(".", " ").title()
        claims: dict[str, Any] = {
            "iss": "https://accounts.google.com",
            "azp": CLIENT_ID,
            "aud": CLIENT_ID,
            "sub": str(int(hashlib.sha256(email.encode()).hexdigest()[:17], 16)),
            "email": email,
            "email_verified": True,
            "name": name,
            "given_name": name.partition(" ")[0],
            "iat": now,
            "exp": now + 3600,
        }
        claims |= {"nonce": nonce} if nonce else {}
        claims |= {"hd": domain} if domain != "gmail.com" else {}
        return jwt.encode({**claims, **other}, self._pem(), "RS256", {"kid": self._kid})

    def _mistake(self, query: Mapping[str, str]) -> str:
        if query.get("client_id") != CLIENT_ID:
            return "invalid_client"
        if query.get("redirect_uri") != self._redirect_uri:
            return "redirect_uri_mismatch"
        if query.get("response_type") != "code" or "openid" not in query.get("scope", "").split():
            return "invalid_request"
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            return "invalid_request"
        return ""

    def _back(self, query: Mapping[str, str], said: Mapping[str, str]) -> Response:
        location = f"{query['redirect_uri']}?{urlencode({'state': query.get('state', ''), **said})}"
        return Response(302, {"location": location}, b"")

    def _traded(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The token endpoint's answer. Raises _Wrong."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise _Wrong(401, "invalid_client", "The OAuth client was not found.")
        if form.get("grant_type") != "authorization_code":
            raise _Wrong(400, "unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")
        kept = self._spent(form.get("code", ""))
        if kept is None or kept["expires_at"] <= self._clock.now():
            raise _Wrong(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != kept["redirect_uri"]:
            raise _Wrong(400, "redirect_uri_mismatch", "Bad Request")
        if kept["code_challenge"] and _s256(form.get("code_verifier", "")) != kept["code_challenge"]:
            raise _Wrong(400, "invalid_grant", "Invalid code verifier.")
        access = f"ya29.{self._ids.token(256)}"
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        return {
            "access_token": access,
            "expires_in": TOKEN_AGE,
            "scope": kept["scope"],
            "token_type": "Bearer",
            "id_token": self.id_token(kept["email"], kept["nonce"], at_hash=half),
        }

    def _spent(self, code: str) -> dict[str, Any] | None:
        """What is kept of a code, which is gone with this."""
        path = _code_path(code)

        def body(txn: Transaction) -> dict[str, Any] | None:
            doc = txn.get(path)
            if doc:
                txn.write(Write("delete", path))
            return doc.data if doc else None

        return self._store.transact(body)

    def _pem(self) -> bytes:
        """The private key: of the first who ask at once, one has it made."""
        with self._lock:
            self._kept = self._kept or self._made()
            return self._kept

    @cached_property
    def _kid(self) -> str:
        return hashlib.sha256(self._certificate.encode()).hexdigest()[:40]

    @cached_property
    def _certificate(self) -> str:
        return certificate(self._pem())


def new_key() -> bytes:
    """A private RSA key, as PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, layout = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM
    return key.private_bytes(layout, form, serialization.NoEncryption())


def certificate(pem: bytes) -> str:
    """A certificate of the key, signed by itself; the same for the same key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("Google signs with RSA")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "federated-signon.simulated")])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1)
    made = made.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _code_path(code: str) -> str:
    return f"simulators/google_signin/codes/{hashlib.sha256(code.encode()).hexdigest()}"


def _s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _links(query: Mapping[str, str]) -> str:
    answers = [(f"Continue as {one}", {"sandbox_user": one}) for one in PEOPLE] + [("Cancel", {"sandbox_deny": "1"})]
    return "".join(f'<a href="?{escape(urlencode({**query, **said}))}">{escape(text)}</a>' for text, said in answers)


def _html(status: int, title: str, text: str, links: str = "") -> Response:
    page = _PAGE.format(title=escape(title), text=escape(text), links=links)
    return Response(status, {"content-type": "text/html; charset=utf-8"}, page.encode())


def _json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        status, {"content-type": "application/json; charset=utf-8", **(headers or {})}, json.dumps(value).encode()
    )
