"""A file behind a caller's URL: read in ranges, through the SSRF guard of the http port, at most three redirects away.

Each hop goes through the port on its own, so each address is checked. What is refused is refused in the same words
whether the address is private or nobody answers there, so that nobody can map a network with it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from shared.domain.errors import Invalid
from shared.ports.http import Blocked, BodyTooLarge, Http, HttpFailure, Request, Response
from shared.ports.world import Ports

SANDBOX_HOST = "sandbox.rostrum.test"  # files for everyone who tries the sandbox
MAX_HOPS = 3
MAX_URL = 4096
WINDOW = 262_144  # bytes of one ranged request while looking
PIECE = 8_388_608  # ... and while copying
MAX_UNRANGED = 50_000_000  # of a file on a server that knows no ranges: it has to be held at once
MAX_REQUESTS = 64  # while looking at one file
_CACHED = 4
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


@dataclass(slots=True)
class Remote:
    """An open file: ``size`` in bytes, ``read(start, length)``. ``label`` names it in errors."""

    http: Http
    url: str
    size: int
    label: str
    whole: bytes | None = None
    etag: str = ""
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
        answer = _send(self.http, self.url, self.label, start, end, self.etag)
        if answer.status != 206 or _range_of(answer) != (start, end - 1, self.size) or len(answer.body) != end - start:
            raise unfetchable(self.label, "the file changed while it was read")
        return answer.body


def open_url(ports: Ports, url: str, *, sandbox: bool, field: str = "url") -> Remote:
    """Follow the URL to its file and read the beginning.

    ``sandbox``: the sandbox's own media host is within reach. Raises Invalid: ``validation.media_url_invalid``,
    ``validation.media_unfetchable``.
    """
    at = url
    for _ in range(MAX_HOPS + 1):
        http = _http(ports, at, sandbox=sandbox, field=field)
        answer = _send(http, at, field, 0, WINDOW)
        if answer.status not in (301, 302, 303, 307, 308):
            return _opened(http, at, field, answer)
        at = urljoin(at, answer.headers.get("location", ""))
    raise unfetchable(field, f"more than {MAX_HOPS} redirects")


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


def _send(http: Http, url: str, field: str, start: int, end: int, etag: str = "") -> Response:
    headers = {"Range": f"bytes={start}-{end - 1}", "Accept-Encoding": "identity"}
    if etag:
        headers["If-Range"] = etag
    limit = MAX_UNRANGED if start == 0 else end - start
    try:
        return http.send(Request("GET", url, headers, read_timeout=20.0, max_bytes=limit))
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
