"""What the work under way is about: the ids that each line of its log carries, whoever writes it.

An edge begins the work with what a request's or task's headers say; whoever learns more says so. Nothing is passed along for it,
and outside of any work nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token, copy_context
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")
_known: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)
_NOTHING: Mapping[str, Any] = {}
# Whatever of these stands in a task's body, a message or a path names what the work is about.
IDS = frozenset(
    {
        *("post_id", "target_id", "account_id", "brand_id", "media_id", "action_id", "event_id", "export_id"),
        *("webhook_id", "endpoint_id", "delivery_id", "platform", "kind"),
    }
)


class Work:
    """``with Work(request_id=…):`` some work. Within work that is under way already it only adds what is known."""

    __slots__ = ("_fields", "_token")

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._token: Token[dict[str, Any] | None] | None = None

    def __enter__(self) -> None:
        under_way = _known.get()
        if under_way is None:
            self._token = _known.set(self._fields)
        else:
            under_way.update(self._fields)

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _known.reset(self._token)


@contextmanager
def part() -> Iterator[None]:
    """One of several things that the work does, of whoever it may be: what is learnt within is known within alone."""
    under_way = _known.get()
    token = _known.set(None if under_way is None else dict(under_way))
    try:
        yield
    finally:
        _known.reset(token)


def learnt(**fields: Any) -> None:
    """The work under way turned out to be about these, too: ids of ours and short words, never content, never a secret."""
    under_way = _known.get()
    if under_way is not None:
        under_way.update(fields)


def named(said: Mapping[str, Any]) -> None:
    """:func:`learnt`, of what a task's body, a message or a path says: the ids that have a name in :data:`IDS`, and the space."""
    under_way = _known.get()
    if under_way is None:
        return
    for name, value in said.items():
        if name in IDS and isinstance(value, str):
            under_way[name] = value
    space = said.get("space")
    if isinstance(space, str):
        under_way["workspace"], _, under_way["mode"] = space.partition(".")


def known() -> Mapping[str, Any]:
    """What the work under way is about; empty outside of any."""
    return _known.get() or _NOTHING


def carried(do: Callable[[S], T]) -> Callable[[S], T]:
    """``do``, for another thread of the same work: it knows what is known now, and what it learns is its own."""
    context = copy_context()
    under_way = _known.get()

    def within(one: S) -> T:
        if under_way is not None:
            _known.set(dict(under_way))
        return do(one)

    return lambda one: context.copy().run(within, one)
