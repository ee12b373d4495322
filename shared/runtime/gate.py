"""Internal endpoints demand proof of their caller: an OIDC token of our own service account, or the local token."""

from __future__ import annotations

import hmac
from functools import cache
from typing import Any

from shared.runtime.settings import Settings


class Refused(Exception):
    """The caller is not one of our own."""


def audience(settings: Settings) -> str:
    """Whom a caller's token must be for: this function's own URL, because Cloud Run, which looks at the token before us,
    accepts no other (https://cloud.google.com/functions/docs/securing/authenticating, 2026-11)."""
    return f"{settings.functions_url}/{settings.function}"


def check(authorization: str, settings: Settings) -> None:
    """Accept a task, a schedule or a push of our own. Raises Refused, without saying why to the caller."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("no bearer token")
    if settings.backend == "embedded":
        _local(token, settings.internal_token)
    else:
        _google(token, audience(settings), settings.invoker)


def _local(token: str, expected: str) -> None:
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise Refused("not the internal token")


def _google(token: str, aimed_at: str, invoker: str) -> None:
    """https://cloud.google.com/tasks/docs/creating-http-target-tasks#token (2026-11)"""
    from google.auth.exceptions import GoogleAuthError
    from google.oauth2 import id_token

    try:
        claims = id_token.verify_oauth2_token(token, _certificates(), aimed_at)
    except (ValueError, GoogleAuthError) as error:
        raise Refused("the OIDC token does not verify") from error
    if not invoker or claims.get("email") != invoker or not claims.get("email_verified"):
        raise Refused("the OIDC token is somebody else's")


@cache
def _certificates() -> Any:
    """google-auth fetches Google's certificates at every verification; this keeps them as long as their headers say."""
    from shared.runtime.certificates import CachingRequest

    return CachingRequest()
