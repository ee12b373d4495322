"""Brands and invites: what callers send and are sent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class CreateBrandRequest(Body):
    """A brand to make. Names need not be unique."""

    name: str = Field(min_length=1, max_length=100)
    timezone: str = Field("UTC", max_length=64)
    """Where its queue's slots are read: a zone of the IANA list."""


class UpdateBrandRequest(Body):
    """What to change: at least one of them."""

    name: str | None = Field(None, min_length=1, max_length=100)
    timezone: str | None = Field(None, max_length=64)


class BrandResponse(View):
    """A brand, and how many connected accounts are in it."""

    id: str
    name: str
    timezone: str
    accounts_count: int
    created_at: Time
    updated_at: Time


class BrandsListResponse(View):
    """The brands that the key may know of: the default one first."""

    data: list[BrandResponse]
    count: int


class ListInvitesQuery(Body):
    """Whose invites."""

    brand_id: str = Field(min_length=1, max_length=128)


class CreateInviteRequest(Body):
    """A link to make: for one account of one network, into one brand."""

    brand_id: str = Field(min_length=1, max_length=128)
    platform: str = Field(min_length=1, max_length=64)
    expires_in_days: Literal[1, 3, 7, 14, 30]


class InviteResponse(View):
    """The link to hand over. Whoever has it can connect one account to the brand, once."""

    id: str
    brand_id: str
    platform: str
    token: str
    url: str
    expires_at: Time


class RedeemRequest(Body):
    """The credentials of whoever was invited, as the form of the link sends them."""

    metadata: dict[str, str] = Field(default_factory=dict, max_length=20, repr=False)


class RedeemChoiceRequest(Body):
    """Which accounts of their consent to connect."""

    page_ids: list[Annotated[str, Field(max_length=256)]] = Field(default_factory=list, max_length=100)


class InviteListItem(View):
    """An invite. ``token`` and ``url`` are there as long as the link works."""

    id: str
    brand_id: str
    platform: str
    token: str | None = None
    url: str | None = None
    is_active: bool
    """False after use, expiry or revocation."""
    account_id: str | None = None
    """The account that was connected with it."""
    created_at: Time
    expires_at: Time


class InviteListResponse(View):
    """A brand's invites, newest first: used, expired and revoked ones, too."""

    data: list[InviteListItem]
    count: int
