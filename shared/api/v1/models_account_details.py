"""What a network says of an account itself: pages, creator info, limits, boards; what callers send and are sent."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, RootModel

from shared.api.engine.models import Body, View


class UpdatePageRequest(Body):
    """What the page is to be."""

    is_active: bool | None = None
    is_default: bool | None = None


class AccountPage(View):
    """The page of an account. ``id`` is the account's: here each page is an account of its own."""

    id: str
    platform_page_id: str
    name: str
    username: str | None = None
    category: str | None = None
    link: str | None = None
    profile_picture_url: str | None = None
    followers_count: int | None = None
    is_active: bool = True
    is_default: bool = True


class PagesListResponse(View):
    """One page, on networks that have pages."""

    data: list[AccountPage]


class InteractionSettings(View):
    """What the creator has switched off for everything they post."""

    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool


class CreatorInfoResponse(View):
    """What the creator may post right now. ``can_post`` is false where no level of privacy is offered."""

    platform: str
    nickname: str | None = None
    avatar_url: str | None = None
    can_post: bool
    privacy_level_options: list[str]
    interaction_settings: InteractionSettings
    max_video_duration_sec: int | None = None


class UsageLimitsResponse(RootModel[dict[str, int]]):
    """What is left, by the network's own names; empty where it tells nothing."""


class CreateBoardRequest(Body):
    """A board to make."""

    name: str = Field(min_length=1, max_length=50)
    description: str | None = Field(None, max_length=500)
    privacy: Literal["PUBLIC", "PROTECTED", "SECRET"] | None = None


class UpdateBoardRequest(Body):
    """What to change: at least one of them."""

    name: str | None = Field(None, min_length=1, max_length=50)
    description: str | None = Field(None, max_length=500)
    privacy: Literal["PUBLIC", "SECRET"] | None = None


class BoardItem(View):
    """A board. ``id`` and ``board_id`` are the network's, the same."""

    id: str
    board_id: str
    name: str
    description: str | None = None
    privacy: str | None = None


class BoardsResponse(View):
    """The account's boards; ``has_more`` where there are more than an answer takes (20 pages of the network's)."""

    data: list[BoardItem]
    has_more: bool | None = None
