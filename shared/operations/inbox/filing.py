"""The stored inbox: what networks push, what is polled, and what was answered from here, each filed once.

A thing is one document, by account, kind and the network's id; its entry in the log has an id of the same making. Both
are written in one transaction that has looked for them before: told twice, pushed and polled, or told in another order
than it happened, it is one item and one event. What is not yet there when its change arrives is made by the change,
``complete`` False, and its creation fills it in; what was taken back stays taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.events import Entry, entry_path
from shared.domain.inbox import KEPT, Delivery, Item, event_id, item_id, item_path
from shared.operations import events, telling
from shared.operations.inbox import reports
from shared.operations.inbox.reports import Report
from shared.platforms.contract_webhooks import Event
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

_ORDER: tuple[Delivery, ...] = ("", "sent", "delivered", "read", "failed")
_CONTENT: Mapping[str, Any] = {"text": "", "media": (), "raw": "", "metadata": {}}


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a report makes of an item: the item as it is afterwards, and what the log calls that, if anything."""

    item: Item
    action: str = ""
    key: str = ""


def pushed(ports: Ports, account: Account, event: Event) -> bool:
    """File one event of a webhook about this account: True when it said something new about the inbox.

    False for what is known already, and for what is none of the inbox's (posts, the account itself, reactions). Safe to
    repeat after any failure. Raises store.Unavailable.
    """
    report = reports.of(event)
    return report is not None and file(ports, account, report)


def file(ports: Ports, account: Account, report: Report, *, silently: bool = False) -> bool:
    """File one report: item and log entry in one commit, then telling. True when it was news. Raises store.Unavailable.

    ``silently``: it is filed as read and nobody is told, as for what was there before the account was connected.
    """
    listening = not silently and telling.wanted(ports, account.space)

    def body(txn: Transaction) -> list[Write] | None:
        return _written(ports, txn, account, report, listening=listening, silently=silently)

    said = ports.store.transact(body)
    telling.publish(ports, said or ())
    return said is not None


def _written(
    ports: Ports, txn: Transaction, account: Account, report: Report, *, listening: bool, silently: bool
) -> list[Write] | None:
    """The log's entries that were written; None when all of it was known."""
    path = item_path(account.space, item_id(account.id, report.kind, report.network_id))
    doc = txn.get(path)
    known = codec.decode(Item, doc.data) if doc else None
    outcome = _outcome(known, _blank(ports, account, report), report)
    if outcome is None:
        return None
    entry = events_of(ports, account, outcome) if outcome.action and not silently else None
    if entry is not None and txn.get(entry.path) is not None:
        return None  # the same news has changed it before
    item = replace(outcome.item, status="read") if silently else outcome.item
    txn.write(Write("set", path, codec.encode(item)))
    if entry is None:
        return []
    said = telling.told(ports, entry) if listening else entry
    txn.write(said)
    return [said]


def events_of(ports: Ports, account: Account, outcome: _Outcome) -> Write:
    """The log's entry about it: which item, never what it says."""
    item = outcome.item
    return events.written(
        ports,
        account.space,
        "inbox",
        outcome.action,
        "failed" if outcome.action.endswith(".failed") else "ok",
        id=event_id(account.id, item.kind, item.network_id, outcome.key),
        resource_id=item.id,
        account_id=account.id,
        platform=account.platform,
    )


def _blank(ports: Ports, account: Account, report: Report) -> Item:
    now = ports.clock.now()
    return Item(
        id=item_id(account.id, report.kind, report.network_id),
        space=account.space,
        account_id=account.id,
        platform=account.platform,
        kind=report.kind,
        network_id=report.network_id,
        at=report.at,
        received_at=now,
        updated_at=now,
        expire_at=now + KEPT,
        complete=False,
    )


# ------------------------------------------------------------------------------------- what becomes of an item


def _outcome(known: Item | None, blank: Item, report: Report) -> _Outcome | None:
    """What the report makes of the item, None when it says nothing new."""
    now = blank.updated_at
    if report.change == "new":
        return _created(known, blank, report)
    if report.change == "delete":
        return _deleted(known, blank, report)
    if report.change == "receipt":
        return _receipt(known or blank, replace(blank, updated_at=now), report)
    return _updated(known, blank, report)


def _created(known: Item | None, blank: Item, report: Report) -> _Outcome | None:
    if known is not None and known.complete:
        return None
    if known is not None and known.deleted:
        return None
    base = known or blank
    told = {**report.fields, "at": report.at, "complete": True, "updated_at": blank.updated_at}
    if known is not None and known.text:  # an edit came first: its words are the later ones
        told = {name: value for name, value in told.items() if name not in ("text", "hidden", "raw")}
    if base.delivery:
        told.pop("delivery", None)
    item = replace(base, **told)
    return _Outcome(replace(item, status="read") if item.own else item, report.said, "new")


def _updated(known: Item | None, blank: Item, report: Report) -> _Outcome | None:
    base = known or blank
    if base.deleted:
        return None
    item = replace(base, **{**dict(report.fields), "own": base.own or bool(report.fields.get("own"))})
    changed = known is None or item != known
    if report.kind == "review":
        return _Outcome(replace(item, updated_at=blank.updated_at), "review.updated", report.key)
    return _Outcome(replace(item, updated_at=blank.updated_at)) if changed else None


def _deleted(known: Item | None, blank: Item, report: Report) -> _Outcome | None:
    if known is not None and known.deleted:
        return None
    gone = {**_CONTENT, "deleted": True, "updated_at": blank.updated_at}
    about = {name: value for name, value in report.fields.items() if name not in _CONTENT}
    item = replace(known or replace(blank, **about), **gone)
    heard = item.kind == "message" and not item.own
    return _Outcome(item, "dm.deleted" if heard else "", "deleted")


def _receipt(base: Item, blank: Item, report: Report) -> _Outcome | None:
    delivery: Delivery = report.fields["delivery"]
    about = {
        name: value
        for name, value in report.fields.items()
        if name in ("recipient", "conversation_id") and not getattr(base, name)
    }
    item = replace(base, own=True, status="read", updated_at=blank.updated_at, **about)
    if _ORDER.index(delivery) > _ORDER.index(item.delivery):
        item = replace(item, delivery=delivery, delivery_reason=report.fields.get("delivery_reason", ""))
    return _Outcome(item, f"dm.status.{delivery}", f"status.{delivery}")


def entry_of(ports: Ports, space: str, entry_id: str) -> Entry | None:
    """The log's entry. One read. Raises store.Unavailable."""
    doc = ports.store.get(entry_path(space, entry_id))
    return codec.decode(Entry, doc.data) if doc else None
