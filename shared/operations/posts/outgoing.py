"""What callers did to a post, as endpoints are told of it: written with the change, sent after it.

How a post ended (published, partial, failed …) is not told here: the publishing engine announces it. Where nobody listens,
nothing of this is written: ``telling.wanted`` is known for some seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from shared.domain.instants import rfc3339
from shared.domain.posts import Entry, Post
from shared.domain.states import Status
from shared.operations import events, telling
from shared.ports.store import StoreError, Write
from shared.ports.world import Ports

_SUMMARIES = {
    "scheduled": "A post was scheduled.",
    "updated": "A post was edited.",
    "deleted": "A post was deleted.",
    "unpublished": "A live post was taken down.",
    "retried": "What had failed of a post is tried again.",
}
_OURS = {"edited": "updated", "deleted": "deleted", "unpublished": "unpublished", "retried": "retried"}


def said(ports: Ports, before: Post | None, after: Post) -> list[Write]:
    """The log's entries about the change, for its commit: what its new lines of history say, and that it is scheduled now."""
    known = before.history if before else ()
    fresh = [line for line in after.history if line not in known]
    written = [_entry(ports, after, _OURS[line.action], line) for line in fresh if line.action in _OURS]
    if after.status is Status.SCHEDULED and (before is None or before.status is not Status.SCHEDULED):
        written.append(_entry(ports, after, "scheduled", fresh[-1] if fresh else None))
    return [telling.told(ports, one) for one in written]


def send(ports: Ports, written: list[Write]) -> None:
    """After the commit. Never raises: what is not sent now, the minute's sweep sends."""
    with suppress(StoreError):
        telling.publish(ports, written)


def _entry(ports: Ports, post: Post, what: str, line: Entry | None) -> Write:
    detail = line.detail if line else {}
    accounts = [{"account_id": note.account_id, "platform": note.platform} for note in post.targets.values()]
    return events.written(
        ports,
        post.space,
        "post",
        f"post.{what}",
        resource_id=post.id,
        account_id=_account(post, detail) if what == "unpublished" else "",
        summary=_SUMMARIES[what],
        actor=line.actor if line else "",
        metadata={**_facts(post, what, detail), "targets": accounts},
    )


def _facts(post: Post, what: str, detail: Mapping[str, Any]) -> dict[str, Any]:
    if what == "scheduled":
        at = {"scheduled_at": rfc3339(post.scheduled_at)} if post.scheduled_at else {}
        return {"status": str(post.status), **at}
    if what == "updated":
        return {"status": str(post.status), "changed_fields": list(detail.get("fields", ()))}
    if what == "deleted":
        return {"was_status": str(detail.get("was_status") or post.status)}
    if what == "unpublished":
        return {"unpublished_count": 1}
    return {"retried_count": len(detail.get("targets", ()))}


def _account(post: Post, detail: Mapping[str, Any]) -> str:
    note = post.targets.get(str(detail.get("target_id")))
    return note.account_id if note else ""
