"""API keys in the Authorization header, for the dialects that speak so."""

from __future__ import annotations

from collections.abc import Mapping

from shared.api.engine.routes import ADMIN, Route
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden
from shared.operations import callers
from shared.ports.world import Ports


def by_bearer(ports: Ports, headers: Mapping[str, str]) -> Caller:
    """The caller behind ``Authorization: Bearer …``. Raises Unauthenticated."""
    return callers.authenticate(ports, callers.bearer(headers.get("Authorization")))


def check_scope(caller: Caller, route: Route) -> None:
    """Refuse a key that may not do this. Raises Forbidden naming the scope."""
    if route.scope == ADMIN and caller.restricted:
        raise Forbidden("auth.insufficient_scope", "This takes a key of full access (one without scopes and brands).")
    if route.scope not in (None, ADMIN, "") and not caller.may(str(route.scope)):
        message = f"This key lacks the scope {route.scope}. Make a key that has it, or one of full access."
        raise Forbidden("auth.insufficient_scope", message, required_scope=route.scope)
