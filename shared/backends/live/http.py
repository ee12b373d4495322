"""The http port on requests: one attempt, no redirects, no environment, every connection pinned to a checked address.

The transport adapter is used without a session: no cookies, no netrc, no proxies, no redirects to begin with.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.backends.live.ssrf import Guard, Resolver, Target, system_resolver
from shared.ports.http import AnswerLost, BodyTooLarge, HttpFailure, NotSent, Request, Response, Stream

if TYPE_CHECKING:
    import ssl

    import requests
    from requests.adapters import HTTPAdapter

SLOWEST_BYTES_PER_SECOND = 256 * 1024  # bodies slower than this run into the deadline
POOL_SIZE = 32  # idle connections kept per host
_CHUNK = 64 * 1024
_PLAIN_SEGMENT = re.compile(r"v?\d{1,2}(\.\d{1,2})?|[A-Za-z][A-Za-z._-]{0,39}")
_log = logging.getLogger(__name__)


class LiveHttp:
    """The outside world. ``allow_private``: (host, port) pairs of the operator's own that may be reached, also over http.

    The whole exchange ends after ``connect_timeout`` + 2 × ``read_timeout``, plus a second for each 256 KiB of both
    bodies, or after ``total_timeout`` if that is sooner. ``tls`` replaces the trusted certificates.
    """

    def __init__(
        self,
        allow_private: frozenset[tuple[str, int]] = frozenset(),
        *,
        resolver: Resolver = system_resolver,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = Guard(allow_private, resolver)
        self._tls = tls
        self._adapter: HTTPAdapter | None = None

    def send(self, request: Request) -> Response:
        """The answer, whatever its status. Raises NotSent or AnswerLost, nothing else."""
        started = time.monotonic()
        outcome = "failed"
        try:
            target = self._guard.check(request.url)
            answer = self._exchange(request, target, started)
            outcome = str(answer.status)
            return answer
        except HttpFailure as failure:
            outcome = type(failure).__name__
            raise
        finally:
            if _log.isEnabledFor(logging.DEBUG):
                _log.debug(
                    "%s %s %s %d ms", request.method, shown(request.url), outcome, (time.monotonic() - started) * 1000
                )

    def check(self, url: str) -> None:
        """Raises Blocked where the URL itself says that it is not asked."""
        self._guard.check(url)

    def _exchange(self, request: Request, target: Target, started: float) -> Response:
        from shared.backends.live import pinned

        size = request.max_bytes + (request.body.size if isinstance(request.body, Stream) else len(request.body or b""))
        patience = request.connect_timeout + 2 * request.read_timeout + size / SLOWEST_BYTES_PER_SECOND
        if request.total_timeout is not None:
            patience = min(patience, request.total_timeout)
        adapter = self._transport()
        prepared = _prepare(request, target)
        pinned.begin(started + patience)
        answer: requests.Response | None = None
        try:
            answer = adapter.send(prepared, stream=True, timeout=(request.connect_timeout, request.read_timeout))
            body = _read(answer, request)
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status_code, headers, body)
        except HttpFailure:
            raise
        except Exception as error:
            # Whatever went wrong once the connection stood: the request may have had its effect, and callers must hear that.
            raise AnswerLost(f"{target.host}: {_reason(error)}") from error
        finally:
            if answer is not None:
                answer.close()

    def _transport(self) -> HTTPAdapter:
        if self._adapter is None:
            self._adapter = _make_adapter(self._guard, self._tls)
        return self._adapter


def shown(url: str) -> str:
    """Host and path of a URL as they may be logged: without query, and without segments that could be ids or secrets."""
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "?", parts.path
    except ValueError:
        return "?"
    return host + "/".join(part if not part or _PLAIN_SEGMENT.fullmatch(part) else "{}" for part in path.split("/"))


def _make_adapter(guard: Guard, tls: ssl.SSLContext | None) -> HTTPAdapter:
    from requests.adapters import HTTPAdapter

    from shared.backends.live import pinned

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            options["ssl_context"] = pinned.tls_context(tls)
            super().init_poolmanager(*args, **options)
            self.poolmanager.pool_classes_by_scheme = pinned.pool_classes(guard)

        def cert_verify(self, *args: Any, **options: Any) -> None:
            """The context verifies already; requests would read the certificates' file again for each connection."""

    return Adapter(pool_connections=100, pool_maxsize=POOL_SIZE, max_retries=0)


def _prepare(request: Request, target: Target) -> requests.PreparedRequest:
    import requests

    headers = {"User-Agent": "Rostrum", "Accept-Encoding": "gzip, deflate", "Accept": "*/*"} | dict(request.headers)
    if any(name.lower() in ("host", "content-length", "transfer-encoding") for name in headers):
        raise NotSent(f"{target.host}: Host, Content-Length and Transfer-Encoding are not the caller's to set")
    body: Any = request.body
    if isinstance(body, Stream):
        body = _Upload(body) if body.size else b""
    try:
        prepared = requests.PreparedRequest()
        prepared.prepare(method=request.method, url=target.url, headers=headers, data=body)
    except (requests.RequestException, ValueError) as error:
        raise NotSent(f"{target.host}: the request is malformed ({type(error).__name__})") from None
    return prepared


class _Upload:
    """A stream with a length, so that it is sent with Content-Length; it must keep to it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __len__(self) -> int:
        return self._stream.size

    def __iter__(self) -> Iterator[bytes]:
        left = self._stream.size
        for chunk in self._stream.chunks():
            left -= len(chunk)
            if left < 0:
                break
            yield chunk
        if left:
            raise ValueError("the body's stream is not as long as it said")


def _read(answer: requests.Response, request: Request) -> bytes:
    """The decoded body. Raises BodyTooLarge as soon as it passes ``max_bytes``."""
    declared = answer.headers.get("Content-Length", "")
    body = bytearray()
    too_large = request.method.upper() != "HEAD" and declared.isdecimal() and int(declared) > request.max_bytes
    if not too_large:
        for chunk in answer.raw.stream(min(_CHUNK, request.max_bytes + 1), decode_content=True):
            body += chunk
            if len(body) > request.max_bytes:
                too_large = True
                break
    if too_large:
        raise BodyTooLarge(f"{urlsplit(request.url).hostname}: the answer is over {request.max_bytes} bytes")
    return bytes(body)


def _reason(error: BaseException) -> str:
    """What happened, in words that hold nothing of the request."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, TimeoutError) or "Timeout" in type(seen).__name__:
            return "the answer took too long"
        seen = seen.__cause__ or seen.__context__
    if isinstance(error, ValueError):
        return f"the exchange broke off ({error})" if "stream" in str(error) else "the answer could not be decoded"
    return f"the connection broke before the answer was complete ({type(error).__name__})"
