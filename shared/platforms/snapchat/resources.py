"""What callers look up at Snapchat: the public profiles that the person may post to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.snapchat import profiles


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``profiles``: id, name and organization of each. Raises Refused."""
    wanted = str(arguments.get("organization_id") or "")
    found = profiles.of_organization(call, wanted) if wanted else profiles.of_organizations(call)
    kept = ("id", "organization_id", "display_name", "snap_user_name", "profile_tier", "subscriber_count")
    return Page(tuple({key: one[key] for key in kept if key in one} for one in found))
