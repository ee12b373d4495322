"""The events log, written with what happened; :mod:`event_pages` reads it.

What callers change is logged in the commit that changes it (:func:`noted`); what becomes of posts and actions comes over
the bus (:func:`observe`), so that publishing pays nothing for it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.events import KEPT, MAX_MESSAGE, Entry, EventCategory, EventStatus, entry_path
from shared.operations import chores, lookup
from shared.ports.store import AlreadyExists, Write
from shared.ports.world import Ports

LIVE = "target.published"
LOGGED = "logged"  # the attribute of messages about what the log has already
log = logging.getLogger(__name__)
_WORDS = {
    "published": "It is live.",
    "done": "It is done.",
    "partial": "Only a part of it is live.",
    "failed": "It failed.",
    "missed": "Its time had passed too long ago.",
    "cancelled": "It was cancelled.",
    "needs_review": "A person has to look: nobody can know whether it is live.",
}
_SHOWN_ELSEWHERE = frozenset(
    {"id", "type", "at", "post_id", "action_id", "account_id", "platform", "error_message", "error_category"}
)
# On some networks a conversation's id is a telephone number, and a message's holds it: who may see it reads the action.
_OF_A_PERSON = frozenset({"on", "platform_id"})
_FINE = frozenset({"published", "done", "cancelled"})


def noted(
    ports: Ports, caller: Caller, category: EventCategory, action: str, resource_id: str, summary: str, **more: Any
) -> Write:
    """The write that logs what a caller did, for the commit that does it. ``more``: further fields of Entry."""
    return written(
        ports, caller.space, category, action, resource_id=resource_id, summary=summary, actor=caller.actor, **more
    )


def written(
    ports: Ports,
    space: str,
    category: EventCategory,
    action: str,
    status: EventStatus = "ok",
    id: str = "",
    **more: Any,
) -> Write:
    """The write that logs what happened by itself. ``more``: further fields of Entry. ``id``: the same for the same thing,
    where it may be seen twice (the commit then raises AlreadyExists). ``telling`` makes what is written go out as well."""
    now = ports.clock.now()
    entry = Entry(id or ports.ids.new("evt"), space, category, action, status, now, now + KEPT, **more)
    return Write("create", entry_path(space, entry.id), codec.encode(entry))


def observe(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
    """The bus's message: what became of a target, an action or a post. The event's id is the entry's: told twice, it is
    logged once. Answers what was done. Raises store.Unavailable."""
    if attributes.get(LOGGED) or attributes.get("type") in _TOLD_OF_THE_POST:
        return "known"
    entry = _observed(data, attributes)
    if entry is None:
        log.warning("an event that is none of ours", extra={"event_type": str(attributes.get("type"))})
        return "ignored"
    try:
        ports.store.commit([Write("create", entry_path(entry.space, entry.id), codec.encode(entry))])
    except AlreadyExists:
        return "known"
    if entry.action == LIVE and lookup.plain(entry.account_id):
        chores.hurry(ports, entry.space, entry.account_id, "sync")  # its numbers are read from now on
    return "logged"


_TOLD_OF_THE_POST = frozenset(("target.unpublished",))  # its post.unpublished is written with the deletion


def _observed(data: Mapping[str, Any], attributes: Mapping[str, str]) -> Entry | None:
    kind, space, entry_id = attributes.get("type", ""), attributes.get("space", ""), str(data.get("id", ""))
    subject, _, outcome = kind.partition(".")
    try:
        at = datetime.fromisoformat(str(data.get("at")))
    except ValueError:
        return None
    ours = subject in ("target", "post", "action") and outcome in _WORDS and at.tzinfo is not None
    if not ours or not lookup.plain(entry_id) or not lookup.plain(space.replace(".", "")):
        return None
    left_out = _SHOWN_ELSEWHERE | (_OF_A_PERSON if str(data.get("verb")).startswith("message.") else frozenset())
    return Entry(
        id=entry_id,
        space=space,
        category="action" if subject == "action" else "post",
        action=kind,
        status="ok" if outcome in _FINE else "failed",
        created_at=at,
        expire_at=at + KEPT,
        summary=_WORDS[outcome],
        platform=str(data.get("platform") or ""),
        account_id=str(data.get("account_id") or ""),
        resource_id=str(data.get("post_id") or data.get("action_id") or ""),
        error_category=str(data.get("error_category") or ""),
        error_message=str(data.get("error_message") or "")[:MAX_MESSAGE],
        metadata={name: value for name, value in data.items() if name not in left_out and value is not None},
    )
