"""Reading from networks within one request of a caller, who does not wait for ever: all of it together has so many seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared.ports.clock import Clock
from shared.ports.http import Http, NotSent, OutsideHttp, Request, Response
from shared.ports.world import Ports

READ_FOR = 25.0  # seconds of one request; an instance gives up after 60


@dataclass(frozen=True, slots=True)
class Hurried:
    """An http port whose GETs end by ``until`` (of the monotonic clock). Whatever else is sent takes its time: a write, or the
    refreshing of a token, that is given up has happened all the same."""

    http: Http
    clock: Clock
    until: float

    def send(self, request: Request) -> Response:
        """As ports.Http."""
        if request.method != "GET":
            return self.http.send(request)
        left = self.until - self.clock.monotonic()
        if left <= 0:
            raise NotSent("too much time had passed: it was not asked any more")
        most = left if request.total_timeout is None else min(left, request.total_timeout)
        return self.http.send(replace(request, total_timeout=most))


@dataclass(frozen=True, slots=True)
class _HurriedOutside(Hurried):
    """The same over the real network."""

    http: OutsideHttp

    def check(self, url: str) -> None:
        """As ports.OutsideHttp."""
        self.http.check(url)


def hurried(ports: Ports, seconds: float = READ_FOR) -> Ports:
    """The same world, whose networks are read for so long, from now."""
    until = ports.clock.monotonic() + seconds
    return replace(
        ports, http=_HurriedOutside(ports.http, ports.clock, until), sandbox=Hurried(ports.sandbox, ports.clock, until)
    )
