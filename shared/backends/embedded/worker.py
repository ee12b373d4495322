"""The worker that brings due tasks and messages to their functions, as Cloud Tasks and Pub/Sub push do.

One thread leases what is due, and settles what was delivered, all that there is in one commit; each queue has threads of
its own that deliver, so a slow network starves no other.
A lease is short and renewed while its delivery runs: after a ``kill -9`` the rest is delivered once it has run out.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from datetime import datetime, timedelta

from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.deliveries import Deliveries, Ended, Leased, QueueSettings
from shared.backends.embedded.dispatch import STALLED, Deliverer, Lane
from shared.ports.clock import Clock
from shared.ports.queue import NAME_RESERVED

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
PACE_SECONDS = 0.005  # between two looks for work: what ends meanwhile is settled together
POLL_SECONDS = 0.2  # for what other processes enqueue; this process's own wakes the worker at once
FORGET_SECONDS = 60.0  # between clean-ups of names that are free again
_log = logging.getLogger(__name__)


class QueueWorker:
    """Delivers what is in the file at ``path`` by ``sender``.

    Any number of workers in any number of processes may share a file, and each serves the queues that its settings let it
    (``concurrent`` above 0). ``glance``: the seconds after which it knows that another process has written to the file;
    None: ``POLL_SECONDS``.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        clock: Clock,
        settings: QueueSettings,
        sender: Deliverer,
        glance: float | None = None,
    ) -> None:
        self._database = open_database(path, self)
        self._deliveries = Deliveries(self._database)
        self._clock, self._settings, self._glance = clock, settings, glance
        self._sender = sender
        self._lanes: dict[str, Lane] = {}
        self._ended: deque[Ended] = deque()
        self._woken = False  # by a lane, since the last look
        self._stopping = threading.Event()
        self._upkeep = {self._expire: 0.0, self._renew: 0.0, self._let_go: 0.0, self._forget: 0.0}
        self._thread = threading.Thread(target=self._run, name="queue-worker", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> bool:
        """Begin nothing more and wait so long for deliveries under way; whether all of them ended.

        What did not end is delivered again by the next worker, as after a crash.
        """
        deadline = time.monotonic() + seconds
        self._stopping.set()
        self._database.announce()
        if self._thread.is_alive():
            self._thread.join(seconds)
        unbegun = [leased for lane in self._lanes.values() for leased in lane.close()]
        running = [lane for lane in self._lanes.values() if not lane.join(deadline)]
        try:
            self._deliveries.give_back(unbegun, self._clock.now())
            self._deliveries.turn(self._ended, (), self._clock.now(), LEASE)
        except FileError as error:
            left = len(unbegun) + len(self._ended)
            _log.warning("could not give back %d leases, they will run out: %s", left, error)
        self._database.close(self)
        return not running

    def _run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            began, state = time.monotonic(), self._database.seen.state()
            try:
                wait = self._tick()
            except Exception:  # noqa: BLE001 - a worker that died would leave everything undelivered, without a word
                _log.exception("the queue's worker could not look for work, it will try again")
                wait = 1.0
            self._stopping.wait(max(0.0, began + PACE_SECONDS - time.monotonic()))
            seen = self._database.await_announcement(seen, wait, self._glance, state)

    def _tick(self) -> float:
        """Settle what ended, and hand out what is due and has room; the seconds until there may be more."""
        self._woken = False
        self._keep_up()
        now, wait, rooms = self._clock.now(), POLL_SECONDS, []
        for queue, due in self._deliveries.heads():
            if self._settings.limits(queue).concurrent == 0:
                continue
            if due > now:
                wait = min(wait, (due - now).total_seconds())
                continue
            lane = self._lane(queue)
            if room := lane.room():
                rooms.append((queue, room))
            wait = min(wait, lane.wait())
        ended = [self._ended.popleft() for _ in range(len(self._ended))]
        if ended or rooms:
            self._turn(ended, rooms, now)
        return 0.0 if ended else wait  # what failed is due again, and may be before all others

    def _turn(self, ended: list[Ended], rooms: list[tuple[str, int]], now: datetime) -> None:
        try:
            taken = self._deliveries.turn(ended, rooms, now, LEASE)
        except BaseException:
            self._ended.extendleft(reversed(ended))
            raise
        for leased in taken:
            self._lanes[leased.queue].put(leased)

    def _lane(self, queue: str) -> Lane:
        lane = self._lanes.get(queue)
        if lane is None:
            limits = self._settings.limits(queue)
            lane = self._lanes[queue] = Lane(queue, limits, self._deliver, self._wake, self._sender.close)
        return lane

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._database.announce()

    def _deliver(self, leased: Leased) -> None:
        """Runs on a lane's thread; what came of it waits for the next :meth:`_tick`."""
        try:
            self._ended.append(self._made(leased))
        except Exception:  # noqa: BLE001 - a lane's thread that died would leave its queue without one
            _log.exception("could not deliver %s/%s, its lease will run out", leased.queue, leased.name)

    def _made(self, leased: Leased) -> Ended:
        status = self._sender.send(leased)
        now = self._clock.now()
        if status is not None and 200 <= status < 300:
            return Ended(leased, now, accepted=True)
        retry = self._settings.retry if leased.kind == "task" else self._settings.push_retry
        again = retry.next_at(leased, now)
        if again is None:
            _log.error("given up after %d attempts: %s/%s", leased.attempts, leased.queue, leased.name)
        return Ended(leased, now, accepted=False, again=again)

    def _keep_up(self) -> None:
        now = time.monotonic()
        for chore, at in self._upkeep.items():
            if now >= at:
                self._upkeep[chore] = now + chore()

    def _expire(self) -> float:
        self._deliveries.expire(self._clock.now())
        return 1.0

    def _renew(self) -> float:
        held = [leased for lane in self._lanes.values() for leased in lane.held()]
        if held:
            self._deliveries.renew(held, self._clock.now() + LEASE)
        return RENEW_SECONDS

    def _let_go(self) -> float:
        unbegun = [leased for lane in self._lanes.values() for leased in lane.let_go()]
        if unbegun:
            self._deliveries.give_back(unbegun, self._clock.now())
        return STALLED

    def _forget(self) -> float:
        self._deliveries.forget(self._clock.now() - NAME_RESERVED)
        return FORGET_SECONDS
