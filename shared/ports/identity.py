"""The identity port: signing people in at Google, and verifying the tokens that say who somebody is.

Two issuers are known: Google (ID tokens for this installation's client id) and, where one is configured, an issuer of the
operator's own (RS256 or EdDSA through its JWKS). A token of anybody else is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says. ``audience`` is the one of ours that it was made for; times are aware UTC.

    ``trusted``: whether the operator's own issuer made it, whose ``roles`` and ``tenant`` count; Google's have neither.
    ``hosted_domain``: the Google Workspace that the person's account belongs to, empty for others.
    """

    issuer: str
    subject: str
    audience: str
    expires_at: datetime
    issued_at: datetime
    trusted: bool = False
    email: str = ""
    email_verified: bool = False
    name: str = ""
    picture: str = ""
    hosted_domain: str = ""
    roles: tuple[str, ...] = ()
    tenant: str = ""


class Identity(Protocol):
    """Who people are. Thread safe."""

    @property
    def signs_in(self) -> bool:
        """Whether people can sign in at Google: whether this installation is registered there."""

    @property
    def admitted(self) -> tuple[str, ...]:
        """Who may sign up: addresses, ``@domains``, or ``*``; empty for nobody."""

    def authorize_url(self, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where to send the browser. ``challenge``: the S256 of a PKCE verifier. Raises NotConfigured."""

    def exchange(self, code: str, redirect_uri: str, verifier: str, nonce: str) -> Claims:
        """Trade a code, once, for what the person's ID token says.

        Raises CodeRefused (unknown, used, expired, or of another verifier), TokenRefused (the token, or its nonce),
        IdentityUnavailable, NotConfigured.
        """

    def verify(self, token: str) -> Claims:
        """What a JWT says, if its issuer is one of the two and all of it holds: signature, audience, times.

        Raises TokenRefused saying what is wrong, IdentityUnavailable (the issuer's keys cannot be had: nobody can know).
        """


class IdentityError(Exception):
    """Root of the port's errors. The message is safe to show: it holds nothing of a token."""


class TokenRefused(IdentityError):
    """The token does not prove what it says; the message names what is wrong."""


class CodeRefused(IdentityError):
    """Google does not accept the code."""


class IdentityUnavailable(IdentityError):
    """Google or the issuer did not answer, or not clearly: the same request may succeed later."""


class NotConfigured(IdentityError):
    """This installation is registered at no place where people could sign in."""
