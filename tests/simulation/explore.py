"""``make explore``: fail every port call of every scenario, alone and in pairs, and see whether the promise holds.

    python -m tests.simulation.explore [--short] [--seed N] [--random N] [--jobs N] [--platform NAME] [--write]
    python -m tests.simulation.explore --replay SCENARIO PLAN [--seed N]

It prints plans run, duplicates, losses, other broken promises, and the seeded bugs that it caught; a failure comes with
the scenario and the plan that replay it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from random import Random
from zlib import crc32

from shared.platforms import registry
from tests.simulation import acts, bugs, campaign, plans, scenarios
from tests.simulation.invariants import Broken
from tests.simulation.plans import Fault, Mode, Plan
from tests.simulation.playing import Tally, catalogue, explore, interleavings, length, play, prepared
from tests.simulation.scenarios import Scenario


def short(names: tuple[str, ...], seed: int) -> Iterator[tuple[str, Tally]]:
    """What fits into the test suite: every single fault of the plain network's main scenarios, samples of the rest.

    Each network draws other plans, so that together they draw most.
    """
    thorough = names == ("plain",)
    few = 8 if thorough else 3
    for scenario in catalogue(names):
        own, calls = seed + crc32(scenario.name.encode()), length(scenario)
        tally, every = Tally(), list(plans.singles(calls + 2))
        explore(scenario, Random(own).sample(every, min(_sampled(scenario, thorough=thorough), len(every))), tally)
        explore(scenario, interleavings(own, few), tally, interleave=True)
        explore(scenario, plans.randoms(own, few, calls + 8), tally)
        yield f"{scenario.name} ({calls} calls)", tally


def _sampled(scenario: Scenario, *, thorough: bool) -> int:
    """How many single faults the short form tries. The engine's own are the plain network's: a real one's acts need a few."""
    if scenario.name in ("plain: one post now", "plain: comment.reply now"):
        return 1_000  # all
    if thorough or scenario.name.endswith(": one post now") or _main_act(scenario):
        return 24
    return 12 if scenario.name.endswith(" now") else 6


def _main_act(scenario: Scenario) -> bool:
    """What comes first on a network that publishes nothing."""
    (name, *others) = scenario.platforms
    return not others and not registry.manifest(name).publishes and scenario.name.endswith(" now")


def caught(bug: bugs.Bug, names: tuple[str, ...], seed: int) -> tuple[bool, int]:
    """Whether the explorer sees this bug by what it breaks, and after how many runs."""
    runs = 0
    with bugs.planted(bug):
        for runs, (_, _, found) in enumerate(hunted(names, seed, about=bug.about), 1):
            if any(broken.kind == bug.betrayed for broken in found):
                return True, runs
    return False, runs


def hunted(
    names: tuple[str, ...], seed: int, about: bugs.About = "posts", every: int = 1
) -> Iterator[tuple[Scenario, Plan, list[Broken]]]:
    """Play the hunt's runs one after the other, with whatever is planted at the time; what a bug is ``about`` first.

    ``every``: one run in so many.
    """
    parts = {
        "posts": _hunt(names),
        "races": _hunt_races(names, seed),
        "twins": _hunt_twins(names),
        "cancelling": _hunt_cancelled(names, seed),
        "actions": _hunt_acts(names),
    }
    chosen = parts.pop(about)
    for scenario, plan, interleave in islice(chain(chosen, *parts.values()), 0, None, every):
        try:
            _, found = play(scenario, plan, interleave=interleave)
        except Exception as error:  # noqa: BLE001 - a run that breaks outright: it counts in the control, and not as a bug seen
            found = [Broken("broke", repr(error))]
        yield scenario, plan, found


Hunt = Iterator[tuple[Scenario, Plan, bool]]


def _hunt(names: tuple[str, ...]) -> Hunt:
    """Cheap and telling runs first; round robin over the networks."""
    for name in names:
        for scenario in (scenarios.one_now(name), scenarios.cancelled(name), scenarios.rescheduled(name)):
            yield scenario, Plan(()), False
    for name in names:
        for plan in plans.singles(28):
            yield scenarios.one_now(name), plan, False
        for plan in plans.singles(48):
            yield scenarios.rescheduled(name), plan, False


def _hunt_races(names: tuple[str, ...], seed: int) -> Hunt:
    for name in names:
        for plan in interleavings(seed, 60):
            yield scenarios.one_now(name), plan, True


def _hunt_twins(names: tuple[str, ...]) -> Hunt:
    for name in names:
        for plan in plans.singles(40):
            yield scenarios.twins(name), plan, False


def _hunt_cancelled(names: tuple[str, ...], seed: int) -> Hunt:
    for name in names:
        for plan in plans.randoms(seed, 60, 50):
            yield scenarios.cancelled(name), plan, True
        for plan in plans.singles(32):
            yield scenarios.cancelled(name, 4), plan, False


def _hunt_acts(names: tuple[str, ...]) -> Hunt:
    for name in names:
        for plan in plans.singles(40):
            yield acts.wishes(name), plan, False
            if plan.faults[0].call < 28:
                yield acts.one(name, "comment.reply"), plan, False


def report(parts: Iterable[tuple[str, Tally]]) -> Tally:
    """Print each part as it ends; answer the sum."""
    total, began = Tally(), time.perf_counter()
    for name, tally in parts:
        total.join(tally)
        verdict = "kept" if not tally.broken else f"BROKEN {dict(tally.broken)}"
        print(f"  {name:44} {tally.runs:6} plans  {tally.crashes:6} crashes  {verdict}", flush=True)
    print(
        f"\n  {total.runs} plans in {time.perf_counter() - began:.0f} s, {total.crashes} crashes survived: "
        f"{total.broken['duplicate']} duplicates, {total.losses} silent losses, {total.others} other"
    )
    for kind, text in total.examples.items():
        print(f"    {kind}: {text}")
    return total


def hunt(names: tuple[str, ...], seed: int) -> int:
    """Plant every bug in turn; answer how many lived. First a control: nothing planted, nothing found."""
    alive = sum(bool(found) for _, _, found in hunted(names, seed))
    print(f"  {'(nothing planted)':24} {'nothing found' if not alive else f'{alive} RUNS FAILED'}", flush=True)
    for bug in bugs.BUGS:
        seen, runs = caught(bug, names, seed)
        alive += not seen
        print(f"  {bug.name:24} {'caught' if seen else 'ALIVE':7} after {runs:5} runs   {bug.why}", flush=True)
    print(f"\n  {len(bugs.BUGS) - alive} of {len(bugs.BUGS)} seeded bugs caught")
    return alive


def replay(name: str, plan: str, seed: int, names: tuple[str, ...]) -> int:
    """One plan again, told call by call."""
    scenario = next(s for s in campaign.listed((*names, "plain")) if s.name == name)
    parts = [] if plan == "no fault" else [part.split("@") for part in plan.split("+")]
    faults = tuple(Fault(int(call), Mode(mode)) for mode, call in parts)
    status = 0
    for interleave in (False, True):
        run, found = play(scenario, Plan(faults, seed), interleave=interleave)
        print(f"interleaved: {interleave}; calls: {', '.join(f'{i} {c}' for i, c in enumerate(run.rig.faults.calls))}")
        print("\n".join(f"  {broken.kind}: {broken.what}" for broken in found) or "  nothing broken")
        status |= bool(found)
    return status


def _with_writes() -> list[str]:
    """The networks that have anything to explore."""
    return [name for name in registry.all_names() if registry.manifest(name).publishes or acts.catalogue(name)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="what the test suite runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=150, help="plans with three to five faults, per scenario")
    parser.add_argument("--jobs", type=int, default=1, help="processes that share the work (not of --short)")
    parser.add_argument("--platform", action="append", help="only this network (repeatable)")
    parser.add_argument("--write", action="store_true", help="write the figures into docs/reliability.md, too")
    parser.add_argument("--replay", nargs=2, metavar=("SCENARIO", "PLAN"))
    given = parser.parse_args()
    names = tuple(given.platform or [name for name in _with_writes() if name != "plain"])
    with prepared():
        if given.replay:
            return replay(given.replay[0], given.replay[1], given.seed, names)
        return everything(names, given)


def everything(names: tuple[str, ...], given: argparse.Namespace) -> int:
    """Explore, then hunt; 1 when a promise was broken or a bug lives."""
    print(f"Exploring {', '.join(names)}; seed {given.seed}; every task is delivered twice.\n")
    found: dict[str, Tally] = {}
    total = report(_by_network(names, given, found))
    print("\nPlanting bugs:\n")
    alive = hunt(("plain",), given.seed)  # a kind network would hide a bug behind its own duplicate refusal
    caught_ones = {"of": len(bugs.BUGS), "caught": len(bugs.BUGS) - alive}
    if not (given.short or given.platform):
        campaign.keep(found, caught_ones, given.seed, page=given.write)
    return 1 if total.broken or alive else 0


def _by_network(
    names: tuple[str, ...], given: argparse.Namespace, found: dict[str, Tally]
) -> Iterator[tuple[str, Tally]]:
    """Every part in turn; ``found`` gets what belongs to each network together."""
    if given.short:
        yield from chain.from_iterable(short((name,), given.seed) for name in (*names, "plain"))
        return
    for where, name, tally in campaign.full(names, given.seed, given.random, given.jobs):
        found.setdefault(where, Tally()).join(tally)
        yield name, tally


if __name__ == "__main__":
    sys.exit(main())
