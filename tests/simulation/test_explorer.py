"""The short form of ``make explore``: the promise holds under faults on every network, and every seeded bug is caught."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from shared.platforms import registry
from tests.simulation import bugs, campaign, explore, interleaving, plans, playing, scenarios, writes
from tests.simulation.run import Run

SEED = 1


@pytest.fixture(autouse=True)
def _explorer() -> Iterator[None]:
    """As ``make explore`` does."""
    with playing.prepared():
        yield


@pytest.mark.parametrize("name", [*registry.all_names(), "plain"])
def test_no_fault_breaks_the_promise(name: str) -> None:
    """0 duplicates, 0 silent losses, nothing told wrong: every single fault, and samples of several and of races."""
    total = explore.report(explore.short((name,), SEED))
    assert total.runs > 40, "the exploration has become too small to mean anything"
    assert total.crashes > 20, "no handler was killed: the faults do not reach the code"
    assert not total.broken, total.examples


@pytest.mark.parametrize("name", registry.all_names())
def test_two_handlers_of_any_kind_of_post_take_turns(name: str) -> None:
    """Media that stream included: nobody holds a lock while a port is asked."""
    for scenario in campaign.listed((name,)):
        if scenario.name.endswith(" now, too"):
            tally = playing.Tally()
            playing.explore(scenario, playing.interleavings(SEED, 3), tally, interleave=True)
            assert not tally.broken, tally.examples


def test_who_waits_for_a_turn_in_vain_is_told_whatever_the_code_under_test_catches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(interleaving, "STUCK", 0.1)
    turns, lock = interleaving.Turns(Random(SEED)), threading.Lock()

    def work() -> None:
        with suppress(Exception), lock:
            for _ in range(50):
                turns.pass_on()

    with pytest.raises(interleaving.Stuck):
        turns.run([work, work])


def test_pushes_at_every_turn_change_no_outcome_and_send_nothing_twice() -> None:
    """A push makes us look, and decides nothing: under faults, too."""
    hints = 0
    for scenario in (scenarios.one_now("plain"), scenarios.thread("plain"), scenarios.twins("plain")):
        for plan in plans.randoms(SEED, 5, 40):
            run, broken = playing.play(scenario, plan, hinted=True)
            assert not broken, (scenario.name, str(plan), plan.seed)
            hints += run.hints
    assert hints > 100, "no target was ever woken"


def test_the_hunt_finds_nothing_where_nothing_is_planted() -> None:
    """The control: what is counted as catching a bug is caused by the bug. (One run in six: ``make explore`` does all.)"""
    runs = explore.hunted(("plain",), SEED, every=6)
    found = [(scenario.name, str(plan)) for scenario, plan, broken in runs if broken]
    assert found == []


@pytest.mark.parametrize("bug", bugs.BUGS, ids=lambda bug: bug.name)
def test_a_seeded_bug_is_caught(bug: bugs.Bug) -> None:
    """Each deliberate bug, planted into the real code, breaks the promise in at least one run."""
    seen, runs = explore.caught(bug, ("plain",), SEED)
    assert seen, f"{bug.name} ({bug.why}) lived through {runs} runs"


def test_a_failure_replays() -> None:
    """The same plan gives the same run, call by call."""
    scenario = next(s for s in playing.catalogue(("plain",)) if "thread" in s.name)
    plan = next(iter(plans.randoms(7, 1, 40)))
    one, _ = playing.play(scenario, plan, interleave=True)
    two, _ = playing.play(scenario, plan, interleave=True)
    assert one.rig.faults.calls == two.rig.faults.calls
    assert [t.state for t in one.targets()] == [t.state for t in two.targets()]


def test_the_whole_exploration_tries_every_write_of_every_network() -> None:
    """Each kind of post, items of threads, first comments, deletions and every action: done by a scenario without a fault."""
    tally, offered = playing.Tally(), {}
    for name in registry.all_names():
        offered[name] = writes.offered(name)
        for scenario in campaign.listed((name,)):
            if offered[name] - tally.writes.get(name, set()):
                playing.length(scenario, tally)
    assert {name: sorted(offered[name] - tally.writes.get(name, set())) for name in offered} == {
        name: [] for name in offered
    }


def test_a_run_that_comes_to_no_end_is_told_and_costs_no_other() -> None:
    def refused(_run: Run) -> None:
        raise AssertionError("it asks for what is refused")

    tally, fine = playing.Tally(), scenarios.one_now("plain")
    for scenario in (replace(fine, accept=refused), fine):
        playing.explore(scenario, plans.randoms(SEED, 1, 10), tally)
    assert (tally.runs, dict(tally.broken), tally.others) == (2, {"error": 1}, 1)
    assert "replay: --replay" in tally.examples["error"]
