"""The identity port over the http port: Google's sign-in, and the tokens of Google and of one configured issuer.

Google: https://developers.google.com/identity/openid-connect/openid-connect (2026-11).
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from shared.backends.live import identity_tokens as tokens
from shared.backends.live.identity_keys import KeySet
from shared.backends.live.identity_tokens import Names
from shared.ports.clock import Clock
from shared.ports.http import Http, HttpFailure, Request
from shared.ports.identity import Claims, CodeRefused, IdentityUnavailable, NotConfigured, TokenRefused

AUTHORIZE = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN = "https://oauth2.googleapis.com/token"
CERTIFICATES = "https://www.googleapis.com/oauth2/v1/certs"
SCOPE = "openid email profile"


@dataclass(frozen=True, slots=True)
class GoogleClient:
    """This installation's registration at Google. ``authorize``: where the browser goes; ``http``: how Google is reached,
    None for the outside world."""

    client_id: str
    client_secret: str = field(repr=False)
    authorize: str = AUTHORIZE
    http: Http | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer whose tokens are trusted: its name (``iss``), what it calls us (``aud``), where its keys are."""

    issuer: str
    audience: str
    jwks_url: str
    names: Names = field(default_factory=Names)


class LiveIdentity:
    """``ports.Identity``. Each of the two issuers may be absent. ``google_http``: how Google is reached."""

    def __init__(
        self,
        http: Http,
        clock: Clock,
        google: GoogleClient | None = None,
        issuer: Issuer | None = None,
        admitted: tuple[str, ...] = (),
    ) -> None:
        self._clock = clock
        self._google = google
        self._issuer = issuer
        self._admitted = admitted
        self.google_http = (google.http if google else None) or http
        self._google_keys = KeySet(self.google_http, clock, CERTIFICATES, tokens.certificates)
        self._issuer_keys = KeySet(http, clock, issuer.jwks_url if issuer else "", tokens.jwks)

    @property
    def signs_in(self) -> bool:
        return self._google is not None

    @property
    def admitted(self) -> tuple[str, ...]:
        return self._admitted

    def authorize_url(self, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        client = self._client()
        query = {
            "client_id": client.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "prompt": "select_account",
        }
        return f"{client.authorize}?{urlencode(query)}"

    def exchange(self, code: str, redirect_uri: str, verifier: str, nonce: str) -> Claims:
        client = self._client()
        given = self._traded(client, code, redirect_uri, verifier)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise IdentityUnavailable("Google's answer holds no ID token")
        peeked = tokens.peek(token)
        claims = tokens.of_google(token, peeked, self._google_keys, client.client_id, self._clock.now())
        said = tokens.nonce(token)
        if not hmac.compare_digest(said.encode(), nonce.encode()):
            raise TokenRefused("its nonce is of another sign-in")
        return claims

    def verify(self, token: str) -> Claims:
        peeked, now = tokens.peek(token), self._clock.now()
        if self._google and peeked.issuer in tokens.GOOGLE_ISSUERS:
            return tokens.of_google(token, peeked, self._google_keys, self._google.client_id, now)
        if self._issuer and peeked.issuer == self._issuer.issuer:
            audience = self._issuer.audience
            payload = tokens.of_issuer(token, peeked, self._issuer_keys, audience)
            return tokens.claims_of_issuer(payload, self._issuer.issuer, audience, self._issuer.names, now)
        raise TokenRefused("its issuer is not one that this installation trusts")

    def _client(self) -> GoogleClient:
        if self._google is None:
            raise NotConfigured("Nobody can sign in here: GOOGLE_SIGNIN_CLIENT_ID is not set")
        return self._google

    def _traded(self, client: GoogleClient, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Google's answer to the code. One attempt: a code is good once."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = self.google_http.send(Request("POST", TOKEN, headers, urlencode(form).encode(), read_timeout=10.0))
            given = json.loads(answer.body)
        except (HttpFailure, ValueError) as error:
            raise IdentityUnavailable("Google did not answer clearly") from error
        if answer.status == 200 and isinstance(given, dict):
            return given
        said = given.get("error") if isinstance(given, dict) else None
        if said == "invalid_grant":
            raise CodeRefused("Google does not accept the code: it was used before, or is too old")
        if said in ("invalid_client", "unauthorized_client", "redirect_uri_mismatch"):
            raise NotConfigured(
                f"Google refuses this installation's registration ({said}): check GOOGLE_SIGNIN_CLIENT_*"
            )
        raise IdentityUnavailable(f"Google answered {answer.status}")
