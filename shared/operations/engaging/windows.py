"""Messaging windows: where a network takes messages for a time after the person's last one, that is judged before sending.

By the last message that was filed; where the network can be asked, it has the last word before anything is refused. Where
nothing is known of a conversation the network decides.
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
    if judged.due_at < closed or judged.due_at < _answered(ports, caller, account, note, window, hours):
        return
    raise _refusal(account, window, closed)


def _answered(ports: Ports, caller: Caller, account: Account, note: shelf.Note, window: Window, hours: int) -> datetime:
    """When the network says that it closes; long ago where it says nothing."""
    never = note.incoming_at or note.updated_at
    if registry.manifest(account.platform).feature("messages.list") != "offered":
        return never
    ids = {note.platform_id, note.talk_id} - {""}
    try:
        page = reading.conversations(ports, caller, account.id)
    except RostrumError:
        return never
    found = (one for one in page.items if {one.id, *(person.id for person in one.people[:1])} & ids)
    ends = [one.reply_until for one in found if one.reply_until]
    return max(ends) + timedelta(hours=hours - window.hours) if ends else never


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
