"""The sandbox network: an http port that answers with the simulator of the host that a request names.

Adapters have no sandbox branch: a sandbox account's calls simply go out here. Each request runs in one transaction of
the simulators' own store, so that a killed process leaves the simulated networks as consistent as real ones.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from shared.platforms import _pushes, happenings, registry
from shared.platforms.contract import Delayed, Lost, Seen, Simulator, Waiting
from shared.platforms.happenings import Happened, Happening
from shared.ports.clock import Clock
from shared.ports.http import AnswerLost, BodyTooLarge, NotSent, Request, Response, received
from shared.ports.store import Query, Store, StoreError, Transaction, Write

MEDIA_HOST = "sandbox.rostrum.test"
MEDIA = {
    "photo.jpg": "image/jpeg",
    "tall.jpg": "image/jpeg",
    "video.mp4": "video/mp4",
    "wide.mp4": "video/mp4",
    "document.pdf": "application/pdf",
}
_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")
Fetch = Callable[[str], Response | None]
Where = tuple[str, str]  # a network, and which of its worlds; empty: the one that all workspaces shared before
T = TypeVar("T")


class SandboxHttp:
    """``ports.Http`` over the simulators, with their state in ``store``; also ``operations.sandboxing.Stage``.

    ``fetch`` gets what a network would pull from a caller's URL (None: unreachable); ``wait`` passes the time that a
    slow network takes; ``told`` is called after a simulated network has sent webhooks, and must not raise.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        fetch: Fetch,
        wait: Callable[[float], None] = time.sleep,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._fetch = fetch
        self._wait = wait
        self._told = told

    def close(self) -> None:
        """Close the simulators' store, where it is one of their own."""
        if hasattr(self._store, "close"):
            self._store.close()

    def send(self, request: Request) -> Response:
        """The simulator's answer. Raises NotSent (no such host in the sandbox), AnswerLost (lost on demand, slower than
        ``read_timeout``, over ``max_bytes``, or the simulators' own store failed)."""
        answer = self._answered(request)
        if len(answer.body) > request.max_bytes:
            raise BodyTooLarge(f"{urlsplit(request.url).hostname}: an answer over {request.max_bytes} bytes")
        return answer

    def _answered(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        if host == MEDIA_HOST:
            return media(request.method, parts.path, request.headers)
        name = registry.for_host(host, request.network)
        if name is None:
            raise NotSent(f"{host}: the sandbox has no such host")
        return self._simulate(name, registry.simulator(name), request)

    def _simulate(self, name: str, simulator: Simulator, request: Request) -> Response:
        whole = received(request)  # reading it may take as long as another server likes: not while the store is held
        fetch = cache(self.fetch)  # a transaction that runs again must not hold the store while it fetches again
        try:
            outcome = self._within((name, whole.world), lambda world: _handled(simulator, whole, world), fetch)
        except StoreError as error:
            raise AnswerLost(f"{name}: the simulator's store failed ({type(error).__name__})") from error
        if isinstance(outcome, Lost):
            raise AnswerLost(f"{name}: the answer was lost, as the post asked")
        return self._delayed(name, request, outcome) if isinstance(outcome, Delayed) else outcome

    def _delayed(self, name: str, request: Request, outcome: Delayed) -> Response:
        self._wait(min(outcome.seconds, request.read_timeout))
        if outcome.seconds > request.read_timeout:
            raise AnswerLost(f"{name}: no answer within {request.read_timeout} s")
        return outcome.response

    def _within(self, where: Where, act: Callable[[StoreWorld], T], fetch: Fetch | None = None) -> T:
        """Do something in one of a network's worlds, in one transaction. Raises StoreError, and what ``act`` raises."""

        def body(txn: Transaction) -> tuple[T, bool]:
            world = StoreWorld(txn, where, self._clock.now(), fetch or self.fetch)
            made = act(world)
            world.flush()
            return made, world.has_sent

        made, has_sent = self._store.transact(body)
        if has_sent:
            self._told()
        return made

    def fetch(self, url: str) -> Response | None:
        """What a simulated network gets from a URL: the sandbox's own media, or what the installation can reach."""
        parts = urlsplit(url)
        if parts.hostname == MEDIA_HOST:
            answer = media("GET", parts.path)
            return answer if answer.status == 200 else None
        return self._fetch(url)

    def seen(self, name: str, platform_account_id: str, world: str = "") -> Sequence[Seen]:
        """What followers of a simulated account see now."""
        return self._within((name, world), lambda world: registry.simulator(name).seen(world, platform_account_id))

    def seed(self, name: str, username: str, world: str = "") -> Mapping[str, str]:
        """Make sure that an account of this name exists in the simulated network; answers what connecting it needs."""
        return self._within((name, world), lambda world: registry.simulator(name).seed(world, username))

    def happen(self, name: str, platform_account_id: str, event: Happening, world: str = "") -> Happened:
        """Let somebody else do something with a simulated account now. Raises happenings.NotOffered, LookupError,
        StoreError."""
        simulator = registry.simulator(name)
        return self._within((name, world), lambda its: happenings.cause(simulator, its, platform_account_id, event))

    def waiting(self, limit: int) -> Sequence[Waiting]:
        """The oldest webhooks that are due and were not handed over, of all worlds. Raises StoreError."""
        query = Query(
            group=_pushes.OUTBOX,
            where=(("due_at", "<=", self._clock.now()),),
            order_by=(("due_at", "asc"),),
            limit=limit,
        )
        found = self._store.query(query)
        return [Waiting(doc.path, *_whose(doc.path), _pushes.read(json.loads(doc.data["json"]))) for doc in found]

    def handed(self, keys: Sequence[str]) -> None:
        """These were handed over. Raises StoreError."""
        self._store.commit([Write("delete", key) for key in keys])


def _handled(simulator: Simulator, request: Request, world: StoreWorld) -> Response | Lost | Delayed:
    """The answer, or the fault that was asked for: what it changed is kept all the same."""
    try:
        return simulator.handle(request, world)
    except (Lost, Delayed) as fault:
        return fault


def _root(where: Where) -> str:
    """Where a world of a network is kept: each workspace's sandbox has its own, and there was one for all before."""
    platform, world = where
    return f"sandboxes/{world}/simulators/{platform}" if world else f"simulators/{platform}"


def _whose(path: str) -> Where:
    """Of which network in which world a document is."""
    first, name, *rest = path.split("/")
    return (rest[1], name) if first == "sandboxes" else (name, "")


class StoreWorld:
    """``contract.World`` inside one transaction: reads go through, writes are buffered until :meth:`flush`."""

    def __init__(self, txn: Transaction, where: Where, now: datetime, fetch: Fetch) -> None:
        self._txn = txn
        self._root = _root(where)
        self._outbox = f"{self._root}/{_pushes.OUTBOX}/"
        self._now = now
        self._fetch = fetch
        self._written: dict[str, dict[str, Any] | None] = {}

    @property
    def now(self) -> datetime:
        return self._now

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        path = self._path(kind, id)
        if path not in self._written:
            doc = self._txn.get(path)
            return json.loads(doc.data["json"]) if doc else None
        known = self._written[path]
        return json.loads(json.dumps(known)) if known is not None else None

    def put(self, kind: str, id: str, value: Mapping[str, Any]) -> None:
        self._written[self._path(kind, id)] = dict(value)

    def delete(self, kind: str, id: str) -> None:
        self._written[self._path(kind, id)] = None

    def serial(self, name: str) -> int:
        last = self.get("serial", name) or {"last": 0}
        self.put("serial", name, {"last": last["last"] + 1})
        return int(last["last"]) + 1

    def fetch(self, url: str) -> Response | None:
        return self._fetch(url)

    @property
    def has_sent(self) -> bool:
        """Whether the network sent webhooks by now."""
        made = (value for path, value in self._written.items() if value and path.startswith(self._outbox))
        return any(datetime.fromisoformat(value["at"]) <= self._now for value in made)

    def flush(self) -> None:
        """Hand every write to the transaction, in the order in which they were first made."""
        for path, value in self._written.items():
            if value is None:
                self._txn.write(Write("delete", path))
                continue
            data: dict[str, Any] = {"json": json.dumps(value, separators=(",", ":"))}
            if path.startswith(self._outbox):
                data["due_at"] = datetime.fromisoformat(value["at"])
            self._txn.write(Write("set", path, data))

    def _path(self, kind: str, id: str) -> str:
        return f"{self._root}/{quote(kind, safe='')}/{quote(id, safe='') or '_'}"


def media(method: str, path: str, headers: Mapping[str, str] | None = None) -> Response:
    """The sandbox's media host: ``/media/{name}`` for the names of MEDIA, with any query; HEAD, and one range."""
    folder, _, name = path.strip("/").rpartition("/")
    if folder != "media" or name not in MEDIA:
        return Response(
            404, {"content-type": "text/plain"}, f"The sandbox has {', '.join(MEDIA)} in /media/.\n".encode()
        )
    data = (files("shared.runtime") / "sandbox_media" / name).read_bytes()
    about = {"content-type": MEDIA[name], "accept-ranges": "bytes"}
    wanted = _RANGE.fullmatch({key.lower(): value for key, value in (headers or {}).items()}.get("range", ""))
    if wanted and method == "GET":  # RFC 9110 section 14.2: a range is for GET only
        return _part(data, about, int(wanted[1]), int(wanted[2] or len(data) - 1))
    return Response(200, {**about, "content-length": str(len(data))}, b"" if method == "HEAD" else data)


def _part(data: bytes, about: Mapping[str, str], start: int, last: int) -> Response:
    """The bytes from ``start`` to ``last``, both included."""
    last = min(last, len(data) - 1)
    if start > last:
        return Response(416, {**about, "content-length": "0", "content-range": f"bytes */{len(data)}"}, b"")
    part = data[start : last + 1]
    sizes = {"content-length": str(len(part)), "content-range": f"bytes {start}-{last}/{len(data)}"}
    return Response(206, {**about, **sizes}, part)
