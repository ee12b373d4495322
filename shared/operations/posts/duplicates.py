"""Has this been said already? Posts that say the same on the same account within a day are refused, unless asked for.

What is compared is what would be sent: text, media and options of every piece. Drafts and posts of which nothing went
out (failed, missed, cancelled) do not count. It is a look before the commit, so that of two requests at the same instant
both may pass: those are what ``Idempotency-Key`` is for. What waits for approval is compared when somebody agrees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Clash
from shared.domain.instants import rfc3339
from shared.domain.posts import Target, likeness
from shared.domain.states import State
from shared.operations import networks
from shared.operations.posts import building
from shared.operations.posts.planning import PlannedTarget
from shared.ports.store import Op, Query
from shared.ports.world import Ports

WINDOW = timedelta(hours=24)
LOOKED_AT = 100  # documents at most: many cancelled copies of one text hide nothing that matters
_UNSENT = frozenset({State.DRAFT, State.FAILED, State.MISSED, State.CANCELLED})


def refuse(ports: Ports, caller: Caller, dues: Mapping[str, datetime]) -> None:
    """One query. ``dues``: when which likeness is to go out. Raises Clash naming the other post."""
    if not dues:
        return
    for doc in ports.store.query(_query(caller, dues)):
        other = codec.of(Target, doc)
        mine = dues.get(other.likeness)
        if mine and other.due_at and abs(other.due_at - mine) < WINDOW and _counts(other):
            raise _duplicate(other)


def dues(targets: Sequence[Target], due_ats: Sequence[datetime | None]) -> dict[str, datetime]:
    """What is to be compared of these targets."""
    return {one.likeness: due for one, due in zip(targets, due_ats, strict=True) if due and one.likeness}


def planned_dues(
    ports: Ports, planned: Sequence[PlannedTarget], due_ats: Sequence[datetime | None]
) -> dict[str, datetime]:
    """The same of targets that are not made (yet)."""
    now = ports.clock.now()
    alike = [likeness(one.account.id, building.pieces(ports.ids, one, now)) for one in planned]
    return {one: due for one, due in zip(alike, due_ats, strict=True) if due and one}


class Said:
    """What the earlier posts of one dry run would say, and when: nothing of it is stored."""

    def __init__(self) -> None:
        self._at: dict[str, list[datetime]] = {}

    def refuse(self, dues: Mapping[str, datetime]) -> None:
        """Raises Clash."""
        for alike, due in dues.items():
            if any(abs(at - due) < WINDOW for at in self._at.get(alike, ())):
                message = (
                    "The same text and media are in an earlier row for this account within 24 hours. Change something, "
                    "name a time further away, or send skip_duplicate_check=true."
                )
                raise Clash("publishing.duplicate_content", message, field="text")

    def add(self, dues: Mapping[str, datetime]) -> None:
        """These would be made."""
        for alike, due in dues.items():
            self._at.setdefault(alike, []).append(due)


def _query(caller: Caller, wanted: Mapping[str, datetime]) -> Query:
    keys, times = sorted(wanted), sorted(wanted.values())
    alike: tuple[str, Op, object] = ("likeness", "==", keys[0]) if len(keys) == 1 else ("likeness", "in", keys)
    span: list[tuple[str, Op, object]] = [("due_at", ">", times[0] - WINDOW), ("due_at", "<", times[-1] + WINDOW)]
    collection = f"workspaces/{caller.space}/targets"
    return Query(collection, None, (alike, *span), (("due_at", "asc"),), LOOKED_AT)


def _counts(other: Target) -> bool:
    return other.state not in _UNSENT or (other.first is not None and other.unpublished_at is None)


def _duplicate(other: Target) -> Clash:
    message = (
        f"The same text and media are {other.status} on this {networks.title(other.platform)} account within 24 hours: "
        f"post {other.post_id}. Change something, name a time further away, or send skip_duplicate_check: true."
    )
    return Clash(
        "publishing.duplicate_content",
        message,
        field="text",
        post_id=other.post_id,
        account_id=other.account_id,
        status=str(other.status),
        scheduled_at=rfc3339(other.due_at) if other.due_at else None,
    )
