"""Who is connected to: the interpreter's own audit events, so that nothing in the process goes around it.

Nothing leaves the machine: but for the addresses that a test allows, a connection fails before its first packet.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Address = tuple[str, int]


@dataclass
class Spy:
    """``own``: (address, port) of the test's own servers. ``public``: addresses that a test takes for public servers."""

    public: frozenset[str]
    own: frozenset[Address] = frozenset()
    connected: list[Address] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)

    @property
    def astray(self) -> list[Address]:
        """Connections, tried ones too, to what is neither public nor the test's own."""
        return [
            to for to in self.connected if to not in self.own and not (to[0] in self.public and to[1] in (443, 8443))
        ]


_watching: list[Spy] = []


@contextmanager
def spying(public: tuple[str, ...], *own: Address) -> Iterator[Spy]:
    """Watch all connections and look-ups of the process until the block ends."""
    hook()
    spy = Spy(frozenset(public), frozenset(own))
    _watching.append(spy)
    try:
        yield spy
    finally:
        _watching.remove(spy)


@cache
def hook() -> None:
    """Once in a process: an audit hook cannot be taken away."""
    sys.addaudithook(_heard)


def _heard(event: str, args: tuple[Any, ...]) -> None:
    if not _watching or not event.startswith("socket."):
        return
    spy = _watching[-1]
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if not _literal(str(args[0])):
            spy.looked_up.append(str(args[0]))
        return
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        to = (str(address[0]), int(address[1])) if isinstance(address, tuple) else (str(address), 0)
        spy.connected.append(to)
        if to not in spy.own:
            raise ConnectionRefusedError(f"{to}: nothing leaves this test")


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
