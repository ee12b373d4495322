"""Each sweep of the minute, with pages of documents before it that no code of ours can read: they starve nobody.

The rows are whole ones of which one field is missing or junk, whichever it is: more than a page, and the longest overdue.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain import codec, raw_events
from shared.operations import chores
from shared.operations.ingesting import sweeping as ingesting
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.publishing import sweeping as publishing
from shared.operations.webhooks import fanning_out, tending
from shared.ports.bus import BusUnavailable
from shared.ports.queue import QueueUnavailable
from shared.ports.store import Doc, Query, Write
from tests.operations import flows
from tests.operations.flows import TEST
from tests.operations.webhook_world import Receiver, happened
from tests.support import memory_ports
from tests.support.memory_ports import Rig

JUNK: tuple[Any, ...] = (None, "junk", 7, -1, [], {})
OVERDUE = timedelta(days=2)
EMPTY = 450  # rows: more than a page of each


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep, the group of what it looks for and the field that says when, a row that it has to find, and how often it may
    run until then: a page that is put off is one run's work where it says so."""

    run: Callable[[Rig], object]
    group: str
    field: str
    make: Callable[[Rig], object]
    runs: int = 1


def _chore(rig: Rig) -> None:
    account = flows.redirected(rig)
    rig.store.commit([chores.planned(account, "sync", rig.clock.now())])


def _post(rig: Rig) -> None:
    targets = (TargetOrder(flows.redirected(rig).id),)
    creating.create(rig.ports, TEST, CreatePost("Hello", targets=targets, publish_now=True))
    rig.queue.take(rig.clock.now())


def _delivery(rig: Rig) -> None:
    Receiver(rig).register(("engagement.spike",))
    happened(rig)
    message = rig.bus.messages[-1]
    fanning_out.notify(rig.ports, message.data, message.attributes)


def _endpoint(rig: Rig) -> None:
    endpoint = Receiver(rig).register(("engagement.spike",))
    path = f"workspaces/{TEST.space}/webhooks/{endpoint.id}"
    rig.store.commit([Write("update", path, {"wake_at": rig.clock.now()})])


def _raw(rig: Rig) -> None:
    made = raw_events.received("facebook", "", "app", {}, b"{}", rig.clock.now())
    rig.store.commit([Write("create", raw_events.raw_path(made.id), codec.encode(made))])


SWEEPS = {
    "chores": Sweep(lambda rig: chores.hand_out(rig.ports, "sync"), "chores", "wake_at", _chore),
    "targets": Sweep(lambda rig: publishing.sweep(rig.ports), "targets", "wake_at", _post),
    "deliveries": Sweep(lambda rig: tending.sweep(rig.ports), "deliveries", "next_at", _delivery, 2),
    "endpoints": Sweep(lambda rig: tending.sweep(rig.ports), "webhooks", "wake_at", _endpoint, 2),
    "pushes": Sweep(lambda rig: ingesting.sweep(rig.ports), "webhook_events", "wake_at", _raw),
}


def broken(doc: Doc, field: str, before: datetime) -> Iterator[Write]:
    """Rows like the document, one for each of its fields and each kind of junk."""
    own = "account_id" if "ticket" in doc.data else "id"  # a chore is named by its account
    names = sorted(set(doc.data) - {field, "shard", "kind"})
    for number, (name, junk) in enumerate(itertools.product(names, ("missing", *JUNK))):
        other = f"{doc.data[own]}_{number}"
        row = {**doc.data, own: other, field: before - timedelta(seconds=number), name: junk}
        if junk == "missing":
            del row[name]
        yield Write("create", doc.path.replace(doc.data[own], other), row)


def empty(doc: Doc, field: str, before: datetime) -> Iterator[Write]:
    """Rows that have nothing but what the sweep finds them by: no page of them has one that can be read."""
    for number in range(EMPTY):
        row = {name: doc.data[name] for name in ("shard", "kind") if name in doc.data}
        yield Write("create", f"{doc.path}_{number}", row | {field: before - timedelta(seconds=number)})


def _healthy(rig: Rig, sweep: Sweep) -> Doc:
    """What the sweep has to find."""
    collection = sweep.group if sweep.group == "webhook_events" else f"workspaces/{TEST.space}/{sweep.group}"
    found = [one for one in rig.store.query(Query(collection)) if one.data.get("kind", "sync") == "sync"]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("rows", [broken, empty])
@pytest.mark.parametrize("name", SWEEPS)
def test_what_cannot_be_read_starves_nobody(name: str, rows: Callable[..., Iterator[Write]]) -> None:
    sweep, rig = SWEEPS[name], memory_ports.rig()
    sweep.make(rig)
    healthy = _healthy(rig, sweep)
    rig.clock.advance(OVERDUE.total_seconds())
    rig.store.commit(list(rows(healthy, sweep.field, healthy.data[sweep.field] - timedelta(hours=1))))
    for _ in range(sweep.runs):
        sweep.run(rig)
    now = rig.store.get(healthy.path)
    assert now is not None
    assert now.data[sweep.field] >= rig.clock.now()


@pytest.mark.parametrize("name", sorted(SWEEPS.keys() - {"chores"}))  # chores have a function of their own
def test_a_queue_or_bus_that_lets_everybody_wait_does_not_keep_the_minutes_other_jobs_from_their_turn(
    name: str,
) -> None:
    sweep, rig = SWEEPS[name], memory_ports.rig()
    sweep.make(rig)
    healthy = _healthy(rig, sweep)
    rig.clock.advance(OVERDUE.total_seconds())
    rig.store.commit(list(broken(healthy, sweep.field, healthy.data[sweep.field])))

    def away(call: str, phase: str) -> None:
        if call in ("bus.publish", "queue.enqueue") and phase == "before":
            rig.clock.advance(15)
            raise BusUnavailable("no answer") if call == "bus.publish" else QueueUnavailable("no answer")

    rig.faults.hook = away
    began = rig.clock.monotonic()
    sweep.run(rig)
    assert 0 < rig.clock.monotonic() - began < 70
