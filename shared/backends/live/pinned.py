"""urllib3 connections that go to an address the guard has checked, and keep within one deadline.

Everything before the first byte of the request (guard, resolving, connecting, TLS) fails as NotSent. Afterwards each
read and write of the socket waits no longer than the exchange has left, so that a server which drips its answer byte
by byte ends at the deadline too.
"""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from shared.backends.live.ssrf import Guard
from shared.ports.http import NotSent

IDLE_SECONDS = 4.0  # an idle connection is not trusted longer: a request lost on it would be an answer lost


class _Exchange(threading.local):
    """The exchange that this thread is in."""

    deadline = math.inf


_exchange = _Exchange()


def begin(deadline: float) -> None:
    """What this thread sends and reads from now on ends at the monotonic ``deadline``."""
    _exchange.deadline = deadline


class _Deadline:
    """Mixed into a socket: no operation outlives the exchange."""

    def _limit(self) -> float | None:
        """Shorten the socket's timeout to what is left; the timeout it had."""
        sock: Any = self
        usual: float | None = sock.gettimeout()
        left = _exchange.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took too long")
        if left < (math.inf if usual is None else usual):
            sock.settimeout(left)
        return usual

    def recv_into(self, *args: Any, **options: Any) -> int:
        sock: Any = super()
        usual = self._limit()
        try:
            received: int = sock.recv_into(*args, **options)
            return received
        finally:
            sock.settimeout(usual)

    def send(self, *args: Any, **options: Any) -> int:
        sock: Any = super()
        usual = self._limit()
        try:
            sent: int = sock.send(*args, **options)
            return sent
        finally:
            sock.settimeout(usual)

    def sendall(self, *args: Any, **options: Any) -> None:
        sock: Any = super()
        usual = self._limit()
        try:
            sock.sendall(*args, **options)
        finally:
            sock.settimeout(usual)


class _Socket(_Deadline, socket.socket):
    """A TCP socket under a deadline."""


class _TlsSocket(_Deadline, ssl.SSLSocket):
    """A TLS socket under a deadline."""


def tls_context(trusted: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """``trusted``, or a context that trusts what requests trusts (TLS 1.2 or newer); its sockets know the deadline."""
    import certifi

    context = trusted or create_urllib3_context(ssl_minimum_version=ssl.TLSVersion.TLSv1_2)
    if trusted is None:
        context.load_verify_locations(certifi.where())
    context.sslsocket_class = _TlsSocket
    return context


class _Pinned:
    """Mixed into a connection: where it goes, and whether it is still good."""

    guard: Guard
    _used_at: float = 0.0

    def connect(self) -> None:
        connection: Any = super()
        try:
            connection.connect()
        except NotSent:
            raise
        except Exception as error:
            # Whatever fails before the connection stands, nothing of the request was sent.
            raise NotSent(f"{self.host}: {_reason(error)}") from error  # type: ignore[attr-defined]
        self._used_at = time.monotonic()

    def getresponse(self) -> Any:
        connection: Any = super()
        response = connection.getresponse()
        self._used_at = time.monotonic()
        return response

    @property
    def is_connected(self) -> bool:
        connection: Any = super()
        return bool(connection.is_connected) and time.monotonic() - self._used_at < IDLE_SECONDS

    def _new_conn(self) -> socket.socket:
        me: Any = self
        timeout = me.timeout if isinstance(me.timeout, int | float) else None
        failure: OSError = OSError("no address")
        for address in self.guard.addresses(me.host, me.port):
            try:
                return _connect(address, me.port, timeout)
            except OSError as error:
                failure = error
        raise failure


def _connect(address: str, port: int, timeout: float | None) -> socket.socket:
    sock = _Socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        left = _exchange.deadline - time.monotonic()
        sock.settimeout(max(0.001, left if timeout is None else min(timeout, left)))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.connect((address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the connection timed out"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate was refused ({error.verify_message})"
    cause = error.args[0] if error.args and isinstance(error.args[0], ssl.SSLError) else error
    return f"the TLS handshake failed ({type(cause).__name__})" if isinstance(cause, ssl.SSLError) else "no connection"


def pool_classes(guard: Guard) -> dict[str, type[HTTPConnectionPool]]:
    """Pools by scheme, all of whose connections pass the guard."""

    class Plain(_Pinned, HTTPConnection):
        pass

    class Tls(_Pinned, HTTPSConnection):
        pass

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

    Plain.guard = Tls.guard = guard
    return {"http": PlainPool, "https": TlsPool}
