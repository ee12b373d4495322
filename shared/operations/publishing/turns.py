"""Whose turn is it? Wishes about one thing are fulfilled in the order in which they fell due.

«Active», whose answer was lost, and then «paused»: if the second went first, reading would find the first one's wish
unfulfilled, and sending it again would undo the second. So what is repeatable waits until every older action on the same
thing by the same account is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.posts import Target
from shared.domain.states import TERMINAL, State
from shared.ports.store import Doc, Query
from shared.ports.world import Ports

_PENDING = sorted(state.value for state in set(State) - TERMINAL - {State.DRAFT})
PAUSE = timedelta(seconds=5)


def wait_until(ports: Ports, target: Target) -> datetime | None:
    """When to look again, None when it is the target's turn. One query, for a repeatable action only: it reads what is about
    this very thing, however much else the account has waiting."""
    deed = target.piece.deed
    if deed is None or not deed.repeatable:
        return None
    where = (("subject", "==", target.subject), ("state", "in", _PENDING))
    pending = ports.store.query(Query(f"workspaces/{target.space}/targets", where=where))  # type: ignore[arg-type]
    older = [at for doc in pending if (at := _before(doc, target))]
    now = ports.clock.now()
    return max(min(older), now) + PAUSE if older else None


def _before(doc: Doc, target: Target) -> datetime | None:
    """When something happens next to an older action on the same thing; None when it is none."""
    try:
        other = codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None  # what cannot be read is not sent either
    return (other.next_at or other.created_at) if _rank(other) < _rank(target) else None


def _rank(target: Target) -> tuple[datetime, datetime, str]:
    return target.due_at or target.created_at, target.created_at, target.id
