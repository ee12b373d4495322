"""After a backup was restored: what may have gone out since it was made is never sent blindly.

The copy remembers nothing of what happened after it was made. What was due since then, or was being sent, is put before a
person (``needs_review``); what is due later is published as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain import codec, targets
from shared.domain.posts import Target
from shared.domain.states import State
from shared.operations.publishing import failures, records
from shared.ports.store import Doc
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Restored:
    """``review``: targets that a person has to look at; ``held``: that wait to be released; ``later``: that are published at
    their times."""

    review: int = 0
    held: int = 0
    later: int = 0

    def __add__(self, other: Restored) -> Restored:
        return Restored(self.review + other.review, self.held + other.held, self.later + other.later)


def hold_back(ports: Ports, docs: Iterable[Doc], *, hold: bool = False) -> Restored:
    """Put before a person each of these targets that may have gone out since the backup. ``hold``: the others wait until
    somebody releases them, for they may have been sent early, moved or cancelled since.

    Safe to run twice. A document that no target can be read from stays: nothing publishes it either. Raises
    store.Unavailable.
    """
    return sum((_one(ports, doc, hold) for doc in docs), Restored())


def _one(ports: Ports, doc: Doc, hold: bool) -> Restored:
    try:
        target = codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return Restored()
    if targets.perhaps_sent(target, ports.clock.now()):
        return Restored(review=int(_put_before_a_person(ports, target)))
    if target.state not in (State.SCHEDULED, State.PREPARING):
        return Restored()
    if hold and not target.held:
        return Restored(held=int(records.change(ports, target, _held) is not None))
    return Restored(held=1) if target.held else Restored(later=1)


def _put_before_a_person(ports: Ports, target: Target) -> bool:
    now = ports.clock.now()

    def step(current: Target) -> Target | None:
        known = targets.perhaps_sent(current, now)
        return targets.restored(current, failures.brought_back(), now) if known else None

    return records.change(ports, target, step) is not None


def _held(current: Target) -> Target | None:
    waits = current.state in (State.SCHEDULED, State.PREPARING) and not current.held
    return targets.held(current) if waits else None
