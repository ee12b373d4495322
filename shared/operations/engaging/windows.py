"""Messaging windows: where a network takes messages for a time after the person's last one, that is judged before sending.

By the last message that was filed; where the network can be asked, it has the last word before anything is refused. Where
nothing is known of a conversation, where the network does not answer now, or where it pushes no more, the network decides: it
refuses what comes too late, and a refusal of ours that is wrong would keep an answer from who waits for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, RostrumError
from shared.operations import networks
from shared.operations.engaging import reading
from shared.operations.engaging.judging import Judged
from shared.operations.inbox import shelf
from shared.platforms import registry
from shared.platforms.manifest import Window
from shared.ports.world import Ports

SEND = "message.send"


def check(ports: Ports, caller: Caller, judged: Judged) -> None:
    """Raise Invalid (``platform.….window_closed``, as the network's folder calls it) when the window is closed for sure.

    One read (two for another id of the conversation); the network is asked only where that says closed.
    """
    order, account, window = judged.order, judged.account, judged.action.window
    if order.verb != SEND or window is None or any(order.arguments.get(name) for name in window.always):
        return
    note = shelf.named(ports, account.space, account.id, order.on)
    if note is None or note.incoming_at is None:
        return
    hours = window.tag_hours if window.tag and order.arguments.get(window.tag) else window.hours
    closed = note.incoming_at + timedelta(hours=hours)
    if judged.due_at >= closed and _is_closed(ports, caller, judged, note, timedelta(hours=hours)):
        raise _refusal(account, window, closed)


def _is_closed(ports: Ports, caller: Caller, judged: Judged, note: shelf.Note, span: timedelta) -> bool:
    """Whether nothing may have been said since that is not filed."""
    account, window = judged.account, judged.action.window
    if registry.manifest(account.platform).feature("messages.list") != "offered":
        from shared.operations import subscribing  # most messages come in time

        return bool(subscribing.standing(ports, account).url)
    try:
        page = reading.conversations(ports, caller, account.id)
    except RostrumError:
        return False
    ids = {note.platform_id, note.talk_id} - {""}
    found = [one for one in page.items if {one.id, *(person.id for person in one.people[:1])} & ids]
    if not found:  # those are the newest: it is not among them, or further back than any that is still open
        return (
            not page.next or min((one.updated_at for one in page.items), default=judged.due_at) <= judged.due_at - span
        )
    longer = span - timedelta(hours=window.hours if window else 0)
    return all(judged.due_at >= one.reply_until + longer for one in found if one.reply_until)


def _refusal(account: Account, window: Window, closed: datetime) -> Invalid:
    title = networks.title(account.platform)
    ways = [f"arguments.{window.tag} extends it to {window.tag_hours} hours"] if window.tag else []
    ways += [f"arguments.{name} may be sent at any time" for name in window.always]
    more = f" {' and '.join(ways)}." if ways else ""
    text = f"on: {title} takes messages for {window.hours} hours after the person's last one; that ended at {closed:%Y-%m-%dT%H:%MZ}."
    return Invalid(
        f"platform.{account.platform}.{window.code}",
        f"{text}{more} Or wait until the person writes.",
        field="on",
        platform=account.platform,
        closed_at=closed.isoformat(),
    )
