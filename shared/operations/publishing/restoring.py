"""After a backup was restored: what may have gone out since it was made is never sent blindly.

The copy remembers nothing of what happened after it was made. What was due since then, or was being sent, is put before a
person (``needs_review``); what is due later is published as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain import codec, targets
from shared.domain.posts import Target
from shared.operations.publishing import failures, records
from shared.ports.store import Doc
from shared.ports.world import Ports


def hold_back(ports: Ports, docs: Iterable[Doc]) -> int:
    """Put before a person each of these targets that may have gone out since the backup; how many they are.

    Safe to run twice. A document that no target can be read from stays: nothing publishes it either. Raises
    store.Unavailable.
    """
    return sum(_held_back(ports, doc) for doc in docs)


def _held_back(ports: Ports, doc: Doc) -> bool:
    try:
        target = codec.decode(Target, doc.data)
    except (TypeError, ValueError, KeyError, AttributeError):
        return False
    now = ports.clock.now()
    if not targets.perhaps_sent(target, now):
        return False

    def step(current: Target) -> Target | None:
        known = targets.perhaps_sent(current, now)
        return targets.restored(current, failures.brought_back(), now) if known else None

    return records.change(ports, target, step) is not None
