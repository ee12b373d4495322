"""The public profiles that a person may post to, through the organizations that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.snapchat import wire

_PAGES: Final = 20


def organizations(call: Call, token: str = "") -> list[Mapping[str, Any]]:
    """The person's organizations. Raises Refused."""
    return list(listing(call, f"{wire.ADS}/me/organizations", "organizations", token))


def of_organizations(call: Call, token: str = "") -> Iterator[Mapping[str, Any]]:
    """The profiles of all of them. Raises Refused."""
    for organization in organizations(call, token):
        yield from of_organization(call, str(organization["id"]), token)


def of_organization(call: Call, organization_id: str, token: str = "") -> Iterator[Mapping[str, Any]]:
    """The profiles of one organization. Raises Refused."""
    url = f"{wire.API}/organizations/{wire.segment(organization_id)}/public_profiles"
    yield from listing(call, url, "public_profiles", token)


def listing(call: Call, url: str, plural: str, token: str = "") -> Iterator[Mapping[str, Any]]:
    """All pages of a listing. Raises Refused, AnswerLost."""
    cursor = ""
    for _ in range(_PAGES):
        said = wire.ask(call, _wire.get(url, {"cursor": cursor or None}), token)
        yield from wire.items(said, plural)
        cursor = wire.next_cursor(said)
        if not cursor:
            return
