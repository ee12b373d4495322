"""Settling an unknown publish: the container says whether it is out, the listing says which post it became.

README, «How a lost answer is settled». Read-only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.content import Kind, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure
from shared.platforms.instagram import containers, errors, graph, wire
from shared.ports.http import HttpFailure

SKEW = timedelta(seconds=30)  # between the engine's clock and Instagram's
PAGE = 50
MAX_PAGES = 4


def find(call: Call, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
    """What became of the container that was sent to be published."""
    progress = containers.Progress.of(armed.state)
    if not progress.container:
        return Unsure("no container is known for this attempt")
    try:
        code, text = containers.status_of(call, progress.container)
    except Refused as refused:
        if errors.is_gone(refused):  # not proof: these reads fail now and then, see containers.py
            return Unsure(f"Instagram does not show container {progress.container}")
        raise
    if code == "PUBLISHED":
        return identify(call, piece, progress, armed.at, armed.taken)
    if code == "FINISHED":
        return Absent(f"container {progress.container} is FINISHED, not PUBLISHED; the same one is sent again")
    if code in {"EXPIRED", "ERROR"}:
        return Absent(f"container {progress.container} is {code}: never published, and never will be ({text})")
    return Unsure(f"container {progress.container} is {code or 'without a status'}")


def noted(call: Call, piece: Piece, ready: Ready) -> Ready:
    """With the ids of what is live already and could be taken for this post: read once, before it is first sent.

    Best effort: without them two posts of one caption within half a minute may stay apart for nobody.
    """
    progress = containers.Progress.of(ready.state)
    if progress.noted or progress.published:
        return ready
    since = datetime.fromtimestamp(progress.made_at, UTC)
    try:
        items, _ = _since(call, piece.kind, since - SKEW)
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
    """Which post a published container became: the only new one of its kind, caption and time, or none by name.

    ``taken``: which posts are known to be other pieces'.
    """
    # When it was live before this attempt, its time lies between the making of the container and now.
    earliest = datetime.fromtimestamp(progress.made_at, UTC) if progress.published else armed_at
    items, complete = _since(call, piece.kind, earliest - SKEW)
    new = [item for item in items if _matches(call, piece, earliest, item) and item.id not in progress.alike]
    ours = [item for item in new if not (taken and taken(item.id))]
    raw = {"container": progress.container, "status_code": "PUBLISHED"}
    state = {"kind": piece.kind.value, "container": progress.container}
    if complete and len(ours) == 1:
        return Published(ours[0].id, ours[0].permalink, state, raw)
    return Published("", None, state, raw)


def _matches(call: Call, piece: Piece, earliest: datetime, item: wire.Listed) -> bool:
    if item.kind is not piece.kind or not earliest - SKEW <= item.at <= call.now + SKEW:
        return False
    return piece.kind is Kind.STORY or wire.same_caption(piece.text, item.caption)


def _since(call: Call, kind: Kind, earliest: datetime) -> tuple[list[wire.Listed], bool]:
    """The account's items since then, newest first, and whether these are all."""
    edge = "stories" if kind is Kind.STORY else "media"
    found: list[wire.Listed] = []
    after: str | None = None
    for _ in range(MAX_PAGES):
        query: dict[str, Any] = {"fields": wire.MEDIA_FIELDS, "limit": PAGE, "after": after}
        answer = graph.read(call, f"{call.who.platform_account_id}/{edge}", **query)
        page = [item for entry in answer.get("data") or [] if (item := wire.listed(entry))]
        found += page
        after = graph.next_page(answer)
        if after is None or (page and page[-1].at < earliest):
            return found, True
    return found, False
