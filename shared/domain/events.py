"""The log of a workspace: what happened, to what, and how it went. Read by people who ask why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

EventCategory = Literal[
    "post", "action", "inbox", "account", "brand", "invite", "key", "webhook", "export", "workspace"
]
EventStatus = Literal["ok", "failed"]

CATEGORIES: tuple[EventCategory, ...] = get_args(EventCategory)
KEPT = timedelta(days=90)  # as long as the largest plan shows; a smaller one shows less of it
MAX_MESSAGE = 1_000  # characters of an error's text
INBOX_ACTIONS = (
    "comment.received",
    "dm.received",
    "dm.sent",
    "dm.referral",
    "dm.postback",
    "dm.deleted",
    "review.received",
    "review.updated",
    "mention.received",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """``workspaces/{space}/events/{id}``; gone after ``expire_at``.

    ``action``: ``post.published``, ``key.created`` …; ``resource_id``: the post, key … that it happened to.
    ``error_category``: one of :data:`shared.domain.errors.Category`. ``duration_ms`` and ``status_code``: where something
    was sent. Never content, never a secret.
    ``tell_at``: it still has to go out over the bus, from then on; ``shard`` is of the index that finds it.
    """

    id: str
    space: str
    category: EventCategory
    action: str
    status: EventStatus
    created_at: datetime
    expire_at: datetime
    summary: str = ""
    platform: str = ""
    account_id: str = ""
    resource_id: str = ""
    error_category: str = ""
    error_message: str = ""
    status_code: int | None = None
    duration_ms: int | None = None
    actor: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    tell_at: datetime | None = None
    shard: int | None = None


def entry_path(space: str, entry_id: str) -> str:
    """``workspaces/{space}/events/{entry_id}``"""
    return f"workspaces/{space}/events/{entry_id}"
