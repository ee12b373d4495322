"""What is made of a kept delivery: read by its network's folder, each of its events applied, then done with.

Our own infrastructure's failures are raised, so that the bus brings it again. Whatever else goes wrong is tried again ever
later, and at last the delivery is dead: kept with its reason for who repairs what was wrong (``sweeping.replay``).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from shared.domain import codec, raw_events
from shared.domain.raw_events import MAX_REASON, MAX_TRIES, RawEvent, raw_path
from shared.operations.ingesting import applying
from shared.operations.ingesting.applying import NOBODY, OURS, Concerning
from shared.platforms import registry
from shared.platforms.contract_webhooks import Callbacks, Event
from shared.ports.bus import BusError
from shared.ports.store import Conflict, Doc, NotFound, Write
from shared.ports.world import Ports

DEAD_TOPIC = "webhooks-dead"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Processed:
    """``did``: done, gone, known, again (it failed, and is tried later), dead. ``events``: how many ended how."""

    did: str
    events: Mapping[str, int]


def process(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> Processed:
    """Work off one kept delivery; ``data`` has its ``id``. Safe to be done twice, and twice at once.

    Raises what our own infrastructure raises: then it is to be brought again.
    """
    doc = ports.store.get(raw_path(str(data.get("id"))))
    if doc is None:
        return Processed("gone", {})
    raw = codec.decode(RawEvent, doc.data)
    if raw.state != "waiting":
        return Processed("known", {})
    try:
        events = _parsed(raw)
    except ValueError as error:
        return _dead(ports, doc, raw, f"unreadable: {error}")
    except Exception as error:  # a reader that broke: others of its kind may come, and a new version may read it
        log.exception("a delivery could not be read", extra=_named(raw))
        return _failed(ports, doc, raw, error)
    return _applied(ports, doc, raw, events)


def _parsed(raw: RawEvent) -> list[Event]:
    facet = registry.webhooks(raw.platform)
    if facet is None:
        raise ValueError(f"{raw.platform} pushes nothing any more")
    if raw.path:
        return cast(Callbacks, facet).parse_callback(raw.path, raw.body)
    return facet.parse(raw.headers, raw.body)


def _applied(ports: Ports, doc: Doc, raw: RawEvent, events: list[Event]) -> Processed:
    """Each event on its own: one that cannot be applied keeps none of the others waiting."""
    of = Concerning(raw.platform, raw.signed_by == "sandbox", raw.world)
    outcomes: Counter[str] = Counter()
    wrong: Exception | None = None
    for event in events:
        try:
            outcomes[applying.apply(ports, of, event)] += 1
        except OURS:
            raise
        except Exception as error:  # what is wrong with one event must not keep the others from being told
            log.warning("an event failed", extra={**_named(raw), "kind": event.kind}, exc_info=True)
            outcomes["failed"] += 1
            wrong = error
    if wrong is not None:
        return _failed(ports, doc, raw, wrong, outcomes)
    reason = NOBODY if set(outcomes) == {NOBODY} else ""
    _settle(ports, doc, {"state": "done", "wake_at": None, "body": b"", "headers": {}, "reason": reason})
    log.info("webhook processed", extra={**_named(raw), "outcomes": dict(outcomes)})
    return Processed("done", outcomes)


def _failed(
    ports: Ports, doc: Doc, raw: RawEvent, error: Exception, outcomes: Mapping[str, int] | None = None
) -> Processed:
    tries, reason = raw.tries + 1, f"{type(error).__name__}: {error}"
    if tries >= MAX_TRIES:
        return _dead(ports, doc, raw, reason, outcomes)
    again = ports.clock.now() + raw_events.pause(tries)
    _settle(ports, doc, {"tries": tries, "wake_at": again, "reason": reason[:MAX_REASON]})
    return Processed("again", outcomes or {})


def _dead(ports: Ports, doc: Doc, raw: RawEvent, reason: str, outcomes: Mapping[str, int] | None = None) -> Processed:
    bury(ports, doc, raw, reason)
    return Processed("dead", outcomes or {})


def bury(ports: Ports, doc: Doc, raw: RawEvent, reason: str) -> None:
    """It is given up: kept with the reason, and told to the topic of the dead. Raises store.Unavailable."""
    until = ports.clock.now() + raw_events.DEAD_KEPT
    gone = {"state": "dead", "wake_at": None, "reason": reason[:MAX_REASON], "expire_at": until}
    if not _settle(ports, doc, gone):
        return
    log.error("a webhook was given up", extra={**_named(raw), "reason": reason[:MAX_REASON]})
    with suppress(BusError):  # the state says it, too
        ports.bus.publish(DEAD_TOPIC, {"id": raw.id}, {"id": raw.id, "platform": raw.platform})


def _settle(ports: Ports, doc: Doc, fields: Mapping[str, Any]) -> bool:
    """Only of the delivery as it was read: who was faster is right."""
    try:
        ports.store.commit([Write("update", doc.path, fields, if_version=doc.version)])
    except (Conflict, NotFound):
        return False
    return True


def _named(raw: RawEvent) -> dict[str, Any]:
    return {"raw_event": raw.id, "platform": raw.platform, "path": raw.path, "signed_by": raw.signed_by}
