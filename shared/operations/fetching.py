"""A file behind a caller's URL: read in ranges, through the SSRF guard of the http port, at most three redirects away.

Each hop goes through the port on its own, so each address is checked. What is refused is refused in the same words
whether the address is private or nobody answers there, so that nobody can map a network with it.

While a caller waits, a file is looked at for :data:`LOOK_SECONDS` at most, redirects and ranges all together, and only
:data:`LOOKS` files at once in each process: a host that drips its answers must not hold the threads that serve others.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from urllib.parse import urljoin, urlsplit

from shared.domain.errors import Invalid, Limited
from shared.ports.clock import Clock
from shared.ports.http import Blocked, BodyTooLarge, Http, HttpFailure, Request, Response
from shared.ports.world import Ports

SANDBOX_HOST = "sandbox.rostrum.test"  # files for everyone who tries the sandbox
MAX_HOPS = 3
MAX_URL = 4096
WINDOW = 262_144  # bytes of one ranged request while looking
PIECE = 8_388_608  # ... and while copying
MAX_UNRANGED = 50_000_000  # of a file on a server that knows no ranges: it has to be held at once
MAX_REQUESTS = 64  # while looking at one file
LOOK_SECONDS = 10.0  # for looking at one file
REQUEST_SECONDS = 20.0  # ... and at all the files of one request
LOOKS = 16  # files looked at at once, per process
QUEUE_SECONDS = 2.0  # how long a look may wait for its turn
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 20.0
TOO_SLOW = "its server is too slow; upload the file to the library first, or host it elsewhere"
_CACHED = 4
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class Deadline:
    """The end of somebody's patience: ``at`` is an instant of ``clock.monotonic()``."""

    clock: Clock
    at: float

    @staticmethod
    def within(clock: Clock, seconds: float) -> Deadline:
        """So many seconds from now."""
        return Deadline(clock, clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then, negative when it is past."""
        return self.at - self.clock.monotonic()

    def sooner(self, seconds: float) -> Deadline:
        """This one, or so many seconds from now if that is before it."""
        return Deadline(self.clock, min(self.at, self.clock.monotonic() + seconds))


class Turns:
    """So many looks at once: who comes when all are taken waits ``seconds`` at most."""

    def __init__(self, places: int = LOOKS, seconds: float = QUEUE_SECONDS) -> None:
        self._places = BoundedSemaphore(places)
        self._seconds = seconds

    @contextmanager
    def taken(self) -> Iterator[None]:
        """One turn. Raises Limited (``media.busy``)."""
        if not self._places.acquire(timeout=self._seconds):
            text = "Too many files are being looked at right now: try again, or upload the file first."
            raise Limited("media.busy", text, retry_after_seconds=2)
        try:
            yield
        finally:
            self._places.release()


@dataclass(slots=True)
class Remote:
    """An open file: ``size`` in bytes, ``read(start, length)``. ``label`` names it in errors.

    ``until``: when reading ends; None while nobody waits.
    """

    http: Http
    url: str
    size: int
    label: str
    whole: bytes | None = None
    etag: str = ""
    until: Deadline | None = None
    requests: int = 0
    windows: OrderedDict[int, bytes] = field(default_factory=OrderedDict)

    def read(self, start: int, length: int) -> bytes:
        """Bytes of the file, fewer at its end. Raises Invalid when the server will not give them."""
        end = min(start + length, self.size)
        if self.whole is not None:
            return self.whole[start:end]
        parts = [self._window(at) for at in range(start - start % WINDOW, end, WINDOW)]
        skipped = start % WINDOW
        return b"".join(parts)[skipped : skipped + max(0, end - start)]

    def pieces(self) -> Iterator[bytes]:
        """The whole file, in order."""
        if self.whole is not None:
            yield self.whole
            return
        for start in range(0, self.size, PIECE):
            yield self._range(start, min(start + PIECE, self.size))

    def _window(self, at: int) -> bytes:
        if at not in self.windows:
            self.requests += 1
            if self.requests > MAX_REQUESTS:
                raise unfetchable(self.label, "its structure needs too many requests to read")
            self.windows[at] = self._range(at, min(at + WINDOW, self.size))
            if len(self.windows) > _CACHED:
                self.windows.popitem(last=False)
        self.windows.move_to_end(at)
        return self.windows[at]

    def _range(self, start: int, end: int) -> bytes:
        answer = _send(self.http, self.url, self.label, (start, end), self.etag, self.until)
        if answer.status != 206 or _range_of(answer) != (start, end - 1, self.size) or len(answer.body) != end - start:
            raise unfetchable(self.label, "the file changed while it was read")
        return answer.body


def open_url(ports: Ports, url: str, *, sandbox: bool, field: str = "url", until: Deadline | None = None) -> Remote:
    """Follow the URL to its file and read the beginning.

    ``sandbox``: the sandbox's own media host is within reach. ``until``: when all reading of it ends. Raises Invalid: ``validation.media_url_invalid``,
    ``validation.media_unfetchable``.
    """
    at = url
    for _ in range(MAX_HOPS + 1):
        http = _http(ports, at, sandbox=sandbox, field=field)
        answer = _send(http, at, field, (0, WINDOW), "", until)
        if answer.status not in (301, 302, 303, 307, 308):
            remote = _opened(http, at, field, answer)
            remote.until = until
            return remote
        at = _led(at, answer.headers.get("location", ""), field)
    raise unfetchable(field, f"more than {MAX_HOPS} redirects")


def _led(at: str, location: str, field: str) -> str:
    """Where a redirect leads. Raises Invalid for what is no URL, such as ``https://[::1``."""
    try:
        return urljoin(at, location)
    except ValueError:
        raise unfetchable(field, "it redirects to what is no URL") from None


def unfetchable(field: str, why: str) -> Invalid:
    """The file cannot be had: the caller's to mend."""
    return Invalid("validation.media_unfetchable", f"{field}: the file could not be fetched: {why}.", field=field)


def _http(ports: Ports, url: str, *, sandbox: bool, field: str) -> Http:
    host = _host(url)
    if host is None:
        text = f"{field}: give the public https address of the file itself, at most {MAX_URL} characters."
        raise Invalid("validation.media_url_invalid", text, field=field)
    return ports.sandbox if sandbox and host == SANDBOX_HOST else ports.http


def _host(url: str) -> str | None:
    if len(url) > MAX_URL or any(mark <= " " or mark == "\\" for mark in url):
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return host if host and parts.scheme in ("https", "http") and "@" not in parts.netloc else None


def _send(http: Http, url: str, field: str, span: tuple[int, int], etag: str, until: Deadline | None) -> Response:
    """The bytes from ``span[0]`` to before ``span[1]``, if the server keeps to it."""
    start, end = span
    headers = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
    if etag:
        headers["If-Range"] = etag
    limit = MAX_UNRANGED if start == 0 else end - start
    left = until.left() if until else None
    if left is not None and left <= 0:
        raise unfetchable(field, TOO_SLOW)
    connect, read = (CONNECT_TIMEOUT, READ_TIMEOUT) if left is None else (min(CONNECT_TIMEOUT, left), left)
    request = Request("GET", url, headers, None, connect, read, max_bytes=limit, total_timeout=left)
    try:
        return http.send(request)
    except BodyTooLarge as error:
        why = f"its server answers no ranges, and it has over {MAX_UNRANGED // 1_000_000} MB"
        raise unfetchable(field, why) from error
    except Blocked as error:
        raise unfetchable(field, "its address is not public, or not https") from error
    except HttpFailure as error:
        raise unfetchable(field, "its server cannot be reached, or does not answer in time") from error


def _opened(http: Http, url: str, field: str, answer: Response) -> Remote:
    if answer.status == 416:
        return Remote(http, url, 0, field, whole=b"")
    if answer.status == 200:
        return Remote(http, url, len(answer.body), field, whole=answer.body)
    given = _range_of(answer) if answer.status == 206 else None
    if given is None:
        raise unfetchable(field, f"its server answered {answer.status}")
    start, end, size = given
    if start != 0 or len(answer.body) != end + 1:
        raise unfetchable(field, "its server gave another range than it was asked for")
    etag = answer.headers.get("etag", "")
    remote = Remote(http, url, size, field, etag="" if etag.startswith("W/") else etag)
    remote.windows[0] = answer.body
    if len(answer.body) == size:
        remote.whole = answer.body
    elif len(answer.body) != WINDOW:
        raise unfetchable(field, "its server gave another range than it was asked for")
    return remote


def _range_of(answer: Response) -> tuple[int, int, int] | None:
    """First byte, last byte and size of a 206 answer."""
    found = _CONTENT_RANGE.fullmatch(answer.headers.get("content-range", ""))
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
