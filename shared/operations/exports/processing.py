"""The task: one step of one export, then the next task. Any step may be killed and done again.

A step claims the export, looks at a few posts, and saves their rows together with how far it came, in one commit that
holds only while the claim is its own. So a row is written once, however often a step is begun.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.errors import Broken, Limited, RostrumError
from shared.domain.exports import CLAIMED, MAX_WAITS, OVERDUE, STEP, Export, Part, Row, export_path, part_path
from shared.domain.posts import Target
from shared.operations import events, sessions, telling
from shared.operations.exports import asking, files, rows
from shared.ports.blobs import BlobsError
from shared.ports.store import StoreError, Transaction, Write
from shared.ports.vault import VaultError
from shared.ports.world import Ports

SECONDS = 60.0  # a step begins no more network calls after that
PAUSE = timedelta(minutes=1)  # after a failure of ours
LONGEST = timedelta(hours=1)  # that is waited for a network in one go
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: the export afterwards, its new rows, and when the next step is due (None: at once)."""

    export: Export
    rows: tuple[Row, ...] = ()
    at: datetime | None = None


def advance(ports: Ports, body: Mapping[str, Any]) -> str:
    """One step. Answers what was done. Raises store.Unavailable: it is done again."""
    export = _claim(ports, str(body["space"]), str(body["export_id"]), body.get("tick"))
    if export is None:
        return "nothing to do"
    try:
        step = _written(ports, export) if export.collected else _collect(ports, export)
    except (Broken, VaultError, BlobsError):
        step = _later(ports, export, ports.clock.now() + PAUSE)
    except RostrumError as error:
        step = Step(_failed(ports, export, error.message))
    except StoreError:
        raise
    except Exception:  # whatever it is, an export has an end: after some pauses it is told as failed
        log.exception("an export's step failed", extra={"export_id": export.id})
        step = _later(ports, export, ports.clock.now() + PAUSE)
    saved = _save(ports, export, step)
    if saved is not None and saved.status == "processing":
        asking.enqueue(ports, saved, step.at)
    return saved.status if saved else "overtaken"


def _claim(ports: Ports, space: str, export_id: str, tick: object) -> Export | None:
    """The export, ours alone for a while; None when it is over, another's, or this task is an old one."""
    nonce = ports.ids.token(96)

    def body(txn: Transaction) -> Export | None:
        doc = txn.get(export_path(space, export_id))
        export = codec.decode(Export, doc.data) if doc else None
        now = ports.clock.now()
        if export is None or export.status not in ("pending", "processing") or export.tick != tick:
            return None
        if export.claim_until and export.claim_until > now:
            return None
        until = now + CLAIMED
        claimed = replace(export, status="processing", nonce=nonce, claim_until=until, wake_at=until, updated_at=now)
        txn.write(Write("set", export_path(space, export_id), codec.encode(claimed)))
        return claimed

    return ports.store.transact(body)


def _save(ports: Ports, claimed: Export, step: Step) -> Export | None:
    """What the step came to, if the claim is still ours: rows, progress, and the log's entry at the end."""
    over = step.export.status in ("completed", "failed")
    now = ports.clock.now()
    after = replace(step.export, tick=claimed.tick + 1, nonce="", claim_until=None, updated_at=now)
    after = after if over else replace(after, wake_at=(step.at or now) + OVERDUE)
    writes = [Write("set", export_path(after.space, after.id), codec.encode(after))]
    if step.rows:
        part = Part(claimed.parts, step.rows)
        writes.append(Write("set", part_path(claimed, claimed.parts), codec.encode(part)))
    said = [_said(ports, after)] if over else []
    if said and telling.wanted(ports, after.space):
        said = [telling.told(ports, one) for one in said]
    writes += said

    def body(txn: Transaction) -> Export | None:
        doc = txn.get(export_path(claimed.space, claimed.id))
        if doc is None or doc.data.get("nonce") != claimed.nonce:
            return None
        for write in writes:
            txn.write(write)
        return after

    saved = ports.store.transact(body)
    if saved is not None:
        with suppress(StoreError):  # it is saved: what was not sent now, the minute's sweep sends
            telling.publish(ports, said)
    return saved


def _collect(ports: Ports, export: Export) -> Step:
    """The next few posts."""
    account = sessions.open_account(ports, export.space, export.account_id)
    now = ports.clock.now()
    blocked = sessions.blocked_until(account)
    if blocked and blocked > now and export.waits < MAX_WAITS:
        return _later(ports, export, blocked)
    if not export.looked:
        total = min(ports.store.count(rows.published(export)), export.max_rows)
        export = replace(export, total=total)
    docs = ports.store.query(rows.published(export))[: export.max_rows - export.looked]
    full = len(docs) < STEP or export.looked + len(docs) >= export.max_rows
    return _measured(ports, account, replace(export, collected=full), rows.decoded(docs))


def _measured(ports: Ports, account: Account, export: Export, targets: list[Target]) -> Step:
    """Rows until the network wants a pause, or time is up; then the step ends before the post at hand."""
    deadline = ports.clock.monotonic() + SECONDS
    found: list[Row] = []
    try:
        for target, row in rows.known(ports, targets):
            if ports.clock.monotonic() > deadline:
                return _so_far(replace(export, collected=False), found)
            if row is not None:
                found.append(_figures(ports, account, export, target, row))
            export = replace(export, looked=export.looked + 1, last_id=target.id, last_at=target.published_at)
    except Limited as error:
        wait = timedelta(seconds=int(error.meta.get("retry_after_seconds") or 60))
        paused = _later(ports, replace(export, collected=False), ports.clock.now() + wait)
        return replace(_so_far(paused.export, found), at=paused.at)
    return _so_far(export, found)


def _figures(ports: Ports, account: Account, export: Export, target: Target, row: Row) -> Row:
    try:
        return rows.measured(ports, account, target, row)
    except Limited as error:
        if export.waits < MAX_WAITS:
            raise
        return replace(row, error=error.message[:500])


def _so_far(export: Export, found: list[Row]) -> Step:
    parts = export.parts + bool(found)
    return Step(replace(export, rows=export.rows + len(found), parts=parts), tuple(found))


def _later(ports: Ports, export: Export, at: datetime) -> Step:
    """Go on then; after too many pauses, give up."""
    now = ports.clock.now()
    waits = export.waits + 1
    if waits > 2 * MAX_WAITS:
        return Step(
            _failed(ports, export, "It could not be finished: the account or its network was not ready for it.")
        )
    return Step(replace(export, waits=waits), at=min(max(at, now), now + LONGEST))


def _written(ports: Ports, export: Export) -> Step:
    """All rows are there: write the files, twice the same if need be."""
    files.write(ports, export)
    now = ports.clock.now()
    expires = now + timedelta(seconds=export.kept_for)
    done = replace(
        export,
        status="completed",
        total=export.looked,
        completed_at=now,
        expires_at=expires,
        wake_at=expires,
        table=True,
    )
    return Step(done)


def _failed(ports: Ports, export: Export, why: str) -> Export:
    now = ports.clock.now()
    return replace(export, status="failed", error=why[:500], completed_at=now, expires_at=now, wake_at=now)


def _said(ports: Ports, export: Export) -> Write:
    fine = export.status == "completed"
    return events.written(
        ports,
        export.space,
        "export",
        f"export.{export.status}",
        "ok" if fine else "failed",
        resource_id=export.id,
        account_id=export.account_id,
        platform=export.platform,
        summary="An export is ready." if fine else "An export failed.",
        error_message=export.error,
        error_category="" if fine else "platform",
    )
