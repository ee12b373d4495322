"""What may go wrong around a port call: one hook that sees every call of every fake before and after it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

T = TypeVar("T")
Phase = Literal["before", "after"]
Hook = Callable[[str, Phase], None]


class Crash(BaseException):
    """The process died here: no handler of the code under test may catch it."""


class Faults:
    """``hook(call, phase)`` may raise what the port's contract allows, or Crash. ``calls`` lists what was called.

    Calls are named ``store.get``, ``vault.seal``, ``http.send``, ``sandbox.send`` … A raise *before* means that nothing
    happened; *after*, that it happened and the caller does not know.
    """

    def __init__(self) -> None:
        self.hook: Hook | None = None
        self.calls: list[str] = []

    def around(self, call: str, act: Callable[[], T]) -> T:
        """Do it, with the hook on both sides."""
        self.calls.append(call)
        hook = self.hook
        if hook is None:
            return act()
        hook(call, "before")
        result = act()
        hook(call, "after")
        return result


def once(wanted: int, phase: Phase, error: Callable[[], BaseException]) -> Hook:
    """A hook that fails the ``wanted``-th call from now (0 is the next), on that side, once."""
    seen = -1

    def hook(call: str, at: Phase) -> None:
        nonlocal seen
        if at == "before":
            seen += 1
        if seen == wanted and at == phase:
            raise error()

    return hook
