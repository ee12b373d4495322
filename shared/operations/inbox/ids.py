"""Ids of what people say: ``rst_cmt_…``. They carry what they stand for, so that no look-up is needed; pure.

An id is its kind's prefix and base64url of the compact JSON ``[platform, the network's id, account, handles]``, where the last
two are left out if empty. The same thing has the same id, whoever lists it. They are no secrets and no permission: an
id that somebody made up names a network's thing, which its account must be allowed to see like any other.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["comment", "review", "message", "mention", "conversation", "post"]
PREFIXES: Mapping[Kind, str] = {
    "comment": "rst_cmt_",
    "review": "rst_rev_",
    "message": "rst_dm_",
    "mention": "rst_mnt_",
    "conversation": "rst_cnv_",
    "post": "rst_pst_",
}
MAX = 2048  # characters; handles that would make an id longer are left out, and looked up again when needed


@dataclass(frozen=True, slots=True)
class Named:
    """What an id stands for. ``account_id``: empty where the caller names the account beside the id."""

    platform: str
    id: str
    account_id: str = ""
    handles: Mapping[str, Any] = field(default_factory=dict)


class NoId(ValueError):
    """It begins as an id of ours, and is none."""


def encode(kind: Kind, named: Named) -> str:
    """The id of a thing."""
    parts = [named.platform, named.id, named.account_id, dict(named.handles)]
    whole = PREFIXES[kind] + _packed(parts)
    return whole if len(whole) <= MAX or not named.handles else PREFIXES[kind] + _packed(parts[:3])


def decode(kind: Kind, given: str) -> Named | None:
    """What the id stands for; None for one that is not of ours (the network's own). Raises NoId."""
    if not given.startswith("rst_"):
        return None
    if not given.startswith(PREFIXES[kind]) or len(given) > MAX:
        raise NoId(given)
    text = given.removeprefix(PREFIXES[kind])
    try:
        parts = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        json.dumps(
            parts, ensure_ascii=False, allow_nan=False
        ).encode()  # half a sign, or no number: nothing can keep it
    except (ValueError, binascii.Error, RecursionError) as error:
        raise NoId(given) from error
    return _named(parts, given)


def _named(parts: Any, given: str) -> Named:
    if not isinstance(parts, list) or not 2 <= len(parts) <= 4:
        raise NoId(given)
    platform, id_ = parts[:2]
    account_id, handles = parts[2] if len(parts) > 2 else "", parts[3] if len(parts) > 3 else {}
    if not (isinstance(handles, dict) and all(isinstance(one, str) for one in (platform, id_, account_id)) and id_):
        raise NoId(given)
    return Named(platform, id_, account_id, handles)


def _packed(parts: list[Any]) -> str:
    while parts and not parts[-1]:
        parts = parts[:-1]
    text = json.dumps(parts, separators=(",", ":"), sort_keys=True, ensure_ascii=False, default=str)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
