"""What callers may look up on LinkedIn: the pages that the connected member administers, and the author's posts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.errors import Invalid, Missing
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.linkedin import listing, organizations, wire

_PAGE = 50


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``organizations``: URN, names and the member's role, all on one page; ``posts``. Raises Refused, Missing, Invalid."""
    if name == "posts":
        return _posts(call, cursor)
    if name != "organizations":
        raise Missing("platform.linkedin.resource_not_found", f"LinkedIn has no resource {name!r}.", resource=name)
    return Page(
        tuple(
            {"id": page.urn, "name": page.name, "username": page.vanity_name, "role": page.role}
            for page in organizations.administered(call)
        )
    )


def _posts(call: Call, cursor: str) -> Page[Mapping[str, Any]]:
    """The author's posts, newest first; the cursor is where the page begins."""
    if cursor and not cursor.isdecimal():
        raise Invalid("validation.field_invalid", "cursor: as it was answered with the page before.", field="cursor")
    author, start = wire.encoded(call.who.platform_account_id), int(cursor or 0)
    url = f"{wire.API}/posts?q=author&author={author}&sortBy=CREATED&start={start}&count={_PAGE}"
    page, more = listing.read(call, url, _PAGE)
    return Page(tuple(page), str(start + _PAGE) if more else "")
