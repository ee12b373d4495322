"""What was answered from here is filed, too, so that threads are whole where no network tells of it.

The network's own echo of it has the same id, whichever comes first: it is one item. Nothing of it counts as incoming.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.inbox import MAX_TEXT, Attachment, Person
from shared.domain.posts import Deed, Live, Target, target_path
from shared.operations import lookup
from shared.operations.inbox import filing, reports, shelf, stored
from shared.operations.inbox.reports import Report
from shared.platforms import registry
from shared.ports.world import Ports

DONE = "action.done"
_PERSON = ("recipient", "person", "to")  # what adapters keep of a message: whom it went to


def observe(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> bool:
    """The bus's message: an action was done. True when that changed the inbox. Safe to repeat. Raises store.Unavailable."""
    space, action_id = attributes.get("space", ""), str(data.get("action_id") or "")
    if attributes.get("type") != DONE or data.get("verb") not in _MAKERS:
        return False
    if not lookup.plain(action_id) or not lookup.plain(space.replace(".", "")):
        return False
    doc = ports.store.get(target_path(space, action_id))
    target = codec.decode(Target, doc.data) if doc else None
    found = ports.store.get(account_path(space, target.account_id)) if target else None
    if target is None or found is None or target.piece.deed is None or target.first is None:
        return False
    account = codec.decode(Account, found.data)
    report = _MAKERS[target.piece.deed.verb](ports, account, target, target.piece.deed, target.first)
    return report is not None and account.status != "disconnected" and filing.file(ports, account, report)


def _message(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    person = next((str(live.state[name]) for name in _PERSON if live.state.get(name)), "")
    thread = _thread(ports, account, deed.on, person)
    if not thread or not live.id:
        return None
    files = tuple(Attachment(str(one.facts.type)) for one in target.piece.media)
    fields = {"conversation_id": thread, "recipient": Person(person), "media": files}
    return _said("message", account, target, live, fields)


def _thread(ports: Ports, account: Account, on: str, person: str) -> str:
    """Under which of its ids the conversation is kept; none where the network's pushes would call it otherwise."""
    for name in dict.fromkeys(one for one in (on, person) if one):
        if note := shelf.named(ports, account.space, account.id, name):
            return note.platform_id
    return person if registry.manifest(account.platform).hooks.by_person else on


def _comment(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    return _said("comment", account, target, live, {"post_id": deed.on}) if live.id else None


def _reply(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    """Below the comment that it answers, where that was filed: only then is the post known."""
    (above,) = stored.many(ports, account, "comment", [deed.on])
    if above is None or not above.post_id or not live.id:
        return None
    return _said("comment", account, target, live, {"post_id": above.post_id, "parent_id": deed.on})


def _said(kind: Any, account: Account, target: Target, live: Live, more: Mapping[str, Any]) -> Report:
    text = reports.words(target.piece.text, MAX_TEXT)
    author = Person(account.platform_account_id, account.name, account.username, account.picture_url)
    fields = {"author": author, "text": text, "own": True, "permalink": live.permalink or "", **more}
    said = "dm.sent" if kind == "message" else ""
    return Report(kind, live.id, "new", f"own.{target.id}", live.at, fields, said)


def _deleted(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    (known,) = stored.many(ports, account, "comment", [deed.on])
    return Report("comment", deed.on, "delete", f"own.{target.id}", live.at) if known else None


def _hidden(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    (known,) = stored.many(ports, account, "comment", [deed.on])
    fields = {"hidden": deed.verb == "comment.hide"}
    return Report("comment", deed.on, "update", f"own.{target.id}", live.at, fields) if known else None


def _answered(ports: Ports, account: Account, target: Target, deed: Deed, live: Live) -> Report | None:
    """A review's answer, which is part of the review."""
    (known,) = stored.many(ports, account, "review", [deed.on])
    reply = target.piece.text if deed.verb == "review.reply" else None
    fields = {"reply": reply, "reply_at": live.at if reply else None}
    return Report("review", deed.on, "update", f"own.{target.id}", live.at, fields) if known else None


_MAKERS: Mapping[str, Callable[[Ports, Account, Target, Deed, Live], Report | None]] = {
    "message.send": _message,
    "comment.create": _comment,
    "comment.reply": _reply,
    "comment.delete": _deleted,
    "comment.hide": _hidden,
    "comment.unhide": _hidden,
    "review.reply": _answered,
    "review.unreply": _answered,
}
