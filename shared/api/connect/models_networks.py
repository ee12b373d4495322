"""Networks, pages, walls and channels: what callers send and are sent. Ids are whole numbers here."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View

StandingName = Literal["pending", "accepted", "rejected", "suspended", "disconnected"]
_TEXT = 500
_URL = 2048


class NetworkRequest(Body):
    """Which network."""

    network_id: int
    """The number that the networks' list gives."""


class NetworkExtraRequest(Body):
    """What to keep with a network; fields that it has already are replaced, the others stay."""

    network_id: int
    extra_data: dict[str, str | int | float | bool] = Field(min_length=1)
    """`category` and `engagement_rate` are also shown with the network itself."""


class TokenRequest(Body):
    """A token that the caller has of the network already."""

    access_token: str = Field(min_length=1, max_length=8192)
    user_id: str = Field(min_length=1, max_length=256)
    """Whose token it is, as the network says it: the account's id, or the person's who owns several pages."""
    refresh_token: str | None = Field(None, min_length=1, max_length=8192)
    """Without it, the account stays connected until the access token ends."""
    expires_in: int | None = Field(None, ge=1, le=100_000_000)
    """Seconds that the access token still lives."""


class ApprovalRequest(Body):
    """A network to be looked at by a person."""

    network_type: str = Field(min_length=1, max_length=64)
    network_id: str = Field(min_length=1, max_length=256)
    """Its id or name at the network."""
    network_url: str = Field(max_length=_URL)
    followers: int | None = Field(None, ge=0, le=1 << 53)
    category: str | None = Field(None, max_length=_TEXT)


class ReviewRequest(Body):
    """A person's word on what was entered."""

    network_id: int
    status: Literal["accepted", "rejected", "suspended"]
    reason: str | None = Field(None, max_length=_TEXT)


class AddPageRequest(Body):
    """A page to enter."""

    network: str = Field(min_length=1, max_length=64)
    page_id: str = Field(min_length=1, max_length=256)
    page_name: str = Field(min_length=1, max_length=_TEXT)
    page_url: str = Field(max_length=_URL)
    followers: int | None = Field(None, ge=0, le=1 << 53)
    category: str | None = Field(None, max_length=_TEXT)


class AddWallRequest(Body):
    """A wall to enter."""

    network: str = Field(min_length=1, max_length=64)
    wall_id: str = Field(min_length=1, max_length=256)
    wall_name: str = Field(min_length=1, max_length=_TEXT)
    wall_url: str = Field(max_length=_URL)
    followers: int | None = Field(None, ge=0, le=1 << 53)
    category: str | None = Field(None, max_length=_TEXT)


class AddChannelRequest(Body):
    """A channel to enter."""

    network: str = Field(min_length=1, max_length=64)
    channel_id: str = Field(min_length=1, max_length=256)
    channel_name: str = Field(min_length=1, max_length=_TEXT)
    channel_url: str = Field(max_length=_URL)
    subscribers: int | None = Field(None, ge=0, le=1 << 53)
    category: str | None = Field(None, max_length=_TEXT)


class _Item(View):
    """What all of them have. `followers` and `engagement_rate` are left out where nobody knows them."""

    id: int
    user_id: int
    network: str
    status: StandingName
    category: str | None = None
    engagement_rate: float | None = None
    connected_at: Time
    last_updated: Time
    account_id: str | None = None
    """The account's id in the other dialects, of what is connected."""
    extra_data: dict[str, Any] | None = None


class Network(_Item):
    """A network: connected, or entered for approval."""

    network_id: str
    network_url: str
    followers: int | None = None
    verified: bool
    """Whether the network itself has vouched for it: it is connected."""


class SocialPage(_Item):
    """A page."""

    page_id: str
    page_name: str
    page_url: str
    followers: int | None = None


class SocialWall(_Item):
    """A wall."""

    wall_id: str
    wall_name: str
    wall_url: str
    followers: int | None = None


class SocialChannel(_Item):
    """A channel."""

    channel_id: str
    channel_name: str
    channel_url: str
    subscribers: int | None = None


class NetworksResponse(View):
    """All networks."""

    networks: list[Network]


class PagesResponse(View):
    """All pages."""

    pages: list[SocialPage]


class WallsResponse(View):
    """All walls."""

    walls: list[SocialWall]


class ChannelsResponse(View):
    """All channels."""

    channels: list[SocialChannel]


class ConnectedResponse(View):
    """Connected."""

    status: Literal["success"] = "success"
    message: str
    network_id: int
    network_ids: list[int]
    """All that this token reached: a person's token may reach several pages."""


class ApprovalResponse(View):
    """Entered."""

    status: Literal["success"] = "success"
    message: str
    approval_id: int


class NetworkStatusResponse(View):
    """How a network stands."""

    status: StandingName
    verified: bool
    followers: int | None = None
    engagement_rate: float | None = None
    last_updated: Time


class PageAddedResponse(View):
    """Entered."""

    status: Literal["success"] = "success"
    message: str
    page_id: int


class WallAddedResponse(View):
    """Entered."""

    status: Literal["success"] = "success"
    message: str
    wall_id: int


class ChannelAddedResponse(View):
    """Entered."""

    status: Literal["success"] = "success"
    message: str
    channel_id: int
