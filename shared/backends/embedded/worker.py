"""The worker that brings due tasks and messages to their functions, as Cloud Tasks and Pub/Sub push do.

One thread leases what is due; each queue has threads of its own that deliver, so a slow network starves no other.
A lease is short and renewed while its delivery runs: after a ``kill -9`` the rest is delivered once it has run out.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import datetime, timedelta

from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.deliveries import Deliveries, Leased, QueueSettings
from shared.backends.embedded.dispatch import Lane, Sender
from shared.ports.clock import Clock
from shared.ports.queue import NAME_RESERVED

LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
POLL_SECONDS = 0.2  # for what other processes enqueue; this process's own wakes the worker at once
FORGET_SECONDS = 60.0  # between clean-ups of names that are free again
_log = logging.getLogger(__name__)


class QueueWorker:
    """Delivers what is in the file at ``path`` to ``{base_url}/_functions/{function}`` with ``token`` as bearer.

    Any number of workers in any number of processes may share a file.
    """

    def __init__(
        self, path: str | os.PathLike[str], clock: Clock, settings: QueueSettings, base_url: str, token: str
    ) -> None:
        self._database = open_database(path, self)
        self._deliveries = Deliveries(self._database)
        self._clock, self._settings = clock, settings
        self._sender = Sender(base_url, token)
        self._lanes: dict[str, Lane] = {}
        self._stopping = threading.Event()
        self._upkeep = {self._expire: 0.0, self._renew: 0.0, self._forget: 0.0}
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
        except FileError as error:
            _log.warning("could not give back %d leases, they will run out: %s", len(unbegun), error)
        self._database.close(self)
        return not running

    def _run(self) -> None:
        seen = 0
        while not self._stopping.is_set():
            try:
                wait = self._tick()
            except Exception:  # noqa: BLE001 - a worker that died would leave everything undelivered, without a word
                _log.exception("the queue's worker could not look for work, it will try again")
                wait = 1.0
            seen = self._database.await_announcement(seen, wait)

    def _tick(self) -> float:
        """Hand out what is due and has room; the seconds until there may be more."""
        self._keep_up()
        now = self._clock.now()
        wait = POLL_SECONDS
        for queue, due in self._deliveries.heads():
            pause = self._hand_out(queue, now) if due <= now else (due - now).total_seconds()
            wait = min(wait, pause)
        return wait

    def _hand_out(self, queue: str, now: datetime) -> float:
        lane = self._lanes.get(queue)
        if lane is None:
            lane = self._lanes[queue] = Lane(
                queue, self._settings.limits(queue), self._deliver, self._database.announce, self._sender.close
            )
        room = lane.room()
        if room == 0:
            return lane.wait()
        for leased in self._deliveries.lease(queue, now, room, LEASE):
            lane.put(leased)
        return lane.wait()

    def _deliver(self, leased: Leased) -> None:
        status = self._sender.send(leased)
        now = self._clock.now()
        try:
            if status is not None and 200 <= status < 300:
                self._deliveries.succeed(leased, now)
                return
            retry = self._settings.retry if leased.kind == "task" else self._settings.push_retry
            again = retry.next_at(leased, now)
            if again is None:
                _log.error("given up after %d attempts: %s/%s", leased.attempts, leased.queue, leased.name)
            self._deliveries.fail(leased, now, again)
            if again is not None:
                self._database.announce()
        except Exception:  # noqa: BLE001 - a lane's thread that died would leave its queue without one
            _log.exception("could not settle %s/%s, its lease will run out", leased.queue, leased.name)

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

    def _forget(self) -> float:
        self._deliveries.forget(self._clock.now() - NAME_RESERVED)
        return FORGET_SECONDS
