"""An issuer whose word is taken: a token's claims stand in it unsigned. How signatures are verified is the backend's test."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import NoReturn

from shared.ports.clock import Clock
from shared.ports.identity import Claims, NotConfigured, TokenRefused

ISSUER = "https://issuer.example"


class Trusting:
    """``ports.Identity`` that believes every token in which it can read roles and a tenant."""

    signs_in = False
    admitted: tuple[str, ...] = ()

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def authorize_url(self, redirect_uri: str, state: str, nonce: str, challenge: str) -> NoReturn:
        raise NotConfigured("nobody signs in here")

    def exchange(self, code: str, redirect_uri: str, verifier: str, nonce: str) -> NoReturn:
        raise NotConfigured("nobody signs in here")

    def verify(self, token: str) -> Claims:
        """What the token's middle says. Raises TokenRefused."""
        middle = token.split(".")[1]
        try:
            said = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        except ValueError as error:
            raise TokenRefused("not readable") from error
        now = self._clock.now()
        roles, tenant = tuple(said["roles"]), str(said["tenant"])
        return Claims(ISSUER, "person", "rostrum", now + timedelta(hours=1), now, True, roles=roles, tenant=tenant)
