"""What a process remembers between requests, as long as there is room: only what may be forgotten at any time."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, Generic, TypeVar

from shared.ports.world import Ports

T = TypeVar("T")


class Recent(Generic[T]):
    """The values used last, by name; the least recently used go first. Thread safe."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, name: str) -> T | None:
        """What is kept of this name."""
        with self._lock:
            found = self._held.get(name)
            if found is not None:
                self._held.move_to_end(name)
            return found

    def put(self, name: str, value: T) -> T:
        """Keep it in place of what was there; answers it."""
        with self._lock:
            return self._put(name, value)

    def setdefault(self, name: str, value: T) -> T:
        """Keep it unless something is there; answers what is kept."""
        with self._lock:
            return self._held[name] if name in self._held else self._put(name, value)

    def _put(self, name: str, value: T) -> T:
        self._held[name] = value
        self._held.move_to_end(name)
        while len(self._held) > self._size:
            self._held.popitem(last=False)
        return value

    def forget(self, name: str) -> None:
        """Keep nothing of this name."""
        with self._lock:
            self._held.pop(name, None)

    def __len__(self) -> int:
        return len(self._held)


def of(ports: Ports, use: str, size: int) -> Recent[Any]:
    """This process's values of one use, the same for all of its requests."""
    held = ports.memory.get(use)
    found: Recent[Any] = ports.memory.setdefault(use, Recent[Any](size)) if held is None else held
    return found
