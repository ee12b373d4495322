"""Telling the world what became of a target: events go to the bus after the commit that made them true.

Nothing here can change a target's state. What fails is done again by the sweeper; the event's id stays the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from shared.domain import codec, targets
from shared.domain.errors import RostrumError
from shared.domain.posts import EventDoc, Live, Target
from shared.domain.states import TERMINAL, State
from shared.operations import sessions
from shared.operations.publishing import dispatch, records
from shared.platforms import registry
from shared.platforms.contract import Published, Refused
from shared.ports.bus import BusUnavailable, Message
from shared.ports.http import HttpFailure
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports

TOPIC = "events"
LOOKED_FOR = timedelta(seconds=30)  # so long after the end a permalink is asked for; then its events go out without
log = logging.getLogger(__name__)


def follow_up(ports: Ports, target: Target | None) -> Target | None:
    """After a commit: enqueue the next step, or announce the end."""
    if target is None:
        return None
    if target.state in TERMINAL:
        announce(ports, target)
    else:
        dispatch.enqueue(ports, target)
    return target


def announce(ports: Ports, target: Target) -> None:
    """Publish the target's waiting events, and strike them off. At least once each. Raises store.Unavailable."""
    if not target.events:
        return
    lives, told = _described(ports, target), frozenset(event.id for event in target.events)

    def struck() -> None:
        records.change(ports, target, lambda now: _with_lives(targets.announced(now, told), lives))

    if not _publish(ports, target, struck) and lives:  # else the network would be asked again each time
        records.change(ports, target, lambda now: _with_lives(now, lives))


def _publish(ports: Ports, target: Target, struck: Callable[[], None]) -> bool:
    try:
        ports.bus.publish_before([_message(target, event) for event in target.events], struck)
    except BusUnavailable:
        for event in target.events:
            log.warning("event not announced, left to the sweeper", extra={"event_id": event.id})
        return False
    return True


def _message(target: Target, event: EventDoc) -> Message:
    data = {**codec.encode(event.data), "id": event.id, "type": event.type, "at": event.at.isoformat()}
    return Message(TOPIC, data, {"id": event.id, "type": event.type, "space": target.space})


def _described(ports: Ports, target: Target) -> dict[int, Live]:
    """Pieces that are live without a permalink, with it: best effort, before the events go out.

    Not for longer than ``LOOKED_FOR``, and not after it: a network that hangs, or that we die of, must not keep them.
    """
    if target.state is not State.PUBLISHED or not target.post_id:
        return {}
    bare = {
        i: piece.live
        for i, piece in enumerate(target.pieces)
        if piece.live and piece.live.id and not piece.live.permalink
    }
    until = max(event.at for event in target.events) + LOOKED_FOR
    found = {i: _permalink(ports, target, live) for i, live in bare.items() if ports.clock.now() <= until}
    return {index: live for index, live in found.items() if live}


def _permalink(ports: Ports, target: Target, live: Live) -> Live | None:
    try:
        account = sessions.open_account(ports, target.space, target.account_id)
        published = Published(live.id, live.permalink, live.state, live.raw)
        publisher = registry.publisher(target.platform)
        described = sessions.insisted(ports, account, lambda call: publisher.describe(call, published))
    except (Refused, HttpFailure, RostrumError, VaultError):
        return None  # the post is live: a missing permalink is all that follows from this
    except StoreError:
        raise
    except Exception:  # an adapter's bug here would have the events announced again and again
        log.exception("adapter failed while describing", extra={"target_id": target.id})
        return None
    return replace(live, permalink=described.permalink) if described.permalink else None


def _with_lives(target: Target, lives: dict[int, Live]) -> Target:
    pieces = tuple(replace(p, live=lives[i]) if i in lives and p.live else p for i, p in enumerate(target.pieces))
    return replace(target, pieces=pieces)
