"""Commits whose outcome nobody knows: at every place that writes to the store, «failed» though it was done, and though it was not.

A store's client may raise after the server has committed (Firestore's does: the reply got lost). So every write must bear both.
The story (:mod:`tests.torture.story`) is told once without a fault, and each commit is known by its place in the code; then a
chapter is told again for each place that it comes by, with that commit failing in one of the two ways, while callers, tasks,
messages and schedules come again as they would. What the installation holds, what followers see and what a receiver of
webhooks was told must then be the same as without the fault: nothing twice, nothing missing.
"""

from __future__ import annotations

import ast
import json
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType

from shared.platforms import registry
from shared.ports.store import Unavailable
from tests.torture import story
from tests.torture.figures import Figures, Options
from tests.torture.world import World, world

ROOT = Path(__file__).resolve().parents[2]
OPERATIONS = ROOT / "shared" / "operations"
COMMITS = ("store.commit", "store.transact")
WAYS = {"before": "not applied", "after": "applied"}
# What others commit through: there, the place is also whose commit it is.
HELPERS = ("auditing.py", "records.py", "repeating.py", "idempotency.py", "dispatch.py")
# What counts requests, waits for nothing, or is there for the time of a request: how often it is written is no promise.
FLEETING = ("idempotency", "upkeep", "counters")
# A request that has no idempotency key, and comes twice, stands twice in the log; who signs in again has another session.
MAY_BE_MORE = ("workspaces/audit", "workspaces/events", "sessions")
MAY_BE_FEWER = (
    "workspaces/account_numbers",
    "workspaces/post_numbers",
)  # a reading that got lost is taken the next time
# What the simulated people say by themselves follows from the clock, and asking again takes time: counted where the chapter has
# them say it.
BY_THE_CLOCK = ("workspaces/inbox", "workspaces/conversations", "told comment.received", "told dm.received")
QUICK = 4  # trials of a sample
AFTERWARDS = 2 * 3600.0  # seconds for what is still to come


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A commit in the code: ``file:line`` below shared/operations, and the function that wanted it."""

    file: str
    line: int
    wanted_by: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} ({self.wanted_by})"


@dataclass
class Watch:
    """Sees every commit of a telling by its place; fails the first one of ``where`` in the given way."""

    where: Place | None = None
    phase: str = "before"
    seen: Counter[Place] = field(default_factory=Counter)
    failed: bool = False
    _current: bool = False

    def hook(self, call: str, phase: str) -> None:
        """The rig's fault port calls it around every call."""
        if call not in COMMITS:
            return
        if phase == "before":
            place = _place(sys._getframe(1))
            if place is None:
                return
            self._current = place == self.where and not self.seen[place]
            self.seen[place] += 1
        if self._current and phase == self.phase and not self.failed:
            self.failed = True
            raise Unavailable("nobody knows")


def _place(frame: FrameType | None) -> Place | None:
    """The innermost frame of the operations that wants this commit."""
    found: tuple[str, int] | None = None
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(OPERATIONS):
            file = str(path.relative_to(OPERATIONS))
            found = found or (file, frame.f_lineno)
            if path.name not in HELPERS:
                return Place(*found, f"{file.removesuffix('.py')}.{frame.f_code.co_qualname.partition('.<locals>')[0]}")
        frame = frame.f_back
    return Place(*found, "the request itself") if found else None


# ------------------------------------------------------------------------------------------------------ telling


@contextmanager
def _quietly() -> Iterator[None]:
    """Hundreds of injected faults are no news."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def tell(chapter: str, watch: Watch) -> Counter[str]:
    """Tell a chapter; answers what is there afterwards. Raises what a caller at the end of its patience raises."""
    told = world()
    told.api.rig.faults.hook = watch.hook
    story.CHAPTERS[chapter](told)
    told.pass_time(AFTERWARDS)
    told.api.rig.faults.hook = None
    return shape(told)


def shape(told: World) -> Counter[str]:
    """Documents by collection and state, visible effects by network, and distinct webhooks by type."""
    found = Counter[str]()
    for path, data in told.api.rig.store.everything():
        collection = "/".join(path.split("/")[0::2])
        if not any(name in collection for name in FLEETING):
            state = data.get("state") or data.get("status") or ""
            found[f"{collection} {state if isinstance(state, str) else ''}".strip()] += 1
    for platform, who in sorted(told.known):
        network, simulator = told.api.rig.sandbox.world(platform), registry.simulator(platform)
        found[f"live on {platform}"] += len(simulator.seen(network, who))
        if registry.manifest(platform).actions:
            found[f"done on {platform}"] += len(simulator.done(network, who))
    for requests in told.receiver.got.values():
        body = requests[0].body
        told_of = json.loads(body) if isinstance(body, bytes) else {}
        found[f"told {told_of.get('type') or told_of.get('event')}"] += 1
    return found


def differs(before: Counter[str], after: Counter[str]) -> list[str]:
    """What is otherwise, in words."""
    names = sorted(
        name
        for name in before.keys() | after.keys()
        if not (before[name] < after[name] and name.startswith(MAY_BE_MORE))
        and not (before[name] > after[name] and name.startswith(MAY_BE_FEWER))
        and before[name] != after[name]
    )
    return [f"{name}: {after[name]} instead of {before[name]}" for name in names]


# ------------------------------------------------------------------------------------------------------- trying


@dataclass(frozen=True, slots=True)
class Trial:
    """A chapter, and the commit in it that fails."""

    chapter: str
    place: Place
    phase: str

    def __str__(self) -> str:
        return f"{self.chapter}: {self.place}, {WAYS[self.phase]}"


def torture(options: Options) -> Figures:
    """Every place that the story comes by, in both ways; with ``quick`` a few."""
    with _quietly():
        plain = {name: (watch := Watch(), tell(name, watch)) for name in _chapters(options)}
        trials = [trial for name, (watch, _) in plain.items() for trial in _trials(name, watch)]
        chosen = Random(options.seed).sample(trials, QUICK) if options.quick else trials
        lies: list[str] = []
        for number, trial in enumerate(chosen, 1):
            lies += tried(trial, plain[trial.chapter][1])
            if number % 50 == 0:
                options.say(f"{number} of {len(chosen)} commits failed; {len(lies)} of them left a trace")
    reached = {place for watch, _ in plain.values() for place in watch.seen}
    return _figures(chosen, reached, lies, options)


def _figures(chosen: list[Trial], reached: set[Place], lies: list[str], options: Options) -> Figures:
    failed = {trial.place for trial in chosen}
    left = unreached(reached)
    did = {
        "commits failed": len(chosen),
        "distinct commits": len(failed),
        "operations": len({place.wanted_by for place in failed}),
        "places in the code": len(every_place()) - len(left),
    }
    if not options.quick and failed != reached:
        lies = [*lies, f"reached, and not tried: {', '.join(map(str, sorted(reached - failed)))}"]
    note = f"Of {len(every_place())} places that commit, {len(left)} are not come by: {', '.join(left)}"
    return Figures(did, lies=tuple(lies), note="" if options.quick else note)


def _chapters(options: Options) -> Iterable[str]:
    return ("approving",) if options.quick else story.CHAPTERS


def _trials(chapter: str, watch: Watch) -> Iterator[Trial]:
    """The first commit of each place, in both ways."""
    for place in sorted(watch.seen):
        yield from (Trial(chapter, place, phase) for phase in WAYS)


def tried(trial: Trial, plain: Counter[str]) -> list[str]:
    """What a trial left otherwise than a telling without a fault, in words."""
    watch = Watch(trial.place, trial.phase)
    try:
        after = tell(trial.chapter, watch)
    except Exception as error:  # noqa: BLE001 - a caller that never gets an answer is a broken promise, too
        return [f"{trial}: {type(error).__name__}: {str(error)[:300]}"]
    if not watch.failed:
        return [f"{trial}: it was never come by again"]
    found = [one for one in differs(plain, after) if trial.chapter == "hearing" or not one.startswith(BY_THE_CLOCK)]
    return [f"{trial}: {'; '.join(found)}"] if found else []


# ------------------------------------------------------------------------------------------------------- places


@cache
def every_place() -> tuple[tuple[str, int, int], ...]:
    """Every commit in the operations' code: file, first line, last line."""
    found: list[tuple[str, int, int]] = []
    for path in sorted(OPERATIONS.rglob("*.py")):
        calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        commits = [node for node in calls if isinstance(node.func, ast.Attribute) and _commits(node.func)]
        file = str(path.relative_to(OPERATIONS))
        found += [(file, node.lineno, node.end_lineno or node.lineno) for node in commits]
    return tuple(found)


def _commits(function: ast.Attribute) -> bool:
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return function.attr in ("commit", "transact") and name in ("store", "_store")


def unreached(reached: Iterable[Place]) -> list[str]:
    """The places that no telling came by."""
    lines = {(place.file, place.line) for place in reached}
    return [
        f"{file}:{first}"
        for file, first, last in every_place()
        if not any((file, line) in lines for line in range(first, last + 1))
    ]
