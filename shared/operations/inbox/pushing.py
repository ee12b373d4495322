"""What a network pushes about an account, filed: what the push leaves out is read first, and some of it is about what was filed before.

Apart from :mod:`filing`, because it asks networks: who only files what is known needs nothing of that.
"""

from __future__ import annotations

from dataclasses import replace

from shared.domain.accounts import Account
from shared.operations.inbox import completing, filing, reports, shelf, stored
from shared.operations.inbox.reports import Report
from shared.platforms.contract_webhooks import Event
from shared.ports.world import Ports


def pushed(ports: Ports, account: Account, event: Event) -> bool:
    """File one event of a webhook about this account: True when it said something new about the inbox.

    False for what is known already, and for what is none of the inbox's (posts, the account itself, reactions). Safe to
    repeat after any failure. Raises store.Unavailable, and as :func:`completing.completed`.
    """
    report = reports.of(event) or _of_the_last(ports, account, event)
    if report is None:
        _reacted(ports, account, event)
        return _post_gone(ports, account, event)
    return filing.file(ports, account, completing.completed(ports, account, report))


def _of_the_last(ports: Ports, account: Account, event: Event) -> Report | None:
    """A receipt that names no message is about the last one that was said to the person before."""
    person = str(event.data.get("person_id") or "")
    if event.kind != "message.read" or event.data.get("own") or not person:
        return None
    last = stored.last(ports, account, person, own=True)
    return None if last is None else reports.of(replace(event, data={**event.data, "message_id": last.network_id}))


def _reacted(ports: Ports, account: Account, event: Event) -> None:
    """A person's reaction to a message opens the window of the conversation again, where the network has one:
    https://developers.facebook.com/docs/messenger-platform/policy/policy-overview (2026-11)."""
    person = str(event.data.get("person_id") or "")
    if event.kind == "reaction.created" and person and not event.data.get("own"):
        shelf.reacted(ports, shelf.path(account.space, account.id, person), event.at)


def _post_gone(ports: Ports, account: Account, event: Event) -> bool:
    """On some networks a comment is a post, and is deleted as one; posts as such are none of the inbox's."""
    post = str(event.data.get("post_id") or "")
    if event.kind != "post.deleted" or not post:
        return False
    found = stored.many(ports, account, "comment", [post])
    return found[0] is not None and filing.file(ports, account, Report("comment", post, "delete", event.id, event.at))
