"""Requests a minute: leased by the slice, handed out in memory, and never more in total than the plan has."""

from __future__ import annotations

import multiprocessing
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.domain import codec
from shared.domain.plans import PLANS
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import budgets, plans
from shared.operations.recent import Recent
from shared.ports.store import Store, Unavailable, Write
from shared.ports.world import Ports
from tests.support import faults, memory_ports
from tests.support.memory_parts import ManualClock
from tests.support.memory_ports import Rig

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
FREE = PLANS["free"].requests_per_minute
STARTER = PLANS["starter"].requests_per_minute


@pytest.fixture
def rig() -> Rig:
    """A world at noon, with a workspace ``ws`` on Starter and ``small`` on Free."""
    made = memory_ports.rig(now=NOON)
    made.store.commit([on("ws", "starter"), on("small", "free")])
    return made


def on(workspace: str, plan: str) -> Write:
    """A workspace on a plan."""
    return Write("set", workspace_path(workspace), codec.encode(Workspace(workspace, "Acme", NOON, plan)))


def process(ports: Ports, ahead: float = 0.0) -> tuple[Ports, ManualClock]:
    """What another process has: its own memory and clock, the same store."""
    clock = ManualClock(ports.clock.now() + timedelta(seconds=ahead))
    return replace(ports, clock=clock, memory={}), clock


def drain(ports: Ports, workspace: str = "ws") -> int:
    """How many requests are granted until one is refused."""
    granted = 0
    while budgets.take(ports, workspace).granted:
        granted += 1
    return granted


def drain_in_a_process(home: str) -> int:
    """As ``drain``, over the SQLite file of all processes."""
    clock = ManualClock(NOON)
    store: Store = EmbeddedStore(Path(home) / "store.sqlite3", clock, indexes.load(), durability="normal")
    return drain(replace(memory_ports.rig().ports, store=store, clock=clock))


def test_several_processes_together_are_granted_exactly_the_budget(tmp_path: Path) -> None:
    """Four real processes over one SQLite file, all as fast as they can; none is left with what others needed."""
    store = EmbeddedStore(tmp_path / "store.sqlite3", ManualClock(NOON), indexes.load())
    store.commit([on("ws", "starter")])
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        granted = pool.map(drain_in_a_process, [str(tmp_path)] * 4, chunksize=1)
    assert sum(granted) == STARTER, granted


def test_threads_of_several_processes_share_it_too(rig: Rig) -> None:
    """Three memories with four threads each."""
    others = [process(rig.ports)[0] for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        granted = list(pool.map(drain, [others[turn % 3] for turn in range(12)]))
    assert sum(granted) == STARTER


def test_whatever_the_order_no_window_is_given_out_twice(rig: Rig) -> None:
    """Seeded: processes whose clocks differ by up to 40 seconds, calls in random order, over several windows."""
    for seed in range(30):
        chance = random.Random(seed)
        rig.store.commit([on(f"w{seed}", "free")])
        running = [process(rig.ports, chance.uniform(0, 40)) for _ in range(4)]
        seen: Counter[int] = Counter()
        for _ in range(600):
            ports, _ = chance.choice(running)
            granted = budgets.take(ports, f"w{seed}").granted
            seen[ports.memory["budgets"].get(f"w{seed}").window] += granted
            for _, clock in running:
                clock.advance(chance.choice((0, 0, 0, 0.5, 3 * chance.random())) / 4)
        assert max(seen.values()) <= FREE, (seed, seen)
        assert sum(seen.values()) > 1.5 * FREE, (seed, seen)


def test_counting_costs_no_write_per_request(rig: Rig) -> None:
    """A busy minute of Starter: 600 requests, some two dozen transactions; then the refusals cost none."""
    rig.faults.calls.clear()
    assert drain(rig.ports) == STARTER
    leases = rig.faults.calls.count("store.transact")
    assert leases <= 25
    assert all(not budgets.take(rig.ports, "ws").granted for _ in range(100))
    assert rig.faults.calls.count("store.transact") == leases
    assert rig.faults.calls.count("store.get") == 1  # the plan, once


def test_a_plan_without_a_limit_needs_the_store_once_a_minute_at_most(rig: Rig) -> None:
    """It is counted all the same, so that the headers say something true."""
    rig.faults.calls.clear()
    taken = [budgets.take(rig.ports, "ws_without_a_plan") for _ in range(1000)][-1]
    assert (taken.granted, taken.limit, taken.remaining) == (True, budgets.CEILING, budgets.CEILING - 1000)
    assert rig.faults.calls == ["store.get"]


def test_a_window_ends_where_the_next_begins(rig: Rig) -> None:
    """Exhausted in the last millisecond, full in the next; the reset is never 0."""
    rig.clock.advance(59.999)
    assert drain(rig.ports, "small") == FREE
    refused = budgets.take(rig.ports, "small")
    assert (refused.granted, refused.remaining, refused.reset) == (False, 0, 1)
    rig.clock.advance(0.001)
    first = budgets.take(rig.ports, "small")
    assert (first.granted, first.remaining, first.reset) == (True, FREE - 1, 60)
    assert 1 + drain(rig.ports, "small") == FREE


def test_a_clock_that_is_ahead_opens_the_window_for_all(rig: Rig) -> None:
    """The process behind takes from the same window, and does not find a full one when its own clock gets there."""
    ahead, its_clock = process(rig.ports, ahead=30)
    for clock in (rig.clock, its_clock):
        clock.advance(40)  # 12:00:40 and 12:01:10
    assert drain(ahead, "small") == FREE
    behind = budgets.take(rig.ports, "small")
    assert (behind.granted, behind.reset) == (False, 80)
    rig.clock.advance(30)
    assert drain(rig.ports, "small") == 0
    rig.clock.advance(50)
    assert drain(rig.ports, "small") == FREE


def test_a_clock_that_is_hours_wrong_locks_nobody_out(rig: Rig) -> None:
    """What it wrote about the far future is begun anew; nor does a clock that was set back."""
    wrong, _ = process(rig.ports, ahead=7200)
    assert drain(wrong, "small") == FREE
    assert drain(rig.ports, "small") == FREE
    later, _ = process(rig.ports, ahead=-7200)
    assert drain(replace(later, memory=rig.ports.memory), "small") == FREE


def test_what_is_left_of_a_slice_goes_back(rig: Rig) -> None:
    """After 20 seconds, with the next request; who was refused meanwhile finds it."""
    quiet, its_clock = process(rig.ports)
    assert budgets.take(quiet, "ws").granted
    assert drain(rig.ports) == STARTER - 60
    for clock in (rig.clock, its_clock):
        clock.advance(20)
    assert budgets.take(quiet, "ws").granted
    assert 40 <= drain(rig.ports) <= 58
    assert rig.store.get(budgets.budget_path("ws")).data["granted"] <= STARTER  # type: ignore[union-attr]


def test_a_slice_ends_with_its_window(rig: Rig) -> None:
    """What was not used in a minute is not carried into the next."""
    budgets.take(rig.ports, "small")
    rig.clock.advance(61)
    assert drain(rig.ports, "small") == FREE


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lease_without_a_clear_answer_is_not_handed_out(rig: Rig, when: str) -> None:
    """The request fails as the store does; in total it is still never too much."""
    rig.faults.hook = faults.once(1, when, lambda: Unavailable("down"))  # type: ignore[arg-type]
    rig.faults.calls.clear()
    with pytest.raises(Unavailable):
        budgets.take(rig.ports, "ws")
    rig.faults.hook = None
    lost = 60 if when == "after" else 0
    assert drain(rig.ports) == STARTER - lost


def test_a_change_of_plan_holds_with_the_next_lease(rig: Rig) -> None:
    """At once where it was made, and within a minute elsewhere; what was used counts on."""
    elsewhere, its_clock = process(rig.ports)
    assert drain(rig.ports, "small") == FREE
    assert not budgets.take(elsewhere, "small").granted
    rig.store.commit([on("small", "starter")])
    budgets.refresh(rig.ports, "small")
    assert budgets.take(rig.ports, "small").limit == STARTER
    assert plans.of(rig.ports, "small") is PLANS["starter"]
    its_clock.advance(budgets.AGAIN)
    assert budgets.take(elsewhere, "small").granted
    assert 2 + drain(rig.ports, "small") + drain(elsewhere, "small") == STARTER - FREE
    rig.store.commit([on("small", "self_hosted")])
    rig.clock.advance(60)
    assert budgets.take(rig.ports, "small").limit == budgets.CEILING


def test_what_a_process_remembers_is_bounded() -> None:
    """The least recently used go first."""
    recent: Recent[str] = Recent(3)
    for name in "abcd":
        recent.put(name, name.upper())
        recent.get("a")
    assert (len(recent), recent.get("a"), recent.get("b")) == (3, "A", None)
    assert recent.setdefault("a", "other") == "A"
