"""Two handlers of one task at once, taking turns at every port call as a seed decides."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

from shared.ports.queue import Task
from tests.simulation.run import Run, deliver
from tests.support.faults import Hook

STUCK = 30.0  # real seconds: a turn never takes that long


class Stuck(BaseException):
    """Nobody has the turn: something was asked of a port while a lock was held. No ``Exception``: the code under test would
    take it for a fault of its world, and go on after half a minute."""


class Turns:
    """Only one of the enrolled threads runs at a time; at every :meth:`pass_on` the seed chooses who goes on."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._changed = threading.Condition()
        self._enrolled: list[int] = []
        self._turn: int | None = None

    def run(self, works: list[Callable[[], object]]) -> None:
        """Run all of them, interleaved, until the last one ends. What one of them raises is raised here."""
        raised: list[BaseException] = []
        threads = [
            threading.Thread(target=self._worker, args=(number, work, raised)) for number, work in enumerate(works)
        ]
        self._enrolled = list(range(len(works)))
        self._turn = self._random.choice(self._enrolled)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if raised:
            raise raised[0]

    def pass_on(self) -> None:
        """Let somebody else go on, perhaps; called at every port call."""
        me = getattr(threading.current_thread(), "number", None)
        if me is None:
            return
        with self._changed:
            self._turn = self._random.choice(self._enrolled)
            self._changed.notify_all()
            self._wait(me)

    def _worker(self, number: int, work: Callable[[], object], raised: list[BaseException]) -> None:
        threading.current_thread().number = number  # type: ignore[attr-defined]
        try:
            with self._changed:
                self._wait(number)
            work()
        except BaseException as error:  # noqa: BLE001 - carried to the main thread, whatever it is
            raised.append(error)
        with self._changed:
            self._enrolled.remove(number)
            self._turn = self._random.choice(self._enrolled) if self._enrolled else None
            self._changed.notify_all()

    def _wait(self, me: int) -> None:
        if not self._changed.wait_for(lambda: self._turn == me, timeout=STUCK):
            raise Stuck


def deliver_interleaved(seed: int) -> Callable[[Run, Task], None]:
    """A way to deliver a task: to two handlers at once."""
    random = Random(seed)

    def step(run: Run, task: Task) -> None:
        at_once(run, random, [lambda: deliver(run, task), lambda: deliver(run, task, again=False)])

    return step


def at_once(run: Run, random: Random, works: list[Callable[[], object]]) -> None:
    """These, taking turns at every port call."""
    turns = Turns(random)
    run.rig.faults.hook = _with_turns(turns, run.rig.faults.hook)
    inner = run.rig.faults.hook
    try:
        turns.run(works)
    finally:
        if run.rig.faults.hook is inner:
            run.rig.faults.hook = _without_turns(inner)


class _Turned:
    """A hook that passes the turn on before it does what it did."""

    def __init__(self, turns: Turns, inner: Hook | None) -> None:
        self.turns = turns
        self.inner = inner

    def __call__(self, call: str, phase: str) -> None:
        self.turns.pass_on()
        if self.inner:
            self.inner(call, phase)  # type: ignore[arg-type]


def _with_turns(turns: Turns, inner: Hook | None) -> Hook:
    return _Turned(turns, inner)


def _without_turns(hook: Hook) -> Hook | None:
    return hook.inner if isinstance(hook, _Turned) else hook
