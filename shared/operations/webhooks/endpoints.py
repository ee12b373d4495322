"""Webhook endpoints: registered and moved only after they have answered a signed ping."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from shared.domain import codec, event_types, webhook_health
from shared.domain.audit import Act
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Invalid, Missing
from shared.domain.webhooks import (
    HINT,
    PING,
    SECRETS,
    Attempt,
    Endpoint,
    Event,
    endpoint_path,
    payload,
    secret_of,
    shard_of,
)
from shared.operations import auditing, brands, events, lookup, permissions, telling
from shared.operations.webhooks import sending, standing
from shared.ports.store import Direction, Doc, NotFound, Op, Query, Transaction, Write
from shared.ports.vault import SecretForged, SecretGone, VaultError
from shared.ports.world import Ports

SCOPE = "webhooks:manage"
MAX_ENDPOINTS = 20  # of one workspace and mode: every event is looked up among them
MAX_HOOKS = 80  # likewise; a program that subscribes takes one for each automation
MAX_URL = 2048
LATEST_FIRST: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),)
SPANS = {"last_24h": timedelta(hours=24), "last_7d": timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class Registered:
    """A new endpoint and, this once, its secret."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What to change of an endpoint; None stays. ``is_active`` True also gives one that we switched off a clean slate."""

    url: str | None = None
    events: Sequence[str] | None = None
    is_active: bool | None = None
    brand_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Stats:
    """Deliveries that were made in a span, by how they ended."""

    delivered: int
    failed: int


def register(
    ports: Ports, caller: Caller, url: str, event_names: Sequence[str], brand_ids: Sequence[str] = ()
) -> Registered:
    """Ping the address, signed with the new secret; keep the endpoint if it answers 2xx. ``brand_ids``: of whose accounts
    it hears, none for all.

    Raises Forbidden, Invalid (``webhook_verification_failed`` with what was answered), Clash, Limited, Broken,
    store.Unavailable. Nothing is kept then.
    """
    permissions.scope(caller, SCOPE)
    where, wanted, of_brands = address(url), known_events(event_names), _brands(ports, caller, brand_ids)
    secret, new_id, now = secret_of(ports.ids.below(SECRETS)), ports.ids.new("wh"), ports.clock.now()
    if ports.store.get(endpoint_path(caller.space, new_id)) is None:
        check_room(ports.store.query(_everyone(caller.space)), is_hook=False)
    _ping(ports, where, secret)
    sealed = sealed_secret(ports, caller.space, new_id, secret)
    made = Endpoint(
        new_id,
        caller.space,
        where,
        wanted,
        sealed,
        secret[-HINT:],
        now,
        now,
        created_by=caller.actor,
        brand_ids=of_brands,
        shard=shard_of(new_id),
    )
    said = events.noted(ports, caller, "webhook", "webhook.created", new_id, "A webhook endpoint was registered.")
    keep(ports, made, [said])
    telling.forget(ports, caller.space)
    return Registered(made, secret)


def list_(ports: Ports, caller: Caller) -> list[Endpoint]:
    """All endpoints but hooks, oldest first. Raises Forbidden."""
    permissions.scope(caller, SCOPE)
    return [one for one in registered(ports, caller.space) if not one.is_hook]


def registered(ports: Ports, space: str) -> list[Endpoint]:
    """All that may listen in this space, hooks too, oldest first: one read of ``MAX_ENDPOINTS + MAX_HOOKS`` at most."""
    found = ports.store.query(_everyone(space))
    return sorted((codec.of(Endpoint, doc) for doc in found), key=lambda one: (one.created_at, one.id))


def get(ports: Ports, caller: Caller, endpoint_id: str) -> Endpoint:
    """One endpoint. Raises Forbidden, Missing."""
    permissions.scope(caller, SCOPE)
    doc = ports.store.get(endpoint_path(caller.space, endpoint_id)) if lookup.plain(endpoint_id) else None
    if doc is None:
        raise missing("webhook", endpoint_id)
    return codec.decode(Endpoint, doc.data)


def stats(ports: Ports, endpoint: Endpoint) -> dict[str, Stats]:
    """Deliveries of the last 24 hours and of the last 7 days, counted by the store."""
    return {
        name: Stats(*(_count(ports, endpoint, s, span) for s in ("success", "failed"))) for name, span in SPANS.items()
    }


def update(ports: Ports, caller: Caller, endpoint_id: str, change: Change) -> Endpoint:
    """Change it; another address has to answer a ping first. Raises what :func:`register` raises, Missing."""
    known = get(ports, caller, endpoint_id)
    _of_a_hook(known, change)
    changes = _changes(ports, caller, known, change)
    if not changes:
        text = "Send at least one of url, events, is_active and brand_ids."
        raise Invalid("validation.field_required", text, field="url")
    if changes.get("url", known.url) != known.url:
        _ping(ports, changes["url"], _secret(ports, known))
        if known.is_active and change.is_active is None:  # what the old address owed, the new one does not
            changes |= _health(webhook_health.enabled(known, ports.clock.now()))
    changes["updated_at"] = ports.clock.now()
    said = events.noted(ports, caller, "webhook", "webhook.updated", known.id, "A webhook endpoint was changed.")
    try:
        kept = [Write("update", endpoint_path(caller.space, known.id), codec.encode(changes)), said]
        auditing.commit(ports, caller, "webhook.updated", known.id, kept, changed=_asked(change))
    except NotFound:
        raise missing("webhook", endpoint_id) from None
    after = replace(known, **changes)
    if changes.get("wake_at"):
        standing.enqueue(ports, after, changes["wake_at"])
    return after


def _of_a_hook(known: Endpoint, change: Change) -> None:
    """A hook's id follows from what was subscribed. Raises Invalid."""
    wrong = [name for name in _asked(change).split(",") if name not in ("", "is_active")] if known.is_hook else []
    if wrong:
        text = f"{wrong[0]}: a hook is what its program subscribed: DELETE /v1/hooks/{{id}}, and subscribe anew."
        raise Invalid("validation.field_invalid", text, field=wrong[0])


def _asked(change: Change) -> str:
    """The names of what is to be changed."""
    return ",".join(one.name for one in fields(Change) if getattr(change, one.name) is not None)


def _changes(ports: Ports, caller: Caller, known: Endpoint, change: Change) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if change.events is not None:
        changes["events"] = known_events(change.events)
    if change.brand_ids is not None:
        changes["brand_ids"] = _brands(ports, caller, change.brand_ids)
    if change.url is not None:
        changes["url"] = address(change.url)
    if change.is_active is not None:
        now = ports.clock.now()
        off = replace(known, is_active=False, lane_at=None, wake_at=now)
        fresh = webhook_health.enabled(known, now) if change.is_active else off
        changes |= _health(fresh)
    return changes


def _health(fresh: Endpoint) -> dict[str, Any]:
    return {name: getattr(fresh, name) for name in standing.HEALTH} | {"shard": shard_of(fresh.id)}


def delete(ports: Ports, caller: Caller, endpoint_id: str) -> None:
    """Remove it at once, its secret too; an attempt under way may still arrive. Raises Forbidden, Missing."""
    known = get(ports, caller, endpoint_id)
    said = events.noted(ports, caller, "webhook", "webhook.deleted", known.id, "A webhook endpoint was removed.")
    gone = [Write("delete", endpoint_path(caller.space, known.id)), said]
    auditing.commit(ports, caller, "webhook.deleted", known.id, gone)
    telling.forget(ports, caller.space)
    forget_secret(ports, known)
    standing.enqueue(ports, known, ports.clock.now())


def missing(resource: str, id: str) -> Missing:
    """There is no such thing in the caller's workspace and mode."""
    shown = id[:128]
    return Missing("resource.not_found", f"No {resource} {shown!r} in this workspace.", resource=resource, id=shown)


def keep(ports: Ports, made: Endpoint, also: Sequence[Write]) -> None:
    """Store it, if there is room: those that were registered while this one was pinged count, too. Raises Clash.

    A request that is done again finds its own (``repeating``), which takes no second place.
    """
    try:
        ports.store.transact(lambda txn: _kept(txn, auditing.opened(ports, txn, made.space), made, also))
    except Clash:
        forget_secret(ports, made)
        raise


def _kept(txn: Transaction, audit: auditing.Chain, made: Endpoint, also: Sequence[Write]) -> None:
    if txn.get(endpoint_path(made.space, made.id)) is not None:
        return
    check_room(txn.query(_everyone(made.space)), is_hook=made.is_hook)
    for write in (Write("create", endpoint_path(made.space, made.id), codec.encode(made)), *also):
        txn.write(write)
    host, events_of = urlsplit(made.url).hostname or "", ",".join(made.events)
    act: Act = "hook.subscribed" if made.is_hook else "webhook.created"
    audit.add(txn, made.created_by, act, made.id, host=host, events=events_of)


def check_room(listening: Sequence[Doc], *, is_hook: bool) -> None:
    """Raises Clash where there are as many endpoints, or as many hooks, as may be."""
    limit, what = (MAX_HOOKS, "hooks") if is_hook else (MAX_ENDPOINTS, "endpoints")
    if sum(doc.data.get("is_hook", False) == is_hook for doc in listening) >= limit:
        raise Clash("webhook.limit_reached", f"There are {limit} {what} already: remove one first.")


def sealed_secret(ports: Ports, space: str, endpoint_id: str, secret: str) -> str:
    """The vault's reference to a new endpoint's secret. Raises Broken."""
    try:
        return ports.vault.seal(sending.place(space, endpoint_id), secret.encode())
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The secret could not be kept: try again.") from error


def forget_secret(ports: Ports, endpoint: Endpoint) -> None:
    """What it was signed with is gone; where the vault does not answer, nothing refers to it any more."""
    for sealed in filter(None, (endpoint.sealed, endpoint.previous)):
        with suppress(VaultError):
            ports.vault.destroy(sending.place(endpoint.space, endpoint.id), sealed)


def _ping(ports: Ports, url: str, secret: str) -> Attempt:
    """Raises Invalid unless the address answers 2xx, Limited."""
    event = Event(ports.ids.new("evt"), PING, ports.clock.now(), {"message": "Answer 2xx to receive events here."})
    with sending.turn():
        made = sending.attempt(ports, url, (secret,), event.id, payload(event))
    if made.succeeded:
        return made
    why = made.error_message or f"It answered {made.status_code}."
    meta = {"status_code": made.status_code, "response_body": made.response_body, "duration_ms": made.duration_ms}
    raise Invalid(
        "webhook_verification_failed",
        f"url: a signed {PING} event has to be answered 2xx there, and was not. {why} Nothing was changed.",
        field="url",
        **{name: value for name, value in meta.items() if value not in (None, "")},
    )


def _secret(ports: Ports, endpoint: Endpoint) -> str:
    try:
        return sending.opened(ports, endpoint)
    except (SecretGone, SecretForged) as error:
        text = "The endpoint's secret is gone: remove the endpoint and register it again."
        raise Clash("webhook.secret_gone", text) from error


def address(url: str) -> str:
    """Whether plain http will do is the http port's to say: it knows the operator's own hosts. Raises Invalid."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good, parts = False, urlsplit("")
    odd = any(mark <= " " or mark in "\\\x7f" for mark in text) or "@" in parts.netloc or parts.fragment
    if not good or odd or len(text) > MAX_URL or not text.isascii():
        said = f"url: a public https address without user name and fragment, at most {MAX_URL} ASCII characters."
        raise Invalid("validation.field_invalid", said, field="url")
    return text


def known_events(names: Sequence[str]) -> tuple[str, ...]:
    """The event types asked for, each once. Raises Invalid."""
    known = event_types.every_name()
    if not names:
        text = "events: name at least one event; GET /v1/webhooks/events lists them."
        raise Invalid("validation.field_required", text, field="events")
    for name in names:
        if name not in known:
            raise unknown_event("events", name)
    return tuple(dict.fromkeys(names))


def _brands(ports: Ports, caller: Caller, brand_ids: Sequence[str]) -> tuple[str, ...]:
    """Raises Missing (``brand.not_found``)."""
    return tuple(dict.fromkeys(brands.get(ports, caller, one).id for one in brand_ids))


def unknown_event(field: str, name: str) -> Invalid:
    """No such event type: the nearest one, or where they are listed."""
    near = difflib.get_close_matches(name, event_types.every_name(), 1)
    hint = f"did you mean {near[0]!r}?" if near else "GET /v1/webhooks/events lists them."
    return Invalid("validation.field_invalid", f"{field}: there is no event {name[:60]!r}: {hint}", field=field)


def deliveries(endpoint: Endpoint) -> str:
    """The collection that its deliveries are in."""
    return f"workspaces/{endpoint.space}/deliveries"


def _everyone(space: str) -> Query:
    return Query(f"workspaces/{space}/webhooks", limit=MAX_ENDPOINTS + MAX_HOOKS)


def _count(ports: Ports, endpoint: Endpoint, status: str, span: timedelta) -> int:
    since = ports.clock.now() - span
    where: tuple[tuple[str, Op, Any], ...] = (
        ("endpoint_id", "==", endpoint.id),
        ("status", "==", status),
        ("created_at", ">=", since),
    )
    return ports.store.count(Query(deliveries(endpoint), where=where, order_by=LATEST_FIRST))
