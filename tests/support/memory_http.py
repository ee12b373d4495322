"""The http port in memory: the simulated networks, and an outside world that a test describes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import RLock
from urllib.parse import urlsplit

from shared.platforms import _pushes, happenings, registry
from shared.platforms.contract import Delayed, Lost, Waiting
from shared.platforms.happenings import Happened, Happening
from shared.ports.http import AnswerLost, Blocked, BodyTooLarge, NotSent, Request, Response, received
from tests.support import files
from tests.support.faults import Faults
from tests.support.memory_parts import ManualClock
from tests.support.simulated import MEDIA_HOST, MemoryWorld

Fetch = Callable[[str], Response | None]
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class ClockWorld(MemoryWorld):
    """A simulated network that lives in the test's own time, and fetches what ``fetch_more`` finds."""

    def __init__(self, clock: ManualClock, media: Mapping[str, tuple[str, bytes]], fetch_more: Fetch) -> None:
        super().__init__(clock.now(), media)
        self._clock = clock
        self._fetch_more = fetch_more

    @property
    def now(self) -> datetime:
        return self._clock.now()

    def pass_time(self, seconds: float) -> None:
        self._clock.advance(seconds)

    def fetch(self, url: str) -> Response | None:
        return super().fetch(url) or self._fetch_more(url)


class Networks:
    """``ports.sandbox``: every simulator by its hosts, each with its worlds, and the sandbox's media host.

    ``sent`` keeps every request. ``intercept`` may answer or raise in the network's place.
    """

    def __init__(self, clock: ManualClock, faults: Faults, fetch_more: Fetch) -> None:
        self.sent: list[Request] = []
        self.intercept: Callable[[Request], Response | None] | None = None
        self.media = {
            f"https://{MEDIA_HOST}/media/photo.jpg": ("image/jpeg", files.jpeg()),
            f"https://{MEDIA_HOST}/media/video.mp4": ("video/mp4", files.mp4()),
        }
        self._clock = clock
        self._faults = faults
        self._fetch_more = fetch_more
        self._worlds: dict[tuple[str, str], ClockWorld] = {}
        self._first = ""
        self._lock = RLock()

    def world(self, name: str, world: str = "") -> ClockWorld:
        """A world of one network, made when it is first asked for. Without a name: of the workspace that speaks to a network
        first, which in most tests is the only one."""
        with self._lock:
            self._first = self._first or world
            key = name, "" if world == self._first else world
            if key not in self._worlds:
                self._worlds[key] = ClockWorld(self._clock, self.media, self._fetch_more)
            return self._worlds[key]

    def send(self, request: Request) -> Response:
        return bounded(request, self._faults.around("sandbox.send", lambda: self._send(request)))

    def check(self, url: str) -> None:
        """``ports.OutsideHttp``, where the simulated networks are the whole world."""

    def happen(self, name: str, platform_account_id: str, event: Happening, world: str = "") -> Happened:
        """``operations.sandboxing.Stage``, as the other two."""
        with self._lock:
            return happenings.cause(registry.simulator(name), self.world(name, world), platform_account_id, event)

    def waiting(self, limit: int) -> Sequence[Waiting]:
        with self._lock:
            kept = [
                Waiting(f"{name}/{whose}/{key}", name, whose or self._first, _pushes.read(entry))
                for (name, whose), world in self._worlds.items()
                for (kind, key), entry in world.values.items()
                if kind == _pushes.OUTBOX
            ]
        due = [one for one in kept if one.push.at <= self._clock.now()]
        return sorted(due, key=lambda one: (one.push.at, one.key))[:limit]

    def handed(self, keys: Sequence[str]) -> None:
        with self._lock:
            for name, whose, key in (one.split("/") for one in keys):
                self._worlds[name, whose].delete(_pushes.OUTBOX, key)

    def _send(self, request: Request) -> Response:
        self.sent.append(request)
        if self.intercept and (given := self.intercept(request)):
            return given
        host = urlsplit(request.url).hostname or ""
        if host == MEDIA_HOST:
            return serve(self.media.get(request.url.partition("?")[0]), request)
        name = registry.for_host(host, request.network)
        if name is None:
            raise NotSent(f"{host}: no simulator answers for this host")
        return self._simulate(name, request)

    def _simulate(self, name: str, request: Request) -> Response:
        world, whole = self.world(name, request.world), received(request)
        try:
            with self._lock:
                return registry.simulator(name).handle(whole, world)
        except Lost as lost:
            raise AnswerLost("lost on demand") from lost
        except Delayed as delayed:
            world.pass_time(min(delayed.seconds, request.read_timeout))
            if delayed.seconds > request.read_timeout:
                raise AnswerLost(f"no answer within {request.read_timeout} s") from delayed
            return delayed.response


class Outside:
    """``ports.http``: an internet with the hosts that a test names in ``hosts``; private addresses are refused."""

    def __init__(self, faults: Faults) -> None:
        self.sent: list[Request] = []
        self.hosts: dict[str, Callable[[Request], Response]] = {}
        self._faults = faults

    def send(self, request: Request) -> Response:
        return bounded(request, self._faults.around("http.send", lambda: self._send(request)))

    def check(self, url: str) -> None:
        """As the guard of the real one, without a look at its lists."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme != "https" or re.fullmatch(r"localhost|[\d.]+|.*:.*|.*\.internal", host):
            raise Blocked(f"{host}: not a public https address")

    def _send(self, request: Request) -> Response:
        self.sent.append(request)
        self.check(request.url)
        host = urlsplit(request.url).hostname or ""
        if host not in self.hosts:
            raise NotSent(f"{host}: the name does not resolve")
        return self.hosts[host](request)


def serve(found: tuple[str, bytes] | None, request: Request, *, ranges: bool = True) -> Response:
    """A static file as a web server gives it: HEAD, one byte range, 404."""
    if found is None:
        return Response(404, {"content-type": "text/plain"}, b"not found")
    content_type, data = found
    headers = {"content-type": content_type, "accept-ranges": "bytes" if ranges else "none"}
    wanted = _RANGE.fullmatch({name.lower(): value for name, value in request.headers.items()}.get("range", ""))
    if not (ranges and wanted):
        return Response(200, {**headers, "content-length": str(len(data))}, b"" if request.method == "HEAD" else data)
    start = int(wanted[1])
    end = min(int(wanted[2] or len(data) - 1), len(data) - 1)
    if start > end:
        return Response(416, {**headers, "content-range": f"bytes */{len(data)}"}, b"")
    return Response(206, {**headers, "content-range": f"bytes {start}-{end}/{len(data)}"}, data[start : end + 1])


def bounded(request: Request, response: Response) -> Response:
    """The answer, if it is within ``max_bytes``."""
    if len(response.body) > request.max_bytes:
        raise BodyTooLarge(f"over {request.max_bytes} bytes")
    return response
