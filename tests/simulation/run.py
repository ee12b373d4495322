"""One run: accounts, a few posts accepted, then time passes: tasks arrive (each twice), the sweeper runs, until all is quiet.

Everything that a run does follows from its plan: the same plan gives the same run.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.content import Act
from shared.domain.posts import Post, Target
from shared.operations import accounts, publishing
from shared.operations.publishing import hinting
from shared.platforms import registry
from shared.platforms.contract import Done, Seen
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.queue import Task
from shared.ports.store import Query, Store, StoreError
from shared.ports.world import Ports
from tests.simulation import plans, staging
from tests.simulation.plans import Mode, Plan
from tests.simulation.stores import FaultyStore
from tests.support import memory_ports
from tests.support.faults import Crash
from tests.support.simulated import START

SLOW = 20.0
LATE = 120.0
MAX_STEPS = 150
Deliver = Callable[["Run", Task], object]


@dataclass
class Run:
    """The world of one run, and what happened in it."""

    plan: Plan
    rig: memory_ports.Rig
    ports: Ports
    caller: Caller
    accounts: dict[str, Account] = field(default_factory=dict)
    late: list[tuple[float, Request]] = field(default_factory=list)
    calls: int = 0
    counting: bool = False
    crashes: int = 0
    hints: int = 0  # targets that were woken by a push
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)  # network and text: how often callers asked for it
    acts: dict[str, Act] = field(default_factory=dict)  # what is done to what, where the scenario is not about posts
    before: dict[str, set[tuple[str, str]]] = field(default_factory=dict)  # by network: what (verb and id) there was
    confirmed_cancelled: set[str] = field(default_factory=set)  # targets whose cancel was answered with success

    @property
    def gives_up(self) -> bool:
        """Whether the queue drops a task whose handler crashed, as Cloud Tasks does after its last attempt."""
        return self.plan.seed % 2 == 1

    def targets(self) -> list[Target]:
        """Every target of the workspace as stored now."""
        query = Query(
            collection=f"workspaces/{self.caller.space}/targets", order_by=(("created_at", "asc"),), limit=200
        )
        return [codec.decode(Target, doc.data) for doc in self._store().query(query)]

    def posts(self) -> list[Post]:
        """Every post of the workspace as stored now."""
        query = Query(collection=f"workspaces/{self.caller.space}/posts", order_by=(("created_at", "asc"),), limit=200)
        return [codec.decode(Post, doc.data) for doc in self._store().query(query)]

    def seen(self, name: str) -> list[Seen]:
        """What followers see on a network, but for what was there before."""
        world, who = self.rig.sandbox.world(name), self.accounts[name].platform_account_id
        before = self.before.get(name, set())
        return [one for one in registry.simulator(name).seen(world, who) if ("", one.id) not in before]

    def done(self, name: str) -> list[Done]:
        """What others see of the account's acts, but for what was there before."""
        if not registry.manifest(name).actions:
            return []
        world, who = self.rig.sandbox.world(name), self.accounts[name].platform_account_id
        before = self.before.get(name, set())
        return [one for one in registry.simulator(name).done(world, who) if (one.verb, one.id) not in before]

    def _store(self) -> Store:
        return self.ports.store._inner if isinstance(self.ports.store, FaultyStore) else self.ports.store


@cache
def _embedded() -> EmbeddedStore:
    """One file for all runs of this process (each run has a workspace of its own): a new file a run costs more than
    the run."""
    folder = Path(tempfile.mkdtemp(prefix="rostrum-explore-"))
    from shared.backends.live.clock import SystemClock

    return EmbeddedStore(folder / "explore.sqlite3", SystemClock(), indexes.load(), durability="normal")


_serial = iter(range(1, 1_000_000_000))


def begin(
    plan: Plan, platforms: tuple[str, ...], *, embedded: bool = True, stage: Callable[[Run], None] | None = None
) -> Run:
    """A fresh workspace with one live account on each network, before any fault; ``stage`` comes before the accounts."""
    rig = memory_ports.rig(seed=plan.seed, now=START)
    store: Store = FaultyStore(_embedded(), rig.faults) if embedded else rig.store
    apps = {name: {"client_id": "client", "client_secret": "secret"} for name in registry.all_names()}
    ports = replace(rig.ports, store=store, http=rig.sandbox, apps=apps)
    caller = Caller(f"ws_run{next(_serial)}", "live", "key_run")
    run = Run(plan, rig, ports, caller)
    if stage:
        stage(run)
    for name in platforms:
        run.accounts[name] = connect(run, name)
        run.before[name] = {("", one.id) for one in run.seen(name)} | {(one.verb, one.id) for one in run.done(name)}
    for name, act in run.acts.items():
        staging.opened(run.ports, run.accounts[name], act)
    rig.faults.hook = lambda call, phase: _hook(run, call, phase)
    rig.sandbox.intercept = lambda request: _intercept(run, request)
    run.counting = True
    return run


def connect(run: Run, name: str) -> Account:
    """Connect an account as a caller does; the simulated person consents at once."""
    credentials = registry.simulator(name).seed(run.rig.sandbox.world(name), "rostrum")
    if registry.manifest(name).oauth.style == "credentials":
        made = accounts.connect(run.ports, run.caller, accounts.Connect(name, metadata=dict(credentials)))
        return _account(made)
    extra = {option.name: credentials[option.name] for option in registry.manifest(name).oauth.extra}
    begun = accounts.connect(run.ports, run.caller, accounts.Connect(name, metadata=extra))
    assert isinstance(begun, accounts.Redirect)
    answer = run.rig.sandbox.send(Request("GET", begun.auth_url, network=name))
    query = dict(parse_qsl(urlsplit(answer.headers["location"]).query))
    accounts.callback(run.ports, name, query)
    return accounts.list_(run.ports, run.caller, platform=name)[0]


def _account(made: Any) -> Account:
    assert isinstance(made, Account)
    return made


# ------------------------------------------------------------------------------------------------------ faults


def _hook(run: Run, call: str, phase: str) -> None:
    """Number every port call; fail the ones that the plan names."""
    if not run.counting:
        return
    number = run.calls - (phase == "after")
    if phase == "before":
        run.calls += 1
    for fault in run.plan.faults:
        if fault.call == number:
            _fail(run, call, phase, fault.mode)


def _fail(run: Run, call: str, phase: str, mode: Mode) -> None:
    if mode is Mode.SLOW and phase == "before":
        run.rig.clock.advance(SLOW)
    error = plans.raised(call, phase, mode)
    if error is not None:
        raise error


def _intercept(run: Run, request: Request) -> Response | None:
    """A late effect: the network keeps the request and acts on it two minutes later."""
    number = run.calls - 1
    if run.counting and any(fault.call == number and fault.mode is Mode.LATE for fault in run.plan.faults):
        if request.method != "GET":
            run.late.append((run.rig.clock.monotonic() + LATE, request))
        raise AnswerLost("injected: late")
    return None


def _arrive(run: Run) -> None:
    """Late requests whose time has come reach their networks; nobody hears the answer."""
    due = [request for at, request in run.late if at <= run.rig.clock.monotonic()]
    run.late = [(at, request) for at, request in run.late if at > run.rig.clock.monotonic()]
    counting, run.counting = run.counting, False
    for request in due:
        with suppress(AnswerLost):  # nobody hears of it anyway
            run.rig.sandbox.send(request)
    run.counting = counting


# -------------------------------------------------------------------------------------------------------- time


def deliver_twice(run: Run, task: Task) -> None:
    """Cloud Tasks errs on the side of delivering: here it always does, one after the other.

    Only a task that the queue gives up is not delivered again.
    """
    if deliver(run, task) or not run.gives_up:
        deliver(run, task, again=False)


def deliver_hinted(run: Run, task: Task) -> None:
    """The network tells that something became of the accounts' posts, before and after each task, whether it did or not."""
    _hint(run)
    deliver_twice(run, task)
    _hint(run)


def _hint(run: Run) -> None:
    for account in run.accounts.values():
        try:
            run.hints += hinting.hinted(run.ports, account, run.rig.clock.now())
        except Crash:
            run.crashes += 1
        except StoreError:
            continue  # the bus brings it again; here it just gets lost


def deliver(run: Run, task: Task, *, again: bool = True) -> bool:
    """One delivery. A handler that crashed or failed is called again later. Answers whether it succeeded."""
    try:
        publishing.advance(run.ports, dict(task.body))
    except Crash:
        run.crashes += 1
        if again and not run.gives_up:
            run.rig.queue.put_back(replace(task, at=run.rig.clock.now() + timedelta(seconds=10)))
    except Exception:  # noqa: BLE001 - as the queue sees a handler: whatever it raises is «not 200»
        if again:
            run.rig.queue.put_back(replace(task, at=run.rig.clock.now() + timedelta(seconds=10)))
    else:
        return True
    return False


def sweep(run: Run) -> None:
    """The scheduler's minute."""
    try:
        publishing.sweep(run.ports)
    except Crash:
        run.crashes += 1
    except StoreError:
        return  # the next minute's sweep goes on: that this suffices is what the run shows


def until_quiet(
    run: Run, random: Random, step: Deliver = deliver_twice, actions: Mapping[int, Callable[[Run], None]] | None = None
) -> int:
    """Let time pass until nothing is left to do. Answers the minutes it took; MAX_STEPS when it never ended."""
    last = max(actions, default=0) if actions else 0
    for minute in range(MAX_STEPS):
        if actions and minute in actions:
            actions[minute](run)
        for _second in range(0, 60, 10):
            work(run, random, step)
            run.rig.clock.advance(10)
        sweep(run)
        if quiet(run) and minute >= last:
            return minute
    return MAX_STEPS


def work(run: Run, random: Random, step: Deliver = deliver_twice) -> None:
    """What is due now: late effects, and tasks."""
    _arrive(run)
    _tasks(run, random, step)


def _tasks(run: Run, random: Random, step: Deliver) -> None:
    """Everything due, in any order, and what that makes due at once."""
    for _ in range(20):
        due = run.rig.queue.take(run.rig.clock.now())
        if not due:
            return
        random.shuffle(due)
        for task in due:
            step(run, task)


def quiet(run: Run) -> bool:
    """Nothing waits: no task, no late effect, no target that anyone must look at."""
    if run.late:
        return False
    return all(target.wake_at is None for target in run.targets())
