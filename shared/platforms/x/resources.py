"""What callers look up on X: the account's own posts.

https://docs.x.com/x-api/users/get-posts, read 2026-11-22: replies and reposts are among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.x import errors, wire

_FIELDS: Final = "created_at,note_post,public_metrics,text"
_PAGE: Final = 50


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``posts``, newest first. Raises Refused."""
    del arguments
    if name != "posts":
        raise KeyError(name)
    query = {"max_results": _PAGE, "post.fields": _FIELDS, "pagination_token": cursor or None}
    url = f"{wire.API}/users/{call.who.platform_account_id}/tweets"
    said = _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json
    return Page(tuple(said.get("data") or ()), str((said.get("meta") or {}).get("next_token") or ""))
