"""What a caller asks for, decoded but not yet judged. Each dialect makes these; nothing here knows of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.operations.posts.commands import MediaInput


@dataclass(frozen=True, slots=True)
class Order:
    """One act: ``verb`` (one of the network's actions) to ``on`` (the network's id of a comment, a conversation …).

    ``arguments`` by the action's own names. ``handles``: what reading gave beside the id (``Comment.handles``), if the caller
    kept it; of what was made through us they are known anyway. ``scheduled_at`` (RFC 3339, or local beside ``timezone``): None
    is now. ``max_lateness``: found later than so many minutes, it is ``missed`` and not done.
    """

    account_id: str
    verb: str
    on: str = ""
    text: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[MediaInput, ...] = ()
    handles: Mapping[str, Any] = field(default_factory=dict)
    scheduled_at: str | None = None
    timezone: str | None = None
    max_lateness: int = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person saw of an action in review: it is done (``platform_id``, if known), or it is not: do it (``retry``)."""

    outcome: Literal["done", "retry"]
    platform_id: str = ""
    permalink: str | None = None
