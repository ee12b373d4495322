"""An export is asked for: one transaction, and a task. Nothing is read from the network here."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Limited, Unsupported
from shared.domain.exports import (
    COOLDOWN,
    KEPT,
    KEPT_DEFAULT,
    MAX_ROWS,
    MAX_RUNNING,
    OVERDUE,
    Export,
    export_path,
    task_name,
)
from shared.domain.plans import UNLIMITED, Plan
from shared.operations import allowances, auditing, events, permissions, plans, sessions
from shared.ports.queue import QueueUnavailable, Task
from shared.ports.store import Direction, Query, Transaction, Write
from shared.ports.world import Ports

SCOPE = "analytics:read"
QUEUE = "exports"
_LOOKED = 20  # exports among which the last one that did not fail is looked for
LATEST_FIRST: tuple[tuple[str, Direction], ...] = (("created_at", "desc"),)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskExport:
    """What to export. Transcripts and descriptions of what is seen are not offered."""

    account_id: str
    include_transcript: bool = False
    include_vision: bool = False


def ask(ports: Ports, caller: Caller, command: AskExport) -> Export:
    """Begin an export of an account's published posts.

    Raises Forbidden, Missing, Unsupported (transcripts, vision), Limited (``billing.export_limit``, ``…_concurrent``,
    ``…_cooldown``), store.Unavailable.
    """
    permissions.scope(caller, SCOPE)
    account = sessions.callers_account(ports, caller, command.account_id)
    for name in ("include_transcript", "include_vision"):
        if getattr(command, name):
            text = f"{name}: Rostrum looks at figures, not into files. Leave it out."
            raise Unsupported("resource.not_supported", text, field=name)
    new_id = ports.ids.new("exp")
    if (
        ports.store.get(export_path(caller.space, new_id)) is None
    ):  # done again, a request finds its own (``repeating``)
        allowances.check_exports(ports, caller)
    plan, now = plans.of(ports, caller.workspace), ports.clock.now()
    kept = KEPT.get(plan.tier, KEPT_DEFAULT)
    made = Export(
        id=new_id,
        space=caller.space,
        account_id=account.id,
        platform=account.platform,
        status="pending",
        created_at=now,
        updated_at=now,
        max_rows=MAX_ROWS if plan.export_rows == UNLIMITED else min(plan.export_rows, MAX_ROWS),
        kept_for=int(kept.total_seconds()),
        wake_at=now + OVERDUE,
        created_by=caller.actor,
    )
    said = events.noted(
        ports,
        caller,
        "export",
        "export.created",
        made.id,
        "An export was asked for.",
        account_id=account.id,
        platform=account.platform,
    )
    _begun(ports, caller, made, plan, said)
    enqueue(ports, made)
    return made


def enqueue(ports: Ports, export: Export, at: datetime | None = None) -> None:
    """Ask for the next step. Never raises QueueUnavailable: the sweep makes up for it."""
    body = {"space": export.space, "export_id": export.id, "tick": export.tick}
    try:
        ports.queue.enqueue(Task(QUEUE, task_name(export), "export", body, at))
    except QueueUnavailable:
        log.warning("task not enqueued, left to the sweep", extra={"export_id": export.id})


def _begun(ports: Ports, caller: Caller, made: Export, plan: Plan, said: Write) -> None:
    """Kept, if there is room for one more and the last one that did not fail was long enough ago."""
    collection = f"workspaces/{caller.space}/exports"
    pause = timedelta() if caller.sandbox else COOLDOWN.get(plan.tier, timedelta())

    def body(txn: Transaction) -> None:
        if txn.get(export_path(made.space, made.id)) is not None:
            return
        running = txn.query(Query(collection, where=(("status", "in", ["pending", "processing"]),), limit=MAX_RUNNING))
        latest = txn.query(Query(collection, order_by=LATEST_FIRST, limit=_LOOKED)) if pause else []
        latest = [doc for doc in latest if doc.data["status"] != "failed"]
        if len(running) >= MAX_RUNNING:
            text = f"{MAX_RUNNING} exports are under way: wait for one of them."
            raise Limited("billing.export_concurrent", text, max=MAX_RUNNING, retry_after_seconds=60)
        left = latest[0].data["created_at"] + pause - made.created_at if latest else timedelta()
        if left > timedelta():
            text = f"The plan {plan.name} allows one export every {pause}: the last one was too short a time ago."
            seconds = int(left.total_seconds()) + 1
            raise Limited("billing.export_cooldown", text, plan=plan.tier, retry_after_seconds=seconds)
        audit = auditing.opened(ports, txn, made.space)
        txn.write(Write("create", export_path(made.space, made.id), codec.encode(made)))
        txn.write(said)
        audit.add(txn, caller.actor, "export.requested", made.id, account_id=made.account_id)

    ports.store.transact(body)
