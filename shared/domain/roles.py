"""Roles, and what each may do: those of people in a workspace, and the seven that a trusted issuer's tokens name.

A caller of full access has the scopes ``()``. A token is of one tenant, whatever its role: no role reaches into another
workspace. ``docs/authentication.md`` shows the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from shared.domain.callers import EXPLICIT
from shared.domain.keys import SCOPE_NAMES

UserRole = Literal["admin", "developer", ""]

_CREATING = frozenset(
    {
        "accounts:read",
        "accounts:manage",
        "posts:read",
        "posts:write",
        "media:read",
        "media:write",
        "analytics:read",
    }
)
_ANSWERING = _CREATING | {"posts:approve", "inbox:read", "inbox:write", "dms:read", "dms:send"}
_EVERYTHING = SCOPE_NAMES - EXPLICIT  # every scope by its name, which is less than full access: nothing of an admin's

FULL: frozenset[str] = frozenset()
TOKEN_ROLES: dict[str, frozenset[str]] = {  # from the least to the most
    "creator": _CREATING,
    "content_manager": _ANSWERING,
    "manager": _EVERYTHING,
    "tenant_admin": FULL,
    "platform_admin": FULL,
    "system_admin": FULL,
    "super_admin": FULL,
}
USER_ROLES: dict[UserRole, frozenset[str]] = {"": FULL, "admin": FULL, "developer": _EVERYTHING}  # "": the owner


def known(roles: Iterable[str]) -> tuple[str, ...]:
    """Those of the seven roles that a token names, from the least to the most."""
    named = set(roles)
    return tuple(role for role in TOKEN_ROLES if role in named)


def scopes_of(roles: Iterable[str]) -> tuple[str, ...]:
    """The scopes of a caller with these (known) roles together; empty for full access."""
    each = [TOKEN_ROLES[role] for role in roles]
    return () if FULL in each else tuple(sorted(frozenset[str]().union(*each)))
