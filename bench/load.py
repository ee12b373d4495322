"""A load generator in one thread: several connections that stay open, each with one request under way."""

from __future__ import annotations

import itertools
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 16
Make = Callable[[int], bytes]


@dataclass(slots=True)
class Result:
    """What came back. ``statuses`` counts answers by status; ``seconds`` of each answer, in order of arrival."""

    took: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.took


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    buffer: bytearray = field(default_factory=bytearray)


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in (headers or {}).items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(port: int, data: bytes, timeout: float = 30.0) -> int:
    """Send one request on a fresh connection; its status once the answer is complete. Raises OSError."""
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(data)
        buffer = bytearray()
        while (status := _complete(buffer)) is None:
            part = connection.recv(65536)
            if not part:
                raise ConnectionResetError("closed before the answer was complete")
            buffer += part
        return status


def run(port: int, make: Make, seconds: float, connections: int = CONNECTIONS) -> Result:
    """Ask as fast as answers come, for so long. ``make`` gives the n-th request. Raises OSError when the server goes."""
    result, numbers = Result(), itertools.count()
    with selectors.DefaultSelector() as selector:
        opened = [_open(port) for _ in range(connections)]
        try:
            for one in opened:
                selector.register(one.socket, selectors.EVENT_READ, one)
                _send(one, make(next(numbers)))
            _drive(selector, make, numbers, result, time.monotonic() + seconds)
        finally:
            for one in opened:
                one.socket.close()
    return result


def _drive(selector: selectors.BaseSelector, make: Make, numbers: Iterator[int], result: Result, until: float) -> None:
    began = now = time.monotonic()
    while now < until:
        for key, _ in selector.select(timeout=max(0.0, until - now)):
            one: _Connection = key.data
            status = _receive(one)
            if status is not None:
                result.statuses[status] += 1
                result.seconds.append(time.monotonic() - one.sent_at)
                _send(one, make(next(numbers)))
        now = time.monotonic()
    result.took = now - began


def _open(port: int) -> _Connection:
    made = socket.create_connection(("127.0.0.1", port), 30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(made)


def _send(one: _Connection, data: bytes) -> None:
    one.sent_at = time.monotonic()
    one.socket.sendall(data)


def _receive(one: _Connection) -> int | None:
    """The status once the answer is complete."""
    part = one.socket.recv(65536)
    if not part:
        raise ConnectionResetError("the server closed a connection under load")
    one.buffer += part
    status = _complete(one.buffer)
    if status is not None:
        one.buffer.clear()
    return status


def _complete(buffer: bytearray) -> int | None:
    head, found, body = bytes(buffer).partition(b"\r\n\r\n")
    if not found:
        return None
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    if at < 0:
        return int(head[9:12]) if b"transfer-encoding: chunked" not in lowered or body.endswith(b"0\r\n\r\n") else None
    length = int(lowered[at + 15 :].split(b"\r\n", 1)[0])
    return int(head[9:12]) if len(body) >= length else None
