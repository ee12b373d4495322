"""How the worker delivers: a lane of threads per queue, and the POST that a function receives."""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol
from urllib.parse import urlsplit

from shared.backends.embedded.deliveries import Leased, QueueLimits

DISPATCH_SECONDS = 600.0  # Cloud Tasks' default deadline for a handler's answer
AHEAD, MAX_RESERVE = 0.1, 32  # seconds of a lane's work that are leased before their time, and deliveries at most
STALLED = 1.0  # seconds in which no thread came free: what waits for one may find one in another process
MAX_BURST = 100  # deliveries at once after a rest, as Cloud Tasks derives it from the rate


class Lane:
    """One queue's threads and its pace.

    ``deliver`` runs on the threads, and so does ``ended`` at the end of each; ``hungry`` is called after each delivery.
    """

    def __init__(
        self,
        name: str,
        limits: QueueLimits,
        deliver: Callable[[Leased], None],
        hungry: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._name, self._limits, self._deliver, self._hungry, self._ended = name, limits, deliver, hungry, ended
        self._inbox: queue.SimpleQueue[Leased | None] = queue.SimpleQueue()
        # By lease: a delivery may be leased again before it is let go of. Until when it is kept, in monotonic seconds.
        self._held: dict[tuple[int, str], tuple[Leased, float]] = {}
        self._began: dict[threading.Thread, tuple[float, Leased]] = {}  # who is delivering, since when, and what
        self._threads: list[threading.Thread] = []
        self._guard = threading.Lock()
        self._lasted: float | None = None  # seconds that a delivery takes, of late; None: nobody knows
        self._burst = max(1.0, min(limits.per_second, MAX_BURST))
        self._tokens, self._filled_at = self._burst, time.monotonic()

    def room(self) -> int:
        """How many deliveries it takes now: those that run next, and as many in reserve."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._limits.per_second)
        self._filled_at = now
        with self._guard:
            reserve = 0 if self._stalled(now) else self._reserve()
            free = self._limits.concurrent + reserve - len(self._held)
        return max(0, min(free, int(self._tokens))) if free > reserve // 2 else 0

    def _reserve(self) -> int:
        """What keeps its threads busy for ``AHEAD`` seconds: of what is slow hardly any, for another worker may be free."""
        at_once = self._limits.concurrent
        return at_once if self._lasted is None else max(at_once, min(MAX_RESERVE, int(at_once * AHEAD / self._lasted)))

    def wait(self) -> float:
        """Seconds until its pace allows the next delivery (fullness ends with ``hungry``)."""
        return max(0.005, (1 - self._tokens) / self._limits.per_second) if self._tokens < 1 else float("inf")

    def _stalled(self, now: float) -> bool:
        busy = [began for began, _ in self._began.values()]
        return len(busy) >= self._limits.concurrent and now - max(busy) > STALLED

    def put(self, leased: Leased) -> None:
        """Deliver it as soon as a thread is free."""
        self._tokens -= 1
        with self._guard:
            if len(self._threads) < min(self._limits.concurrent, len(self._held) + 1):
                thread = threading.Thread(target=self._work, name=f"lane-{self._name}", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._held[leased.id, leased.lease] = leased, time.monotonic() + DISPATCH_SECONDS
        self._inbox.put(leased)

    def let_go(self) -> list[Leased]:
        """What waits although no thread has come free for ``STALLED`` seconds, kept no longer; what never ends loses its
        place to a new thread after ``DISPATCH_SECONDS``, as a socket would time out."""
        now = time.monotonic()
        with self._guard:
            for thread, (began, leased) in list(self._began.items()):
                if now - began > DISPATCH_SECONDS:
                    self._threads.remove(thread)
                    del self._began[thread], self._held[leased.id, leased.lease]
            return self._unbegun() if self._stalled(now) else []

    def held(self) -> list[Leased]:
        """What is being delivered or waits for a thread; without what takes so long that it is to be delivered again."""
        now = time.monotonic()
        with self._guard:
            return [leased for leased, until in self._held.values() if now < until]

    def close(self) -> list[Leased]:
        """Begin nothing more; what was never begun."""
        with self._guard:
            unbegun = self._unbegun()
        for _ in self._threads:
            self._inbox.put(None)
        return unbegun

    def _unbegun(self) -> list[Leased]:
        found = []
        with suppress(queue.Empty):
            while (leased := self._inbox.get_nowait()) is not None:
                found.append(leased)
                del self._held[leased.id, leased.lease]
        return found

    def join(self, deadline: float) -> bool:
        """Wait until the monotonic ``deadline`` for the threads to end; whether they did."""
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        me = threading.current_thread()
        while (leased := self._inbox.get()) is not None:
            began = time.monotonic()
            with self._guard:
                self._began[me] = began, leased
            try:
                self._deliver(leased)
            finally:
                replaced = not self._done(me, leased, max(1e-4, time.monotonic() - began))
                self._hungry()
            if replaced:
                break
        self._ended()

    def _done(self, me: threading.Thread, leased: Leased, lasted: float) -> bool:
        """Whether the thread still has its place."""
        with self._guard:
            if self._began.pop(me, None) is None:
                return False
            del self._held[leased.id, leased.lease]
            self._lasted = lasted if self._lasted is None else 0.8 * self._lasted + 0.2 * lasted
            return True


class Deliverer(Protocol):
    """How a delivery reaches its function. Used by many threads."""

    def send(self, leased: Leased) -> int | None:
        """The function's status, None when it could not be reached or did not answer."""

    def close(self) -> None:
        """The calling thread sends nothing more."""


class Sender:
    """POSTs deliveries to ``{base_url}/_functions/{function}`` over connections that stay open, one per thread."""

    def __init__(self, base_url: str, token: str) -> None:
        parts = urlsplit(base_url)
        secure = parts.scheme == "https"
        self._make = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        self._host, self._port = parts.hostname or "", parts.port or (443 if secure else 80)
        self._prefix, self._token = parts.path.rstrip("/"), token
        self._local = threading.local()

    def send(self, leased: Leased) -> int | None:
        """The function's status, None when it could not be reached or did not answer."""
        reused = getattr(self._local, "connection", None) is not None
        status = self._post(leased)
        # A connection that idled may have been closed by the server; delivery is at least once, so ask again.
        return self._post(leased) if status is None and reused else status

    def close(self) -> None:
        """Close the connection of this thread."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _post(self, leased: Leased) -> int | None:
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._make(self._host, self._port, timeout=DISPATCH_SECONDS)
        try:
            path = f"{self._prefix}/_functions/{leased.function}"
            connection.request("POST", path, leased.body.encode(), headers(leased, self._token))
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return None
        return response.status


def headers(leased: Leased, token: str) -> dict[str, str]:
    """What the cloud sends along with such a delivery, and the bearer token."""
    made = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return made | (_task_headers(leased) if leased.kind == "task" else _event_headers(leased))


def _task_headers(leased: Leased) -> dict[str, str]:
    """https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler (2026-11)."""
    return {
        "X-CloudTasks-QueueName": leased.queue,
        "X-CloudTasks-TaskName": leased.name,
        "X-CloudTasks-TaskRetryCount": str(leased.attempts - 1),
        "X-CloudTasks-TaskExecutionCount": str(leased.attempts - 1),
        "X-CloudTasks-TaskETA": f"{leased.eta.timestamp():.6f}",
    }


def _event_headers(leased: Leased) -> dict[str, str]:
    """A CloudEvent in binary mode, as Eventarc wraps a Pub/Sub push."""
    message = json.loads(leased.body)["message"]
    _, topic, _ = leased.queue.split(":")
    return {
        "ce-specversion": "1.0",
        "ce-id": message["messageId"],
        "ce-time": message["publishTime"],
        "ce-type": "google.cloud.pubsub.topic.v1.messagePublished",
        "ce-source": f"//pubsub.googleapis.com/projects/local/topics/{topic}",
    }
