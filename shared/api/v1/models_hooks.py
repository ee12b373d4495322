"""REST hooks and the flat form: what programs such as Zapier and Make send and are sent."""

from __future__ import annotations

from typing import Any

from pydantic import Field, RootModel

from shared.api.engine.models import Body, Time, View
from shared.api.v1.models_common import VisibilityName
from shared.api.v1.models_posts import MAX_TEXT


class SubscribeRequest(Body):
    """A subscription: one of `event` and `events`."""

    url: str = Field(max_length=4096)
    """Where events go: the address that your program gave this automation."""
    event: str | None = Field(None, max_length=100)
    """One event type; `GET /v1/webhooks/events` lists them."""
    events: list[str] | None = Field(None, max_length=100)
    """Several of them."""
    flat: bool = True
    """Payloads of one level (`data__author__name`), which is what programs map; false: as endpoints get them."""
    brand_id: str | None = Field(None, max_length=128)
    """Only what is of this brand."""
    account_id: str | None = Field(None, max_length=128)
    """Only what is of this account."""


class SamplesQuery(Body):
    """In which form."""

    flat: bool = True


class HookResponse(View):
    """A subscription."""

    id: str
    url: str
    events: list[str]
    flat: bool
    brand_id: str | None = None
    account_id: str | None = None
    is_active: bool
    created_at: Time


class HookCreatedResponse(HookResponse):
    """A new subscription, or the same one that there was."""

    secret: str | None = None
    """What its payloads are signed with; in the answer that made it only."""


class HooksListResponse(View):
    """The workspace's subscriptions."""

    data: list[HookResponse]
    count: int


class SamplesResponse(RootModel[list[dict[str, Any]]]):
    """One to three payloads, exactly as they are delivered."""


class ChoicesResponse(RootModel[list[dict[str, str]]]):
    """What a person chooses from: `id` is sent, `name` is shown."""


class FlatPostRequest(Body):
    """A post in fields of one level. Without `scheduled_at`, `publish_now` and `queue` it is a draft."""

    account_ids: str = Field(max_length=4000)
    """Accounts to publish on, separated by commas."""
    text: str = Field("", max_length=MAX_TEXT)
    title: str | None = Field(None, max_length=1000)
    media_urls: str | None = Field(None, max_length=20_000)
    """Public addresses of images and videos, separated by commas or line breaks (a comma in an address: `%2C`)."""
    media_ids: str | None = Field(None, max_length=4000)
    """Files of the library, separated by commas; they come after `media_urls`."""
    alt_text: str | None = Field(None, max_length=5000)
    """What the first item shows."""
    first_comment: str | None = Field(None, max_length=MAX_TEXT)
    visibility: VisibilityName | None = None
    publish_now: bool = False
    queue: bool = False
    """Take the next free slot of the queue."""
    scheduled_at: str | None = Field(None, max_length=64)
    """RFC 3339 with an offset, or a local time beside `timezone`."""
    timezone: str | None = Field(None, max_length=64)
    tags: str | None = Field(None, max_length=2000)
    """Your labels, separated by commas."""
    campaign_id: str | None = Field(None, max_length=200)
    skip_duplicate_check: bool = False
    """Otherwise the same text on the same account within 24 hours is refused (409): an automation that runs twice posts once."""


class FlatPostResponse(RootModel[dict[str, Any]]):
    """The post of `POST /v1/posts`, on one level: `targets__0__status`, `targets__count`."""
