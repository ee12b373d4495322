"""Holding back what waits to be published, and releasing it: after a restore, or while something has to be found out.

What is accepted afterwards is not held: whoever wants nothing to go out pauses the queues (docs/operating.md). What is being
sent, or in doubt, is not touched: no hold takes back a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain import codec, targets
from shared.domain.audit import Act
from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations import lookup
from shared.operations.operating import spaces
from shared.operations.publishing import dispatch, records
from shared.ports.store import Op, Query
from shared.ports.world import Ports

Said = Callable[[int], object]  # is told how many targets more were looked at
Step = Callable[[Target], Target | None]
WAITING = (State.SCHEDULED.value, State.PREPARING.value)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which targets: of one workspace (or a space of it), of one network, of these posts, actions or targets; empty for all."""

    workspace: str = ""
    platform: str = ""
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """``count``: how many targets were changed. ``absent``: those of the ids that were asked for of which nothing waits."""

    count: int
    absent: tuple[str, ...]


def hold(ports: Ports, chosen: Chosen, said: Said) -> Moved:
    """Hold what waits. Safe to run twice. Raises Missing, store.Unavailable."""
    return _each(ports, chosen, _hold, "publishing.held", said)


def release(ports: Ports, chosen: Chosen, said: Said) -> Moved:
    """Let what is held go out at its time, or now where that is past and it is not too late. Safe to run twice. Raises Missing,
    store.Unavailable."""

    def step(target: Target) -> Target | None:
        return targets.released(target, ports.clock.now()) if target.held else None

    return _each(ports, chosen, step, "publishing.released", said)


def _hold(target: Target) -> Target | None:
    return targets.held(target) if target.state.value in WAITING and not target.held else None


def _each(ports: Ports, chosen: Chosen, step: Step, act: Act, said: Said) -> Moved:
    total, absent = 0, dict.fromkeys(chosen.ids)
    for space in spaces.every(ports, chosen.workspace):
        count = 0
        for target in _waiting(ports, space, chosen):
            absent.pop(target.id, None)
            absent.pop(target.post_id, None)
            after = records.change(ports, target, step)
            if after is not None:
                dispatch.enqueue(ports, after)
                count += 1
            said(1)
        if count:
            details = {"platform": chosen.platform, "ids": _shown(chosen.ids), "count": str(count)}
            spaces.note(ports, space, act, space, **details)
        total += count
    return Moved(total, tuple(absent))


def _waiting(ports: Ports, space: str, chosen: Chosen) -> Iterator[Target]:
    where: list[tuple[str, Op, Any]] = [("platform", "==", chosen.platform)] if chosen.platform else []
    for state in WAITING:
        query = Query(f"workspaces/{space}/targets", where=(("state", "==", state), *where))
        for doc in lookup.every(ports, query):
            try:
                target = codec.decode(Target, doc.data)
            except (TypeError, ValueError, KeyError, AttributeError):
                continue  # nothing publishes it either
            if not chosen.ids or target.id in chosen.ids or target.post_id in chosen.ids:
                yield target


def _shown(ids: Sequence[str]) -> str:
    return ", ".join(ids[:20]) + (" …" if len(ids) > 20 else "")
