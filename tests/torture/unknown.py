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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

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
FLEETING = ("idempotency", "upkeep", "counters", "network_budgets")
# A request that has no idempotency key, and comes twice, stands twice in the log; who signs in again has another session; who
# goes through a consent again connects the account again, and is told so.
MAY_BE_MORE = (
    "workspaces/audit",
    "workspaces/events",
    "sessions",
    "told account.connected",
    "workspaces/deliveries account.connected",
)
MAY_BE_FEWER = (
    "workspaces/account_numbers",
    "workspaces/post_numbers",
)  # a reading that got lost is taken the next time
# What the simulated people say by themselves follows from the clock, and asking again takes time: counted where the chapter has
# them say it, as what followers of the webhooks are told.
HEARD = ("comment.received", "dm.received", "mention.received")
BY_THE_CLOCK = (
    "workspaces/inbox",
    "workspaces/conversations",
    *(f"{what} {name}" for what in ("told", "workspaces/events", "workspaces/deliveries") for name in HEARD),
)
# A subscription that comes a lease later: what would have been pushed is found by looking, with what was said before. And how
# often a receiver that is down for an hour is tried follows from when that hour began.
BY_ITS_WAY = ("webhook_events", "workspaces/inbox read", "workspaces/events post.published failed")
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
    through: set[tuple[str, int]] = field(
        default_factory=set
    )  # every line of the operations that a commit was wanted in
    failed: bool = False
    _current: bool = False

    def hook(self, call: str, phase: str) -> None:
        """The rig's fault port calls it around every call."""
        if call not in COMMITS:
            return
        if phase == "before":
            frames = list(_frames(sys._getframe(1)))
            if not frames:
                return
            place = _place(frames)
            self.through.update((file, line) for file, line, _ in frames)
            self._current = place == self.where and not self.seen[place]
            self.seen[place] += 1
        if self._current and phase == self.phase and not self.failed:
            self.failed = True
            raise Unavailable("nobody knows")


def _frames(frame: FrameType | None) -> Iterator[tuple[str, int, str]]:
    """File below shared/operations, line and function of each frame there, the innermost first."""
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(OPERATIONS):
            yield str(path.relative_to(OPERATIONS)), frame.f_lineno, frame.f_code.co_qualname
        frame = frame.f_back


def _place(frames: Sequence[tuple[str, int, str]]) -> Place:
    """The innermost frame of the operations, and the one that wants this commit."""
    file, line, _ = frames[0]
    for name, _, function in frames:
        if Path(name).name not in HELPERS:
            return Place(file, line, f"{name.removesuffix('.py')}.{function.partition('.<locals>')[0]}")
    return Place(file, line, "the request itself")


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
    """Tell a chapter; answers what is there afterwards. Raises what a caller at the end of its patience raises, and
    AssertionError where a request is refused without any fault: it would try nothing."""
    told = world()
    told.api.rig.faults.hook = watch.hook
    story.CHAPTERS[chapter](told)
    told.pass_time(AFTERWARDS)
    assert watch.where or not told.refused, f"{chapter}: {told.refused}"
    told.api.rig.faults.hook = None
    return shape(told)


def shape(told: World) -> Counter[str]:
    """Documents by collection and state, visible effects by network, and distinct webhooks by type."""
    found = Counter[str]()
    for path, data in told.api.rig.store.everything():
        collection = "/".join(path.split("/")[0::2])
        if not any(name in collection for name in FLEETING):
            found[f"{collection} {_kind(data)}".strip()] += 1
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


def _kind(data: Mapping[str, Any]) -> str:
    """What happened, where a document is about that, and its state. An attempt of a webhook is of its event."""
    metadata = data.get("metadata")
    happened = metadata.get("event_type") if isinstance(metadata, Mapping) else None
    words = (happened or data.get("action") or data.get("event_type"), data.get("state") or data.get("status"))
    return " ".join(word for word in words if isinstance(word, str) and word)


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
    every_place()  # read now: the code that runs, and not what somebody makes of it meanwhile
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
    left = unreached({line for watch, _ in plain.values() for line in watch.through})
    options.say(f"not come by: {', '.join(left)}")
    return _figures(chosen, reached, lies, left, options)


def _figures(chosen: list[Trial], reached: set[Place], lies: list[str], left: list[str], options: Options) -> Figures:
    failed = {trial.place for trial in chosen}
    did = {
        "commits failed": len(chosen),
        "distinct commits": len(failed),
        "operations": len({place.wanted_by for place in failed}),
        "places in the code": len(every_place()) - len(left),
    }
    if not options.quick and failed != reached:
        lies = [*lies, f"reached, and not tried: {', '.join(map(str, sorted(reached - failed)))}"]
    note = f"Of {len(every_place())} places that commit, {len(left)} are not come by, and so not tried"
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
    ours = BY_ITS_WAY if trial.chapter == "hearing" else (*BY_ITS_WAY, *BY_THE_CLOCK)
    found = [one for one in differs(plain, after) if not one.startswith(ours)]
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


def unreached(through: Collection[tuple[str, int]]) -> list[str]:
    """The places that no telling came by. ``through``: the lines that commits were wanted in: where one goes through a helper,
    the helper's and that of whoever asked it."""
    return [
        f"{file}:{first}"
        for file, first, last in every_place()
        if not any((file, line) in through for line in range(first, last + 1))
    ]
