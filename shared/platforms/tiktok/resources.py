"""What callers look up on TikTok: ``creator_info`` before they post, and ``videos``, the account's public posts.

https://developers.tiktok.com/doc/tiktok-api-v2-video-list, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.domain.errors import Invalid
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.tiktok import creator, wire

_FIELDS: Final = f"{wire.VIDEO_FIELDS},cover_image_url,embed_link"
_PAGE: Final = 20  # the most that TikTok gives


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``creator_info``: one entry, the creator's options and switches. ``videos``: newest first. In TikTok's own words.

    Raises Refused, Invalid, KeyError.
    """
    del arguments
    if name == "videos":
        return _videos(call, cursor)
    if name != "creator_info":
        raise KeyError(name)
    return Page((creator.info(call),))


def _videos(call: Call, cursor: str) -> Page[Mapping[str, Any]]:
    if cursor and not cursor.isdecimal():
        raise Invalid("validation.field_invalid", "cursor: as it was answered with the page before.", field="cursor")
    body = {"max_count": _PAGE, **({"cursor": int(cursor)} if cursor else {})}
    data = wire.post(call, "video/list/", body, fields=_FIELDS)
    found = tuple(one for one in data.get("videos") or () if isinstance(one, dict))
    return Page(found, str(data.get("cursor") or "") if data.get("has_more") else "")
