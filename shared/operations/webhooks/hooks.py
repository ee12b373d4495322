"""REST hooks: endpoints that programs such as Zapier and Make subscribe for each automation, and remove again.

A hook is an endpoint (one collection, one way of sending). It differs in what its program expects: no ping, which would
start the automation (Zapier answers no confirmation of an address: https://docs.zapier.com/platform/build/hook-trigger,
2026-11-22); the same subscription sent twice is one hook; a 410 of the address ends it; payloads are flat.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.domain import codec, event_types
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.domain.events import Entry
from shared.domain.webhooks import HINT, SECRETS, Endpoint, Event, endpoint_path, secret_of, shard_of
from shared.operations import accounts, auditing, brands, events, lookup, permissions, telling
from shared.operations.webhooks import endpoints, payloads, sending, standing
from shared.operations.webhooks.endpoints import SCOPE, Change, Registered
from shared.ports.http import Blocked
from shared.ports.store import Op, Query, Transaction, Write
from shared.ports.world import Ports

SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Subscribe:
    """What a program wants to hear of, and where. ``brand_id``, ``account_id``: only what is of them."""

    url: str
    events: tuple[str, ...]
    flat: bool = True
    brand_id: str = ""
    account_id: str = ""


def subscribe(ports: Ports, caller: Caller, wanted: Subscribe) -> Registered:
    """Make the hook; the one that there is already, switched on, without its secret, where the same was subscribed before.
    The secret is told again to the same request that is done again (``repeating``).

    Raises Forbidden, Invalid, Missing (the brand, the account), Clash (there are too many), Broken, store.Unavailable.
    """
    permissions.scope(caller, SCOPE)
    url, names = _public(ports, endpoints.address(wanted.url)), endpoints.known_events(wanted.events)
    _seen(ports, caller, wanted)
    hook_id = _identity(caller.space, url, names, wanted)
    secret, now = secret_of(ports.ids.below(SECRETS)), ports.clock.now()
    known = _hook(ports, caller.space, hook_id)
    if known is not None:
        return _again(ports, caller, known, secret)
    made = Endpoint(
        hook_id,
        caller.space,
        url,
        names,
        endpoints.sealed_secret(ports, caller.space, hook_id, secret),
        secret[-HINT:],
        now,
        now,
        created_by=caller.actor,
        is_hook=True,
        flat=wanted.flat,
        brand_id=wanted.brand_id,
        account_id=wanted.account_id,
        shard=shard_of(hook_id),
    )
    endpoints.keep(ports, made, [_noted(ports, caller, hook_id, "webhook.created", "A hook was subscribed.")])
    telling.forget(ports, caller.space)
    kept = _hook(ports, caller.space, hook_id) or made
    if kept.sealed == made.sealed:
        return Registered(kept, secret)
    endpoints.forget_secret(ports, made)  # somebody subscribed the same at this moment
    return _again(ports, caller, kept, secret)


def _again(ports: Ports, caller: Caller, known: Endpoint, secret: str) -> Registered:
    """What was subscribed before. One that was switched off is wanted again."""
    if not known.is_active:
        known = endpoints.update(ports, caller, known.id, Change(is_active=True))
    return Registered(known, secret if sending.signs_with(ports, known, secret) else "")


def list_(ports: Ports, caller: Caller) -> list[Endpoint]:
    """All hooks, oldest first. Raises Forbidden."""
    permissions.scope(caller, SCOPE)
    return [one for one in endpoints.registered(ports, caller.space) if one.is_hook]


def unsubscribe(ports: Ports, caller: Caller, hook_id: str) -> None:
    """Remove it. Repeatable: what is not there is removed already. Raises Forbidden, store.Unavailable."""
    permissions.scope(caller, SCOPE)
    known = _hook(ports, caller.space, hook_id)
    if known is not None:
        said = _noted(ports, caller, hook_id, "webhook.deleted", "A hook was removed by its program.")
        _removed(ports, known, said, caller.actor)


def gone(ports: Ports, hook: Endpoint) -> None:
    """Its address answered 410: the automation is off, and its program will not unsubscribe. Raises store.Unavailable."""
    said = events.written(
        ports,
        hook.space,
        "webhook",
        "webhook.deleted",
        resource_id=hook.id,
        summary="A hook's address answered 410 (gone).",
    )
    _removed(ports, hook, said)


def samples(ports: Ports, caller: Caller, event_type: str, *, flat: bool = True) -> list[dict[str, Any]]:
    """What a delivery of this event looks like: the workspace's own latest ones, else the catalogue's example.

    Raises Forbidden, Missing (no such event), store.Unavailable.
    """
    permissions.scope(caller, SCOPE)
    name = event_types.every_name().get(event_type)
    if name is None:
        raise endpoints.missing("event type", event_type)
    found = [_told(ports, entry) for entry in _latest(ports, caller.space, name)]
    shown = [one for one in found if one is not None] or [_example(ports, name)]
    return [json.loads(payloads.fitted(replace(one, type=event_type), flat=flat)) for one in shown]


def _latest(ports: Ports, space: str, action: str) -> list[Entry]:
    where: tuple[tuple[str, Op, Any], ...] = (("action", "==", action),)
    query = Query(f"workspaces/{space}/events", None, where, endpoints.LATEST_FIRST, SAMPLES)
    return [codec.decode(Entry, doc.data) for doc in ports.store.query(query)]


def _told(ports: Ports, entry: Entry) -> Event | None:
    """The log's entry as endpoints hear of it; None where the thing is gone."""
    built = payloads.build(ports, entry.space, entry.action, telling.message(entry))
    return Event(entry.id, entry.action, entry.created_at, built.data, built.raw) if built else None


def _example(ports: Ports, name: str) -> Event:
    event_id = f"evt_{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    at = ports.clock.now().replace(minute=0, second=0, microsecond=0)
    return Event(event_id, name, at, event_types.by_name()[name].example)


def _public(ports: Ports, url: str) -> str:
    """No ping tells whether it may be asked: what the address itself says of that is said now. Raises Invalid."""
    try:
        ports.http.check(url)
    except Blocked as blocked:
        text = f"url: it may not be asked ({blocked}). Whoever runs this installation may allow a host: ALLOW_PRIVATE_HOSTS."
        raise Invalid("validation.field_invalid", text, field="url") from blocked
    return url


def _seen(ports: Ports, caller: Caller, wanted: Subscribe) -> None:
    if wanted.brand_id:
        brands.get(ports, caller, wanted.brand_id)
    if wanted.account_id:
        accounts.get(ports, caller, wanted.account_id)


def _identity(space: str, url: str, names: Sequence[str], wanted: Subscribe) -> str:
    """The same subscription has the same id: programs send it again when an answer was lost."""
    said = json.dumps([space, url, sorted(names), wanted.flat, wanted.brand_id, wanted.account_id])
    return f"hook_{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _hook(ports: Ports, space: str, hook_id: str) -> Endpoint | None:
    doc = ports.store.get(endpoint_path(space, hook_id)) if lookup.plain(hook_id) else None
    found = codec.decode(Endpoint, doc.data) if doc else None
    return found if found is not None and found.is_hook else None


def _noted(ports: Ports, caller: Caller, hook_id: str, action: str, summary: str) -> Write:
    return events.noted(ports, caller, "webhook", action, hook_id, summary)


def _removed(ports: Ports, known: Endpoint, said: Write, actor: str = "") -> None:
    """Nothing where somebody else removed it meanwhile, or subscribed it anew. ``actor`` empty: nobody asked."""

    def body(txn: Transaction) -> bool:
        audit, path = auditing.opened(ports, txn, known.space), endpoint_path(known.space, known.id)
        doc = txn.get(path)
        if doc is None or doc.data["created_at"] != known.created_at:
            return False
        txn.write(Write("delete", path))
        txn.write(said)
        audit.add(txn, actor, "hook.removed", known.id)
        return True

    if ports.store.transact(body):
        telling.forget(ports, known.space)
        endpoints.forget_secret(ports, known)
        standing.enqueue(ports, known, ports.clock.now())
