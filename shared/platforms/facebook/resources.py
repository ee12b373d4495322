"""What callers look up on Facebook: the Pages behind the connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.facebook import graph

_FIELDS = "id,name,username,category,tasks,link"


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``pages``: the Pages that the connected person manages and allowed, without their tokens. Raises Refused."""
    if name != "pages":
        raise KeyError(name)
    query = {"fields": _FIELDS, "limit": 50, "after": cursor or None}
    with graph.as_person(call) as token:
        answer = graph.read(call, "me/accounts", token=token, **query)
    rows = tuple(row for row in answer.get("data") or [] if isinstance(row, dict) and row.get("id"))
    return Page(rows, graph.next_page(answer) or "")
