"""What callers look up on Bluesky: the account's own posts, as its repository keeps them.

https://docs.bsky.app/docs/api/com-atproto-repo-list-records, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms import _wire
from shared.platforms.bluesky import errors, wire
from shared.platforms.bluesky.inbox_acts import pds
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.ports.http import AnswerLost

_PAGE = 50


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``posts``, newest first, replies among them: uri, cid and the record itself (``value``). Raises Refused."""
    del arguments
    if name != "posts":
        raise KeyError(name)
    query = {"repo": call.who.platform_account_id, "collection": "app.bsky.feed.post", "limit": _PAGE}
    url = wire.method(pds(call), "com.atproto.repo.listRecords")
    request = _wire.get(url, {**query, "cursor": cursor or None}, Authorization=f"Bearer {call.tokens.access}")
    said = _wire.ask(call, request, errors.refusal).json
    if not isinstance(said.get("records"), list):
        raise AnswerLost("an answer without its records")
    return Page(tuple(said["records"]), str(said.get("cursor") or ""))
