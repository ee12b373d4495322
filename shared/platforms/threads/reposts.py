"""Reposting: one request on somebody's post; found again in the account's own listing.

https://developers.facebook.com/docs/threads/posts/reposts, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Unsure
from shared.platforms.threads import wire
from shared.platforms.threads.graph import GRAPH
from shared.platforms.threads.settle import MAX_PAGES, PAGE, SKEW
from shared.ports.http import AnswerLost

FIELDS = "id,timestamp,permalink,media_type,reposted_post"


def target(piece: Piece) -> str:
    """The id of the post that is reposted."""
    return str(piece.options.get("repost_of") or "")


def commit(call: Call, piece: Piece) -> Published:
    """Repost. The one visible request."""
    answer = GRAPH.make_visible(call, f"{target(piece)}/repost", {})
    made = str(answer.get("id") or "")
    if not made:
        raise AnswerLost("a success without the repost's id")
    return Published(made, None, {"repost_of": target(piece)}, answer)


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """Look for the repost among what the account has published since the arm; absent when all of that was read."""
    after: str | None = None
    for _ in range(MAX_PAGES):
        path = f"{call.who.platform_account_id}/threads"
        answer = GRAPH.read(call, path, fields=FIELDS, limit=PAGE, after=after)
        if not isinstance(answer.get("data"), list):
            return Unsure("the account's listing has no list of posts")
        page = answer["data"]
        new = [item for item in page if _is_new(armed, item)]
        for item in new:
            if _source(item) == target(piece):
                state = {"repost_of": target(piece)}
                return Published(str(item["id"]), item.get("permalink"), state, dict(item))
        if not all(map(_source, new)):
            return Unsure("the account has reposted since, and Threads does not say what")
        after = wire.next_page(answer)
        if after is None or _before(page[-1], armed):
            return Absent("all that the account has published since was read, and the repost is not among it")
    return Unsure("more has been published since than was read")


def _is_new(armed: Armed, item: Mapping[str, Any]) -> bool:
    """A repost since the arm that is no other piece's."""
    repost = item.get("media_type") == "REPOST_FACADE" and not _before(item, armed)
    return repost and not armed.taken(str(item.get("id")))


def _source(item: Mapping[str, Any]) -> str:
    """The id of what it reposts, empty where that is not told."""
    reposted = item.get("reposted_post")
    return str((reposted.get("id") if isinstance(reposted, dict) else reposted) or "")


def _before(item: Mapping[str, Any], armed: Armed) -> bool:
    at = wire.instant(item.get("timestamp"))
    return at is not None and at < armed.at - SKEW
