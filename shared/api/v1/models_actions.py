"""Actions, and what is read from the networks at the moment: what callers send."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.api.engine.models import Body
from shared.api.v1.models_posts import MAX_TEXT, Id, MediaInput

PlatformId = Annotated[str, Field(max_length=1024)]


class ActionRequest(Body):
    """Something that others will see and that is no post: a comment, a reply, a like, a message, an ad.

    ``GET /v1/platforms`` lists each network's verbs and their arguments.
    """

    account_id: Id
    verb: str = Field(min_length=1, max_length=64)
    """``comment.reply``, ``message.send``, ``campaign.create`` …"""
    on: PlatformId = ""
    """The network's id of what it is done to: the comment, the post (``platform_post_id``), the conversation, the review; the
    ad account of a new campaign or creative (or leave it to ``arguments.ad_account_id``), the campaign of a new ad group,
    the ad group of a new ad. Never an id of Rostrum's."""
    text: str = Field("", max_length=MAX_TEXT)
    """The words; of a campaign, an ad group or an ad its name."""
    arguments: dict[str, Any] = Field(default_factory=dict)
    media: list[MediaInput] | None = Field(None, max_length=35)
    handles: dict[str, Any] = Field(default_factory=dict)
    """``handles`` of the thing, as reading answered them; what was made through Rostrum needs none."""
    scheduled_at: str | None = Field(None, max_length=64)
    """RFC 3339, or local beside ``timezone``; now if left out."""
    timezone: str | None = Field(None, max_length=64)
    max_lateness: int = Field(60, ge=1, le=60 * 24 * 7)
    """Minutes: found later than this after its time, it is ``missed`` and not done."""


class ListActionsQuery(Body):
    """Whose actions."""

    account_id: Id
    limit: int = Field(25, ge=1, le=100)
    cursor: str = Field("", max_length=128)


class ResolveActionRequest(Body):
    """What a person saw of an action that ``needs_review``."""

    outcome: Literal["done", "retry"]
    platform_id: PlatformId = ""
    permalink: str | None = Field(None, max_length=2048)


class CursorQuery(Body):
    """Which page."""

    cursor: str = Field("", max_length=4096)


class CommentsQuery(CursorQuery):
    """Under which post."""

    post_id: PlatformId = Field(min_length=1)
    """The network's id of the post: ``platform_post_id`` of a target, not ``post_…``."""


class MessagesQuery(CursorQuery):
    """Of which conversation."""

    conversation_id: PlatformId = Field(min_length=1)


class AdObjectsQuery(CursorQuery):
    """Which things of an ad account."""

    level: Literal["campaign", "ad_group", "creative", "ad"]
    ad_account_id: PlatformId = Field(min_length=1)
    parent_id: PlatformId = ""
    """Ad groups of this campaign, or ads of this ad group."""


class AdStatsQuery(Body):
    """Whose figures, of which days (both included)."""

    level: Literal["account", "campaign", "ad_group", "ad"]
    ad_account_id: PlatformId = Field(min_length=1)
    ids: str = Field("", max_length=4096)
    """Ids with commas between; all if left out."""
    since: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
    until: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")
