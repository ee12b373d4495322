"""Accounts: what callers send and are sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class ConnectRequest(Body):
    """An account to connect."""

    platform: str = Field(min_length=1, max_length=64)
    metadata: dict[str, Any] | None = None
    """The credentials of networks that take them (GET /v1/platforms lists them). For the others, ``redirect_uri`` here
    is a callback that you host yourself."""
    redirect_uri: str | None = Field(None, max_length=2048)
    """Where the browser goes at the end: https, or http on localhost. A page of ours if left out."""
    state: str | None = Field(None, max_length=512)
    """Comes back with the browser, untouched."""
    brand_id: str | None = Field(None, max_length=128)
    """The brand to put the account into. Left out: where it is, or the default brand for a new one (the only one of a key
    that is bound to one)."""


class ExchangeMetadata(Body):
    """What belongs to the code."""

    state: str = Field(min_length=1, max_length=512)
    """The state that connect answered."""
    redirect_uri: str | None = Field(None, max_length=2048)
    """The same as connect's ``metadata.redirect_uri``."""


class ExchangeRequest(Body):
    """A code that the caller's own callback received."""

    platform: str = Field(min_length=1, max_length=64)
    code: str = Field(min_length=1, max_length=8192)
    metadata: ExchangeMetadata


class ListAccountsQuery(Body):
    """Filters."""

    brand_id: str | None = Field(None, max_length=128)
    platform: str | None = Field(None, max_length=64)


class UpdateAccountRequest(Body):
    """Another brand for the account."""

    brand_id: str = Field(min_length=1, max_length=128)


class AuthorizeQuery(Body):
    """The network's own consent page, as connect wrapped it."""

    url: str = Field(max_length=8192)
    sandbox_user: str = Field("", max_length=100)
    """The simulated person's name; ``rostrum`` if left out."""
    sandbox_deny: bool = False
    """Whether the simulated person refuses."""


class Account(View):
    """A connected account. ``status`` is ``reconnect_required`` when its owner must connect it again. ``scopes``: what its
    owner granted, in the network's own words, where the network says. ``bio`` and ``page_name`` where there are any."""

    id: str
    platform: str
    username: str
    name: str
    status: Literal["active", "reconnect_required", "disconnected"]
    reconnect_reason: str | None = None
    profile_picture_url: str | None = None
    bio: str | None = None
    page_name: str | None = None
    brand_id: str
    scopes: list[str]
    created_at: Time
    updated_at: Time
    metadata: dict[str, Any]


class AccountsListResponse(View):
    """The connected accounts."""

    data: list[Account]
    count: int


class ConnectAccountResponse(Account):
    """The account that was just connected, or renewed."""

    account_id: str
    """The same as ``id``."""
    display_name: str
    """The same as ``name``."""


class PendingPage(View):
    """A page (or organization, or number) that can be connected."""

    platform_page_id: str
    name: str
    picture_url: str | None = None
    category: str | None = None
    assignable: bool = True


class PendingProfile(View):
    """An account that can be connected."""

    platform_account_id: str
    username: str
    display_name: str
    profile_picture_url: str | None = None


class PendingConnectionResponse(View):
    """One consent gave several accounts: choose with ``POST /v1/accounts/pending/{connection_id}/select``.

    ``pages`` and ``profiles`` are the same candidates, in two shapes.
    """

    connection_id: str
    platform: str
    status: Literal["selection_required"] = "selection_required"
    expires_at: str
    pages: list[PendingPage]
    profiles: list[PendingProfile]


class SelectProfileRequest(Body):
    """Which to connect: one of the two."""

    platform_account_id: str | None = Field(None, max_length=256)
    """One candidate."""
    page_ids: list[Annotated[str, Field(max_length=256)]] | None = Field(None, max_length=100)
    """Any number of them."""


class SelectedResponse(ConnectAccountResponse):
    """The first account that was connected, and all of them."""

    accounts: list[Account]


class ConnectOAuthResponse(View):
    """Send the person's browser to ``auth_url``. ``state`` is ours and comes back with it."""

    auth_url: str
    state: str
    message: str
