"""One target, one step: what a task of the publish queues asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.domain.posts import Target
from shared.domain.states import TERMINAL, State
from shared.operations.publishing import announcing, preparing, reconciling
from shared.operations.publishing.records import Loaded, load
from shared.ports import about
from shared.ports.world import Ports

EARLY = timedelta(seconds=1)  # a queue's clock and ours may differ by this much


@dataclass(frozen=True, slots=True)
class Step:
    """What a task did, for logs and tests: ``did`` in a word, the target's state afterwards (None: it is gone)."""

    did: str
    state: State | None


def advance(ports: Ports, body: Mapping[str, Any]) -> Step:
    """Advance one target one step. ``body``: space, target_id, generation.

    Safe to call at any time, any number of times, and twice at once. Raises only when our own infrastructure failed
    (store.Unavailable and the like): then the task is to be delivered again.
    """
    loaded = load(ports, str(body["space"]), str(body["target_id"]))
    if loaded is None:
        return Step("gone", None)
    target = loaded.target
    about.learnt(post_id=target.post_id, account_id=target.account_id, platform=target.platform)
    if target.state in TERMINAL:
        announcing.announce(ports, target)
        return Step("announced", target.state)
    if _not_for_now(ports, target, body):
        return Step("ignored", target.state)
    after = _step(ports, loaded)
    return Step("advanced", after.state if after else None)


def _not_for_now(ports: Ports, target: Target, body: Mapping[str, Any]) -> bool:
    """A draft, a task of an older plan, or one that comes too early: the right one comes by itself."""
    if target.state is State.DRAFT or body.get("generation") != target.generation:
        return True
    return target.next_at is not None and ports.clock.now() < target.next_at - EARLY


def _step(ports: Ports, loaded: Loaded) -> Target | None:
    state = loaded.target.state
    if state in (State.SCHEDULED, State.PREPARING):
        return preparing.proceed(ports, loaded)
    if state is State.CONFIRMING:
        return reconciling.confirm(ports, loaded.target)
    return reconciling.reconcile(ports, loaded.target)
