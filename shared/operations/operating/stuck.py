"""What should have moved on and did not: with how long, why, and what will happen by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared.domain import codec
from shared.domain.chores import KINDS, LEASE, Chore
from shared.domain.posts import Target, target_path
from shared.domain.states import TERMINAL, State
from shared.operations import chores, housekeeping, lookup
from shared.operations.idempotency import LOCKED
from shared.operations.operating import spaces
from shared.operations.operating.holding import WAITING
from shared.operations.publishing import sweeping
from shared.ports.store import Doc, Op, Query
from shared.ports.world import Ports

GRACE = timedelta(minutes=2)  # the sweeper comes each minute
FAILURES = 5  # in a row, of a chore
log = logging.getLogger(__name__)
Kind = Literal["target", "review", "held", "outbox", "event", "delivery", "chore", "claim"]
Where = tuple[tuple[str, Op, Any], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One of them. ``since``: when it should have moved. ``by_itself``: what happens if nobody does anything."""

    kind: Kind
    id: str
    space: str
    state: str
    since: datetime | None
    why: str
    by_itself: str
    post_id: str = ""
    account_id: str = ""
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one id: ``outcome`` in a word or two."""

    id: str
    outcome: str


def find(ports: Ports, workspace: str = "") -> Iterator[Finding]:
    """All of it, workspace by workspace, a page at a time; changes nothing. Raises Missing, store.Unavailable."""
    for space in spaces.every(ports, workspace):
        for look in (_late, _reviews, _held, _outboxes, _events, _deliveries, _chores, _claims):
            yield from look(ports, space)


def push(ports: Ports, ids: Sequence[str], workspace: str = "") -> Iterator[Pushed]:
    """Have each of these targets (or those of these posts) enqueued once more, as the sweeper does: the state machine
    decides what its next step is, and nothing is sent that it would not send. Raises Missing, store.Unavailable."""
    for one in ids:
        found = [doc for space in spaces.every(ports, workspace) for doc in _named(ports, space, one)]
        if not found:
            yield Pushed(one, "not found")
        for doc in found:
            yield Pushed(doc.id, _pushed(ports, doc))


def push_all(ports: Ports) -> int:
    """What the sweeper does each minute, now; how many targets, chores and the like were handed out. Raises
    store.Unavailable."""
    kept = housekeeping.keep(ports)
    return kept.swept.enqueued + sum(chores.hand_out(ports, kind).enqueued for kind in KINDS)


def _pushed(ports: Ports, doc: Doc) -> str:
    try:
        target = codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return "cannot be read"
    if target.held:
        return "is held: release it"
    if target.state is State.DRAFT or (target.state in TERMINAL and not target.events):
        return f"is {target.state.value}: nothing is left to do"
    if not sweeping.wake(ports, doc):
        return "somebody was faster"
    spaces.note(ports, target.space, "publishing.pushed", target.id, state=target.state.value)
    return "enqueued"


def _named(ports: Ports, space: str, one: str) -> list[Doc]:
    if not lookup.plain(one):
        return []
    doc = ports.store.get(target_path(space, one))
    of_post: Where = (("post_id", "==", one),)
    return [doc] if doc else list(lookup.every(ports, _below(space, "targets", of_post)))


# -------------------------------------------------------------------------------------------------- one kind each


def _late(ports: Ports, space: str) -> Iterator[Finding]:
    for target in _targets(ports, _overdue(ports, space, "targets", "next_at")):
        error = f"; last: {target.error.code}: {target.error.message}" if target.error else ""
        yield _of(
            target, "target", target.next_at, _REASONS[target.state].format(target) + error, _swept(ports, target)
        )


_REASONS = {
    State.SCHEDULED: "its next step is overdue (refused {0.refusals} times, in doubt {0.doubts})",
    State.PREPARING: "preparing it does not come to an end",
    State.ARMED: "its sender has not said what became of it",
    State.CONFIRMING: "the network has it, and was not asked since",
    State.UNKNOWN: "nobody knows whether it was sent",
    State.RECONCILING: "nobody knows whether it was sent; {0.probes} looks settled nothing",
}


def _swept(ports: Ports, target: Target) -> str:
    at = target.wake_at
    if at is None:
        return "nothing: stuck --push it"
    if at < ports.clock.now() - GRACE:
        return f"the sweeper should have enqueued it at {_shown(at)}: does its schedule run?"
    return f"the sweeper enqueues it once more at {_shown(at)} (it did {target.swept} times)"


def _reviews(ports: Ports, space: str) -> Iterator[Finding]:
    where: Where = (("state", "==", State.NEEDS_REVIEW.value),)
    for target in _targets(ports, lookup.every(ports, _below(space, "targets", where))):
        why = f"{target.error.code}: {target.error.message}" if target.error else "whether it is live cannot be known"
        call = f"POST /v1/posts/{target.post_id}/resolve" if target.post_id else f"POST /v1/actions/{target.id}/resolve"
        yield _of(target, "review", target.settled_at, why, f"nothing: somebody looks at the account, then {call}")


def _held(ports: Ports, space: str) -> Iterator[Finding]:
    where: Where = (("state", "in", list(WAITING)), ("next_at", "==", None))
    for target in _targets(ports, lookup.every(ports, _below(space, "targets", where))):
        yield _of(target, "held", target.due_at, "an operator holds it, or a restore did", "nothing: release it")


def _outboxes(ports: Ports, space: str) -> Iterator[Finding]:
    for target in _targets(ports, _overdue(ports, space, "targets", "wake_at")):
        if target.state in TERMINAL and target.events:
            named = ", ".join(event.type for event in target.events)
            why = f"it is over, and this was not told yet: {named}"
            yield _of(target, "outbox", target.settled_at, why, _swept(ports, target))


def _events(ports: Ports, space: str) -> Iterator[Finding]:
    for doc in _overdue(ports, space, "events", "tell_at"):
        data = doc.data
        why, then = f"{data.get('action')} was not told yet", "the sweeper sends it with its next run"
        yield Finding("event", doc.id, space, "waiting", data.get("tell_at"), why, then)


def _deliveries(ports: Ports, space: str) -> Iterator[Finding]:
    for doc in _overdue(ports, space, "deliveries", "next_at"):
        data = doc.data
        why, then = f"{data.get('event_type')} waits for {data.get('endpoint_id')}", "the sweeper queues it anew"
        yield Finding("delivery", doc.id, space, "pending", data.get("next_at"), why, then)


def _chores(ports: Ports, space: str) -> Iterator[Finding]:
    failing: Where = (("failures", ">=", FAILURES),)
    seen = {doc.path: doc for doc in lookup.every(ports, _below(space, "chores", failing, "failures"))}
    seen |= {doc.path: doc for doc in _overdue(ports, space, "chores", "wake_at", LEASE)}
    for doc in seen.values():
        try:
            chore = codec.decode(Chore, doc.data)
        except (TypeError, ValueError, KeyError, AttributeError):
            yield Finding("chore", doc.id, space, "unreadable", None, "no chore can be read from it", "nothing")
            continue
        why = f"failed {chore.failures} times in a row" if chore.failures else "it was not handed out, or not ended"
        then = f"it is handed out again at {_shown(chore.wake_at)}"
        since = chore.wake_at if chore.wake_at < ports.clock.now() else None
        yield Finding(
            "chore", doc.id, space, chore.kind, since, why, then, "", chore.account_id, platform=chore.platform
        )


def _claims(ports: Ports, space: str) -> Iterator[Finding]:
    pending: Where = (("pending", "==", True),)
    for doc in lookup.every(ports, _below(space, "idempotency", pending)):
        locked = doc.data.get("locked_at")
        if locked is None or locked < ports.clock.now() - max(LOCKED, GRACE):
            why = f"{doc.data.get('route')} was begun under this idempotency key, and has no answer"
            then = f"the next request with this key does it; it is forgotten at {_shown(doc.data['expire_at'])}"
            yield Finding("claim", doc.id, space, "pending", locked or doc.data.get("created_at"), why, then)


# ------------------------------------------------------------------------------------------------------- queries


def _below(space: str, collection: str, where: Where, ordered: str = "") -> Query:
    order = ((ordered, "asc"),) if ordered else ()
    return Query(f"workspaces/{space}/{collection}", where=where, order_by=order)  # type: ignore[arg-type]  # asc is one


def _overdue(ports: Ports, space: str, collection: str, field: str, grace: timedelta = GRACE) -> Iterator[Doc]:
    where: Where = ((field, "<=", ports.clock.now() - grace),)
    return lookup.every(ports, _below(space, collection, where, field))


def _targets(ports: Ports, docs: Iterator[Doc]) -> Iterator[Target]:
    for doc in docs:
        try:
            yield codec.decode(Target, doc.data)
        except (TypeError, ValueError, KeyError, AttributeError):
            log.warning("a target cannot be read", extra={"path": doc.path})


def _of(target: Target, kind: Kind, since: datetime | None, why: str, by_itself: str) -> Finding:
    state, ids = target.state.value, (target.post_id, target.account_id, target.platform)
    return Finding(kind, target.id, target.space, state, since, why, by_itself, *ids)


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
