"""Ports that count what Google bills, by the function that runs: documents, tasks, messages, secrets, files, bytes sent.

The units are the bill's own (bench/cost/prices.json): a query that finds nothing is one read; a task is its creation and its
delivery; a message is billed at least 1,000 bytes when it is published and again for each subscription that it is pushed to.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

from shared.backends import ttl
from shared.ports.blobs import BlobInfo, Blobs
from shared.ports.bus import Bus
from shared.ports.http import OutsideHttp, Request, Response
from shared.ports.queue import Queue, Task
from shared.ports.store import Doc, Query, Store, Transaction, Write
from shared.ports.vault import Place, Vault
from shared.ports.world import Ports
from shared.runtime.bootstrap import SUBSCRIBERS

T = TypeVar("T")
MESSAGE = 1000  # bytes that a request of Pub/Sub is billed at least
CHUNK = 32 * 1024  # bytes of a task that one operation of Cloud Tasks covers


@dataclass(slots=True)
class Invocation:
    """One request of one function: what it used. ``trips`` are calls that it waited for, by whom it waited for."""

    function: str
    units: Counter[str] = field(default_factory=Counter)
    trips: Counter[str] = field(default_factory=Counter)
    cpu: float = 0.0


class Meter:
    """The invocations so far. What happens outside of one (a test's own looks) is counted nowhere."""

    def __init__(self) -> None:
        self.done: list[Invocation] = []
        self._now: list[Invocation] = []

    @contextmanager
    def function(self, name: str) -> Iterator[Invocation]:
        """What happens inside is one request of this function."""
        one = Invocation(name, Counter({"requests": 1}))
        self._now.append(one)
        began = time.thread_time()
        try:
            yield one
        finally:
            one.cpu = time.thread_time() - began
            self._now.pop()
            self.done.append(one)

    def add(self, unit: str, amount: float = 1, *, waits: str = "") -> None:
        """So many units; ``waits``: the function waited for one call of this service."""
        if self._now:
            self._now[-1].units[unit] += amount  # type: ignore[assignment]  # a Counter of amounts
            self._now[-1].trips[waits] += 1 if waits else 0

    def taken(self) -> list[Invocation]:
        """The invocations since the last look."""
        found, self.done = self.done, []
        return found


def metered(ports: Ports, meter: Meter) -> Ports:
    """The same world, counted."""
    return replace(
        ports,
        store=_Store(ports.store, meter),
        queue=_Queue(ports.queue, meter),
        bus=_Bus(ports.bus, meter),
        vault=cast(Vault, _Vault(ports.vault, meter)),
        blobs=cast(Blobs, _Blobs(ports.blobs, meter)),
        http=cast(OutsideHttp, _Http(ports.http, meter)),
        memory={},
    )


class _Store(Store):
    def __init__(self, inner: Store, meter: Meter) -> None:
        self._inner, self._meter = inner, meter
        self._expiring = set(ttl.load())

    def get(self, path: str) -> Doc | None:
        self._meter.add("reads", waits="store")
        return self._inner.get(path)

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        self._meter.add("reads", len(paths), waits="store")
        return self._inner.get_many(paths)

    def query(self, query: Query) -> list[Doc]:
        found = self._inner.query(query)
        self._meter.add("reads", max(1, len(found)), waits="store")
        return found

    def count(self, query: Query) -> int:
        found = self._inner.count(query)
        self._meter.add("reads", max(1, -(-found // 1000)), waits="store")
        return found

    def commit(self, writes: Sequence[Write]) -> None:
        self._inner.commit(writes)
        self.written(writes)

    def transact(self, body: Callable[[Transaction], T]) -> T:
        """Begins, reads and commits: three calls at least that the function waits for, as the client library makes them."""
        runs: list[_Transaction] = []

        def counted(txn: Transaction) -> T:
            runs.append(_Transaction(txn))
            return body(runs[-1])

        result = self._inner.transact(counted)
        self._meter.add("reads", runs[-1].reads)
        for _ in range(1 + runs[-1].calls):
            self._meter.add("reads", 0, waits="store")
        self.written(runs[-1].writes)
        return result

    def written(self, writes: Sequence[Write]) -> None:
        """A commit. What expires is deleted once, and that is billed: it is counted when it is made."""
        self._meter.add("writes", 0, waits="store" if writes else "")
        for write in writes:
            group = write.path.split("/")[-2]
            self._meter.add("deletes" if write.op == "delete" else "writes")
            if write.op == "create":
                self._meter.add("stored bytes", len(json.dumps(dict(write.data), default=str)))
                self._meter.add("deletes", int(group in self._expiring))


class _Transaction(Transaction):
    def __init__(self, inner: Transaction) -> None:
        self._inner = inner
        self.reads = self.calls = 0
        self.writes: list[Write] = []

    def get(self, path: str) -> Doc | None:
        self.reads, self.calls = self.reads + 1, self.calls + 1
        return self._inner.get(path)

    def query(self, query: Query) -> list[Doc]:
        found = self._inner.query(query)
        self.reads, self.calls = self.reads + max(1, len(found)), self.calls + 1
        return found

    def write(self, write: Write) -> None:
        self.writes.append(write)
        self._inner.write(write)


class _Queue(Queue):
    def __init__(self, inner: Queue, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def enqueue(self, task: Task) -> bool:
        chunks = 1 + len(json.dumps(dict(task.body), default=str)) // CHUNK
        kept = self._inner.enqueue(task)
        self._meter.add("tasks", 2 * chunks if kept else chunks, waits="queue")  # its creation, and its delivery
        return kept


class _Bus(Bus):
    def __init__(self, inner: Bus, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        size = len(json.dumps(data)) + sum(len(name) + len(value) for name, value in attributes.items()) + 40
        self._meter.add("message bytes", max(MESSAGE, size) * (1 + len(SUBSCRIBERS[topic])), waits="bus")
        return self._inner.publish(topic, data, attributes)


class _Other:
    """What is not counted is the other's own affair."""

    def __init__(self, inner: Any, meter: Meter) -> None:
        self._inner, self._meter = inner, meter

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Vault(_Other):
    """Counts what Secret Manager would be asked with a secret per account: the sealed store asks it nothing."""

    def seal(self, place: Place, secret: bytes) -> str:
        self._meter.add("secret versions made")
        return str(self._inner.seal(place, secret))

    def open(self, place: Place, reference: str) -> bytes:
        self._meter.add("secret accesses")
        return bytes(self._inner.open(place, reference))


class _Blobs(_Other):
    def put(self, key: str, chunks: Iterable[bytes], content_type: str, max_bytes: int) -> BlobInfo:
        self._meter.add("file writes", waits="blobs")
        made: BlobInfo = self._inner.put(key, chunks, content_type, max_bytes)
        self._meter.add("file bytes", made.size)
        return made

    def info(self, key: str) -> BlobInfo | None:
        self._meter.add("file reads", waits="blobs")
        found: BlobInfo | None = self._inner.info(key)
        return found

    def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        self._meter.add("file reads", waits="blobs")
        return bytes(self._inner.read(key, start, length))


class _Http(_Other):
    def send(self, request: Request) -> Response:
        body = request.body
        size = 0 if body is None else len(body) if isinstance(body, bytes) else body.size
        headers = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
        self._meter.add("bytes sent", size + headers + len(request.url), waits="network")
        self._meter.add("network calls")
        answer: Response = self._inner.send(request)
        return answer
