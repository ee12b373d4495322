"""What people said to an account, as it was filed: comments, messages, mentions and reviews.

A network may tell of the same thing twice, late, or in another order (its deletion first). An item is one thing by its
network's id, whatever was told of it and how often.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

Kind = Literal["comment", "message", "mention", "review"]
ItemStatus = Literal["unread", "read", "archived"]
Delivery = Literal["", "sent", "delivered", "read", "failed"]

KINDS: tuple[Kind, ...] = get_args(Kind)
KEPT = timedelta(days=90)  # from when it was said or heard of, whichever is later
MAX_TEXT = 10_000  # characters
MAX_WORD = 500  # of a name
MAX_ADDRESS = 2_048  # of an id, or of a file's address; longer ones are no ids of any network's
MAX_MEDIA = 20
MAX_RAW = 32_000  # bytes of the network's own words, as JSON; more than that is left out


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the network, as far as it says."""

    id: str = ""
    name: str = ""
    username: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of what was said: ``type`` is image, video, audio, file or the network's own word."""

    type: str
    url: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """``workspaces/{space}/inbox/{id}``; gone after ``expire_at``.

    ``network_id``, ``post_id``, ``parent_id`` and ``conversation_id`` are the network's; ``our_post_id`` is the post of ours that
    it is about, if any. ``at``: when it was said; ``received_at``: when we heard of it first. ``own``: the account itself said
    it, so it never counts as incoming. ``complete`` False: only its change, deletion or receipt was heard of so far.
    ``delivery``: how far one's own message came. ``raw``: the network's own words, as JSON text. ``edited_at``: when its words were
    changed, by the network's clock: an edit that was heard of late, or is shown again, does not undo a later one.
    """

    id: str
    space: str
    account_id: str
    platform: str
    kind: Kind
    network_id: str
    at: datetime
    received_at: datetime
    updated_at: datetime
    expire_at: datetime
    author: Person = Person()
    recipient: Person = Person()
    text: str = ""
    media: tuple[Attachment, ...] = ()
    post_id: str = ""
    our_post_id: str = ""
    parent_id: str = ""
    conversation_id: str = ""
    own: bool = False
    hidden: bool = False
    deleted: bool = False
    complete: bool = True
    permalink: str = ""
    stars: int | None = None
    recommends: bool | None = None
    reply: str | None = None
    reply_at: datetime | None = None
    delivery: Delivery = ""
    delivery_reason: str = ""
    status: ItemStatus = "unread"
    can: tuple[str, ...] = ()
    handles: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    raw: str = ""
    edited_at: datetime | None = None

    @property
    def shown(self) -> bool:
        """Whether lists have it: it was said, and was not taken back."""
        return self.complete and not self.deleted


@dataclass(frozen=True, slots=True)
class Commented:
    """``workspaces/{space}/inbox_posts/{key}``: a post on the network that was not made here, and has filed comments.

    ``at``: of the comment that was filed first.
    """

    space: str
    account_id: str
    platform: str
    network_id: str
    at: datetime
    expire_at: datetime


def commented_path(space: str, account_id: str, post_id: str) -> str:
    """``workspaces/{space}/inbox_posts/{key}``"""
    return f"workspaces/{space}/inbox_posts/{_digest(account_id, post_id)}"


def item_id(account_id: str, kind: Kind, network_id: str) -> str:
    """Always the same for the same thing."""
    return f"itm_{_digest(account_id, kind, network_id)}"


def event_id(*parts: str) -> str:
    """The id of the log's entry about this, always the same for the same thing."""
    return f"evt_{_digest(*parts)}"


def item_path(space: str, id: str) -> str:
    """``workspaces/{space}/inbox/{id}``"""
    return f"workspaces/{space}/inbox/{id}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()[:40]
