"""What callers may look up on LinkedIn: the pages that the connected member administers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.errors import Missing
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.linkedin import organizations


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``organizations``: URN, names and the member's role, all on one page. Raises Refused, Missing."""
    if name != "organizations":
        raise Missing("platform.linkedin.resource_not_found", f"LinkedIn has no resource {name!r}.", resource=name)
    return Page(
        tuple(
            {"id": page.urn, "name": page.name, "username": page.vanity_name, "role": page.role}
            for page in organizations.administered(call)
        )
    )
