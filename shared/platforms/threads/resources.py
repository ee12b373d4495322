"""What callers must be able to look up: the account's posts, places to tag, and what is left of the account's quotas.

https://developers.facebook.com/docs/threads/reference/location-search and …/troubleshooting#retrieve-quota-limits, read
2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.errors import Invalid, Missing
from shared.platforms._graph.calls import next_page
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.threads import wire
from shared.platforms.threads.graph import GRAPH

_PAGE = 50
_COUNTED = {"": "posts", "reply_": "replies", "delete_": "deletions", "location_search_": "location_searches"}
_PLACE_FIELDS = "id,name,address,city,country,postal_code,latitude,longitude"
_LIMIT_FIELDS = (
    "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config,"
    "location_search_quota_usage,location_search_config"
)


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """One page of a resource of the manifest. Raises Refused, Invalid, Missing."""
    if name == "posts":
        path = f"{call.who.platform_account_id}/threads"
        answer = GRAPH.read(call, path, fields=f"{wire.LISTED_FIELDS},media_url", limit=_PAGE, after=cursor or None)
        return Page(_page(answer).items, next_page(answer) or "")
    if name == "locations":
        return _places(call, arguments)
    if name == "publishing_limit":
        path = f"{call.who.platform_account_id}/threads_publishing_limit"
        return _page(GRAPH.read(call, path, fields=_LIMIT_FIELDS))
    if name == "limits":
        return Page((_left(call),))
    raise Missing("resource.unknown", f"Threads has no resource «{name}».", resource=name)


def _left(call: Call) -> dict[str, int]:
    """What Threads counts, as far as it says so."""
    path = f"{call.who.platform_account_id}/threads_publishing_limit"
    usage = (_page(GRAPH.read(call, path, fields=_LIMIT_FIELDS)).items or ({},))[0]
    found: dict[str, int] = {}
    for prefix, things in _COUNTED.items():
        total, used = (usage.get(f"{prefix}config") or {}).get("quota_total"), usage.get(f"{prefix}quota_usage")
        if isinstance(total, int) and isinstance(used, int):
            found |= {f"{things}_remaining": max(0, total - used), f"{things}_total": total}
    return found


def _places(call: Call, arguments: Mapping[str, Any]) -> Page[Mapping[str, Any]]:
    near = arguments.get("latitude") is not None and arguments.get("longitude") is not None
    if not arguments.get("q") and not near:
        message = "Give q, or latitude and longitude."
        raise Invalid("platform.threads.location_unnamed", message, field="q", platform="threads")
    query: dict[str, Any] = {key: arguments.get(key) for key in ("q", "latitude", "longitude")}
    return _page(GRAPH.read(call, "location_search", fields=_PLACE_FIELDS, **query))


def _page(answer: Mapping[str, Any]) -> Page[Mapping[str, Any]]:
    return Page(tuple(row for row in answer.get("data") or [] if isinstance(row, dict)))
