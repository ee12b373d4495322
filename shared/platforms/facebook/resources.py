"""What callers look up on Facebook: the Pages behind the connection, and a Page's photos and videos.

https://developers.facebook.com/docs/graph-api/reference/page/photos and …/page/videos, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.facebook import graph, wire

_FIELDS = "id,name,username,category,tasks,link"
_PHOTO_FIELDS = "id,name,link,created_time"
_VIDEO_FIELDS = "id,title,description,permalink_url,created_time"


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``pages``: the Pages that the connected person manages and allowed, without their tokens; ``photos`` and ``videos`` of the
    account's own Page, newest first. Raises Refused."""
    del arguments
    if name == "photos":
        return _of_the_page(call, "photos", cursor, type="uploaded", fields=_PHOTO_FIELDS)
    if name == "videos":
        return _of_the_page(call, "videos", cursor, fields=_VIDEO_FIELDS)
    if name != "pages":
        raise KeyError(name)
    query = {"fields": _FIELDS, "limit": 50, "after": cursor or None}
    with graph.as_person(call) as token:
        answer = graph.read(call, "me/accounts", token=token, **query)
    rows = tuple(row for row in answer.get("data") or [] if isinstance(row, dict) and row.get("id"))
    return Page(rows, graph.next_page(answer) or "")


def _of_the_page(call: Call, edge: str, cursor: str, **query: str) -> Page[Mapping[str, Any]]:
    rows, after = graph.listing(call, f"{graph.page_id(call)}/{edge}", {**query, "limit": 50}, cursor or None)
    return Page(tuple(_addressed(row) for row in rows if row.get("id")), after or "")


def _addressed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A video's address comes without its host."""
    address = wire.address(row.get("permalink_url"))
    return {**row, "permalink_url": address} if address else row
