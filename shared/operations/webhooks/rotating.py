"""Another secret for an endpoint: both sign for a day, so that no receiver misses an event while it learns the new one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.webhooks import HINT, OVERLAP, SECRETS, Endpoint, endpoint_path, secret_of
from shared.operations import auditing, events
from shared.operations.webhooks import endpoints, sending, standing
from shared.operations.webhooks.endpoints import Registered
from shared.ports.store import Transaction, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports


def rotate(ports: Ports, caller: Caller, endpoint_id: str) -> Registered:
    """The endpoint with a new secret, which is shown this once. The one before signs, too, for ``OVERLAP``; the one before
    that, if its time was not over, no more. Done again with the same request (``repeating``), it is the same secret.

    Raises Forbidden, Missing, Broken, store.Unavailable.
    """
    known = endpoints.get(ports, caller, endpoint_id)
    secret, now = secret_of(ports.ids.below(SECRETS)), ports.clock.now()
    if sending.signs_with(ports, known, secret):
        return Registered(known, secret)
    sealed = endpoints.sealed_secret(ports, known.space, known.id, secret)
    said = events.noted(
        ports, caller, "webhook", "webhook.secret_rotated", known.id, "A webhook endpoint got another secret."
    )

    def body(txn: Transaction) -> tuple[Endpoint, str]:
        doc, audit = txn.get(endpoint_path(known.space, known.id)), auditing.opened(ports, txn, known.space)
        if doc is None:
            raise endpoints.missing("webhook", endpoint_id)
        current = codec.decode(Endpoint, doc.data)
        changes = _changes(current, sealed, secret, now)
        txn.write(Write("update", doc.path, changes))
        txn.write(said)
        audit.add(txn, caller.actor, "webhook.rotated", known.id)
        return replace(current, **changes), current.previous

    after, gone = ports.store.transact(body)
    if gone:
        with suppress(VaultError):
            ports.vault.destroy(sending.place(known.space, known.id), gone)
    return Registered(after, secret)


def _changes(current: Endpoint, sealed: str, secret: str, now: datetime) -> dict[str, Any]:
    until = now + OVERLAP
    changes: dict[str, Any] = {"sealed": sealed, "secret_hint": secret[-HINT:], "updated_at": now}
    changes |= {"previous": current.sealed, "previous_until": until}
    return changes if current.wake_at else changes | standing.waking(current, until)
