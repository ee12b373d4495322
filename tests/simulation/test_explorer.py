"""The short form of ``make explore``: the promise holds under faults on every network, and every seeded bug is caught."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.platforms import registry
from tests.simulation import bugs, campaign, explore, plans, playing, scenarios, writes

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
