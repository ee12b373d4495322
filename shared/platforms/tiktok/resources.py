"""What callers look up on TikTok before they post: ``creator_info``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.tiktok import creator


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """One entry: the creator's options and switches, in TikTok's own words. Raises Refused, KeyError."""
    del arguments, cursor
    if name != "creator_info":
        raise KeyError(name)
    return Page((creator.info(call),))
