"""An account's own timeline, from an instant on: what settles a lost answer, for posts, replies and reposts alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call
from shared.platforms.x import errors, wire

CLOCK_SKEW: Final = timedelta(seconds=5)  # between our clock and the one in X's ids
_PAGES: Final = 8  # of 100 posts: more than any account posts between arming and settling
_FIELDS: Final = "attachments,conversation_id,created_at,entities,note_post,text"


def first_id(instant: datetime) -> int:
    """The id from which on to read, so that nothing made at the instant is missed."""
    return wire.first_id_at(instant - CLOCK_SKEW)


def pages(call: Call, since: int) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The timeline's pages; None, as the last one, where it cannot be known to be complete."""
    token: str | None = None
    for _ in range(_PAGES):
        query = {
            "since_id": since,
            "max_results": 100,
            "post.fields": _FIELDS,
            "expansions": "referenced_posts",
            "pagination_token": token,
        }
        url = f"{wire.API}/users/{call.who.platform_account_id}/tweets"
        listing = _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json
        yield listing.get("data") or []
        token = (listing.get("meta") or {}).get("next_token")
        if _is_partial(listing):
            break
        if token is None:
            return
    yield None


def _is_partial(listing: Mapping[str, Any]) -> bool:
    """Whether posts may be missing. A post that ours refer to and that is gone is no such thing."""
    own = [error for error in listing.get("errors") or () if not str(error.get("parameter")).startswith("referenced_")]
    return bool(own) or "result_count" not in (listing.get("meta") or {})
