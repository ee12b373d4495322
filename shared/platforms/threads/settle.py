"""Settling an unknown publish: the container says whether it is out, the listing says which post it became.

README, «How a lost answer is settled». Read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure
from shared.platforms.threads import containers, errors, wire
from shared.platforms.threads.graph import GRAPH
from shared.ports.http import HttpFailure

SKEW = timedelta(seconds=30)  # between the engine's clock and Threads'
PAGE = 50
MAX_PAGES = 4


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """What became of the container that was sent to be published."""
    progress = containers.Progress.of(armed.state)
    if not progress.container:
        return Unsure("no container is known for this attempt")
    try:
        status, message = containers.status_of(call, progress.container)
    except Refused as refused:
        if errors.is_gone(refused):
            return Unsure(f"Threads does not show container {progress.container}")
        raise
    if status == "PUBLISHED":
        return identify(call, piece, progress, armed.at, armed.taken)
    if status == "FINISHED":
        return Absent(f"container {progress.container} is FINISHED, not PUBLISHED; the same one is sent again")
    if status in {"EXPIRED", "ERROR"}:
        return Absent(f"container {progress.container} is {status}: never published, and never will be ({message})")
    return Unsure(f"container {progress.container} is {status or 'without a status'}")


def noted(call: Call, piece: Piece, ready: Ready) -> Ready:
    """With the ids of what is live already and could be taken for this post: read once, before it is first sent.

    Best effort: without them two posts of one text within half a minute may stay apart for nobody.
    """
    progress = containers.Progress.of(ready.state)
    if progress.noted or progress.published:
        return ready
    since = datetime.fromtimestamp(progress.made_at, UTC)
    try:
        items, _ = _since(call, piece, since - SKEW)
    except (Refused, HttpFailure):
        return ready
    alike = tuple(item.id for item in items if _matches(call, piece, since, item))
    return Ready(replace(progress, noted=True, alike=alike).state())


def identify(
    call: Call,
    piece: Piece,
    progress: containers.Progress,
    armed_at: datetime,
    taken: Callable[[str], bool] | None = None,
) -> Published:
    """Which post a published container became: the only new one of its kind, text, parent and time, or none by name.

    ``taken``: which posts are known to be other pieces'.
    """
    # When it was live before this attempt, its time lies between the making of the container and now.
    earliest = datetime.fromtimestamp(progress.made_at, UTC) if progress.published else armed_at
    items, complete = _since(call, piece, earliest - SKEW)
    new = [item for item in items if _matches(call, piece, earliest, item) and item.id not in progress.alike]
    ours = [item for item in new if not (taken and taken(item.id))]
    raw, state = {"container": progress.container, "status": "PUBLISHED"}, {"container": progress.container}
    if complete and len(ours) == 1:
        return Published(ours[0].id, ours[0].permalink, state, raw)
    return Published("", None, state, raw)


def _matches(call: Call, piece: Piece, earliest: datetime, item: wire.Listed) -> bool:
    kind = Kind.TEXT if piece.kind is Kind.POLL else piece.kind  # a poll is listed as the text that it hangs on
    if item.kind is not kind or not earliest - SKEW <= item.at <= call.now + SKEW:
        return False
    parent = wire.parent_of(piece)
    return wire.same_text(piece.text, item.text) and (not item.parent or item.parent == parent)


def _since(call: Call, piece: Piece, earliest: datetime) -> tuple[list[wire.Listed], bool]:
    """The account's posts (or replies) since then, newest first, and whether these are all."""
    reply = bool(wire.parent_of(piece))
    path = f"{call.who.platform_account_id}/{'replies' if reply else 'threads'}"
    fields = wire.REPLY_FIELDS if reply else wire.LISTED_FIELDS
    found: list[wire.Listed] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        answer = GRAPH.read(call, path, fields=fields, limit=PAGE, after=after)
        page = [item for entry in answer.get("data") or [] if (item := wire.listed(entry))]
        found += page
        after = wire.next_page(answer)
        if after is None or (page and page[-1].at < earliest):
            return found, True
    return found, False
