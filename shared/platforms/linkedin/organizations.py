"""The pages of organizations that a member administers.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations (organization-access-control,
organization-lookup-api), 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call, Refused
from shared.platforms.linkedin import errors, listing, wire

ROLES: Final = frozenset({"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"})
_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class Page:
    """An organization's page: its URN, its names, and the member's role on it."""

    urn: str
    name: str
    vanity_name: str
    role: str


def administered(call: Call) -> Sequence[Page]:
    """The pages that the account's member may post on; none where the app may not ask. Raises Refused."""
    url = f"{wire.API}/organizationAcls?q=roleAssignee&state=APPROVED&start=0&count={_SIZE}"
    try:
        acls, _ = listing.read(call, url)
    except Refused as refused:
        if refused.row.code == "permission_denied":
            return ()
        raise
    roles = {_urn(acl): str(acl.get("role")) for acl in acls if acl.get("role") in ROLES and _urn(acl)}
    names = _named(call, [urn.rpartition(":")[2] for urn in roles]) if roles else {}
    return [_page(urn, role, names.get(urn.rpartition(":")[2]) or {}) for urn, role in roles.items()]


def _urn(acl: Any) -> str:
    return str(acl.get("organization") or acl.get("organizationTarget") or "")


def _named(call: Call, numbers: Sequence[str]) -> dict[str, Any]:
    url = f"{wire.API}/organizations?ids=List({','.join(numbers)})"
    answer = _wire.ask(call, wire.authorised(call, _wire.get(url), "BATCH_GET"), errors.refusal).json
    return dict(answer.get("results") or {})


def _page(urn: str, role: str, about: dict[str, Any]) -> Page:
    name = str(about.get("localizedName") or urn.rpartition(":")[2])
    return Page(urn, name, str(about.get("vanityName") or ""), role)
