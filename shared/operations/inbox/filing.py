"""The stored inbox: what networks push, what is polled, and what was answered from here, each filed once.

A thing is one document, by account, kind and the network's id; its entry in the log has an id of the same making. Both
are written in one transaction that has looked for them before: told twice, pushed and polled, or told in another order
than it happened, it is one item and one event. What is not yet there when its change arrives is made by the change,
``complete`` False, and its creation fills it in; what was taken back stays taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.inbox import (
    KEPT,
    Commented,
    Delivery,
    Item,
    Kind,
    commented_path,
    event_id,
    item_id,
    item_path,
)
from shared.operations import events, telling
from shared.operations.engaging import origins
from shared.operations.inbox import reports, shelf
from shared.operations.inbox.reports import Report
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


def polled(ports: Ports, account: Account, kind: Kind, thing: reports.Thing, *, silently: bool = False) -> bool:
    """File what was read of a network, by the same id as a push of it would have. True when it was news.

    ``silently``: as for :func:`file`. Raises store.Unavailable.
    """
    return file(ports, account, reports.read(kind, thing), silently=silently)


def file(ports: Ports, account: Account, report: Report, *, silently: bool = False) -> bool:
    """File one report: item and log entry in one commit, then telling. True when it was news. Raises store.Unavailable.

    ``silently``: it is filed as read and nobody is told, as for what was there before the account was connected.
    """
    listening = not silently and telling.wanted(ports, account.space)
    blank = _blank(ports, account, report)

    def body(txn: Transaction) -> list[Write] | None:
        return _written(ports, txn, account, report, blank, listening=listening, silently=silently)

    said = ports.store.transact(body)
    telling.publish(ports, said or ())
    return said is not None


def _written(
    ports: Ports, txn: Transaction, account: Account, report: Report, blank: Item, *, listening: bool, silently: bool
) -> list[Write] | None:
    """The log's entries that were written; None when all of it was known."""
    path = item_path(account.space, blank.id)
    doc = txn.get(path)
    known = codec.decode(Item, doc.data) if doc else None
    outcome = _outcome(known, blank, report)
    if outcome is None:
        return None
    entry = events_of(ports, account, outcome) if outcome.action and not silently else None
    told_before = entry is not None and txn.get(entry.path) is not None
    if told_before and known is not None:
        return None  # the same news has changed it before
    # What was told before and then forgotten, with its account or with time, is filed again and not told again.
    item = replace(outcome.item, status="read") if silently or told_before else outcome.item
    around = _around(txn, known, item, blank.updated_at)
    txn.write(Write("set", path, codec.encode(item)))
    for write in around:
        txn.write(write)
    if entry is None or told_before:
        return []
    said = telling.told(ports, entry) if listening else entry
    txn.write(said)
    return [said]


def _around(txn: Transaction, known: Item | None, item: Item, now: datetime) -> list[Write]:
    """What else it changes: the thread of a message, and that a post of the network's has comments."""
    was, there = known is not None and known.shown, item.shown
    if item.kind == "comment" and there and not was and item.post_id and not item.our_post_id:
        return _commented(txn, item, now)
    if item.kind != "message" or not item.conversation_id or was == there:
        return []
    path = shelf.path(item.space, item.account_id, item.conversation_id)
    doc = txn.get(path)
    held = codec.decode(shelf.Note, doc.data) if doc else None
    if there:
        return [Write("set", path, codec.encode(shelf.said(held, item, now)))]
    return [Write("set", path, codec.encode(shelf.taken_back(held, known)))] if held and known else []


def _commented(txn: Transaction, item: Item, now: datetime) -> list[Write]:
    """That a post of the network's has comments; a post that many comment on is not written for each of them."""
    path = commented_path(item.space, item.account_id, item.post_id)
    known = txn.get(path)
    if known is None:
        made = Commented(item.space, item.account_id, item.platform, item.post_id, item.at, now + KEPT)
        return [Write("create", path, codec.encode(made))]
    late = known.data["expire_at"] < now + KEPT / 2
    return [Write("update", path, {"expire_at": now + KEPT})] if late else []


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
    """The item before anything was told of it; whether its post is one of ours is looked up here. One query."""
    now, post = ports.clock.now(), str(report.fields.get("post_id") or "")
    made = origins.target_in(ports, account.space, account.platform, post) if report.change == "new" else None
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
        our_post_id=made.post_id if made and made.account_id == account.id else "",
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
    base = replace(known, our_post_id=blank.our_post_id) if known else blank
    told = {**report.fields, "at": report.at, "complete": True, "updated_at": blank.updated_at}
    if known is not None and known.text:  # an edit came first: its words are the later ones
        told = {name: value for name, value in told.items() if name not in ("text", "hidden", "raw")}
    item = replace(base, **told)
    return _Outcome(replace(item, status="read") if item.own else item, report.said, "new")


def _updated(known: Item | None, blank: Item, report: Report) -> _Outcome | None:
    base = known or blank
    words = "text" in report.fields
    if base.deleted or (words and base.edited_at is not None and report.at < base.edited_at):
        return None
    told = {**report.fields, "own": base.own or bool(report.fields.get("own"))}
    item = replace(base, **told, edited_at=report.at if words else base.edited_at)
    changed = known is None or item != known
    if report.said:
        return _Outcome(replace(item, updated_at=blank.updated_at), report.said, report.key)
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
    if base.complete and not base.own:
        return None  # that the account has read what somebody else said is no news of a message of its own
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
