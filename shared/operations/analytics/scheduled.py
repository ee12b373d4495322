"""What waits for its time."""

from __future__ import annotations

from shared.domain.callers import Caller
from shared.domain.states import Status
from shared.operations.posts import listing
from shared.operations.posts.listing import ListPosts, Page
from shared.ports.store import Query
from shared.ports.world import Ports

MAX_COUNTED = 10  # pages that are looked through for a caller of some brands, of whom the store cannot count


def queue(ports: Ports, caller: Caller, limit: int, cursor: str | None) -> tuple[Page, int]:
    """A page of the scheduled posts, the next first, and how many there are in all. Raises Invalid (the cursor)."""
    page = listing.list_(ports, caller, ListPosts(status=str(Status.SCHEDULED), limit=limit, cursor=cursor))
    return page, _total(ports, caller)


def _total(ports: Ports, caller: Caller) -> int:
    """All scheduled posts; of a caller of some brands those that it may know of, up to a thousand."""
    if not caller.brand_ids:
        waiting = Query(
            f"workspaces/{caller.space}/posts", where=(("status", "==", str(Status.SCHEDULED)), ("hidden", "==", False))
        )
        return ports.store.count(waiting)
    seen, cursor = 0, None
    for _ in range(MAX_COUNTED):
        page = listing.list_(ports, caller, ListPosts(status=str(Status.SCHEDULED), limit=100, cursor=cursor))
        seen, cursor = seen + len(page.posts), page.next_cursor
        if cursor is None:
            break
    return seen
