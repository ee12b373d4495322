"""What callers look up on Instagram: the account's own posts and reels, and what is left of its quota.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media, read 2026-11-22: the newest
10,000, without stories; and …/ig-user/content_publishing_limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.instagram import graph, wire

_FIELDS = f"{wire.MEDIA_FIELDS},media_url,thumbnail_url"
_PAGE = 50


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``media``, newest first; ``limits``, one row. Raises Refused."""
    del arguments
    if name == "limits":
        return Page((_left(call),))
    if name != "media":
        raise KeyError(name)
    path = f"{call.who.platform_account_id}/media"
    answer = graph.read(call, path, fields=_FIELDS, limit=_PAGE, after=cursor or None)
    return Page(tuple(wire.data(answer)), graph.next_page(answer) or "")


def _left(call: Call) -> dict[str, int]:
    """What Instagram counts, as far as it says so."""
    answer = graph.read(call, f"{call.who.platform_account_id}/content_publishing_limit", fields="quota_usage,config")
    usage = (wire.data(answer) or [{}])[0]
    total, used = (usage.get("config") or {}).get("quota_total"), usage.get("quota_usage")
    if not isinstance(total, int) or not isinstance(used, int):
        return {}
    return {"posts_remaining": max(0, total - used), "posts_total": total}
