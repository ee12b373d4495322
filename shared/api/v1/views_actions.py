"""Actions, and what is read from the networks at the moment: what callers are sent. ``raw`` is the network's own part."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import PlainSerializer

from shared.api.engine.models import Time, View
from shared.api.v1.views_posts import PostTargetErrorResponse


def _plain(value: float) -> int | float:
    """A whole number as one: ``21``, not ``21.0``."""
    return int(value) if value.is_integer() else value


Number = Annotated[float, PlainSerializer(_plain, return_type=int | float)]


class CursorInfo(View):
    """Where the next page begins: send ``next_cursor`` as ``cursor``."""

    has_more: bool
    next_cursor: str | None = None


class ActionResponse(View):
    """An action. ``status``: scheduled, sending, done, failed, cancelled, missed or needs_review."""

    id: str
    account_id: str
    platform: str
    verb: str
    on: str | None = None
    text: str | None = None
    arguments: dict[str, Any]
    status: str
    platform_id: str | None = None
    """The network's id of what was made."""
    permalink: str | None = None
    scheduled_at: Time | None = None
    done_at: Time | None = None
    attempts: int
    created_at: Time
    error: PostTargetErrorResponse | None = None


class ActionsListResponse(View):
    """Actions, newest first."""

    data: list[ActionResponse]
    pagination: CursorInfo


class PersonInfo(View):
    """Somebody on the network, as far as it says."""

    id: str
    name: str
    username: str
    picture_url: str


class CommentInfo(View):
    """A comment or a reply. ``can``: the verbs that the network allows on it now."""

    id: str
    post_id: str
    parent_id: str
    text: str
    author: PersonInfo
    at: Time
    own: bool
    hidden: bool
    liked: bool
    likes: int | None = None
    replies: int | None = None
    permalink: str
    can: list[str]
    handles: dict[str, Any]
    raw: dict[str, Any]


class CommentsResponse(View):
    """Comments on a post."""

    data: list[CommentInfo]
    pagination: CursorInfo


class ConversationInfo(View):
    """A thread of messages. ``reply_until``: when the network's messaging window closes."""

    id: str
    people: list[PersonInfo]
    updated_at: Time
    snippet: str
    unread: int | None = None
    reply_until: Time | None = None
    handles: dict[str, Any]
    raw: dict[str, Any]


class ConversationsResponse(View):
    """The account's conversations."""

    data: list[ConversationInfo]
    pagination: CursorInfo


class AttachmentInfo(View):
    """A file in a message."""

    type: str
    url: str
    id: str


class MessageInfo(View):
    """One message."""

    id: str
    conversation_id: str
    text: str
    sender: PersonInfo
    at: Time
    own: bool
    attachments: list[AttachmentInfo]
    raw: dict[str, Any]


class MessagesResponse(View):
    """The messages of a conversation."""

    data: list[MessageInfo]
    pagination: CursorInfo


class ReviewInfo(View):
    """A review: stars, or yes and no."""

    id: str
    author: PersonInfo
    text: str
    at: Time
    stars: int | None = None
    recommends: bool | None = None
    reply: str | None = None
    reply_at: Time | None = None
    permalink: str
    can: list[str]
    handles: dict[str, Any]
    raw: dict[str, Any]


class ReviewsResponse(View):
    """The account's reviews."""

    data: list[ReviewInfo]
    pagination: CursorInfo


class ResourceResponse(View):
    """Something of the network's own, in its own words (see the network's documentation)."""

    data: list[dict[str, Any]]
    pagination: CursorInfo


class AdAccountInfo(View):
    """Who pays."""

    id: str
    name: str
    currency: str
    timezone: str
    active: bool
    raw: dict[str, Any]


class AdAccountsResponse(View):
    """Ad accounts."""

    data: list[AdAccountInfo]
    pagination: CursorInfo


class AdObjectInfo(View):
    """A campaign, ad group, creative or ad. Budgets in millionths of the ad account's currency."""

    level: str
    id: str
    account_id: str
    name: str
    status: str
    parent_id: str
    delivery: str
    """The network's own word for what it does."""
    objective: str
    daily_budget_micros: int | None = None
    lifetime_budget_micros: int | None = None
    starts_at: Time | None = None
    ends_at: Time | None = None
    creative_id: str
    raw: dict[str, Any]


class AdObjectsResponse(View):
    """Things of one level."""

    data: list[AdObjectInfo]
    pagination: CursorInfo


class AdStatsInfo(View):
    """Figures over some days. Spend in millionths of the currency."""

    level: str
    id: str
    since: date
    until: date
    impressions: int | None = None
    clicks: int | None = None
    spend_micros: int | None = None
    conversions: Number | None = None
    video_views: int | None = None
    extra: dict[str, Any]
    raw: dict[str, Any]


class AdStatsResponse(View):
    """A row for each thing that was delivered."""

    data: list[AdStatsInfo]
