"""Networks: what callers are sent."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.v1.models_common import View
from shared.api.v1.views_posts import TextConstraints


class OptionInfo(View):
    """One name that ``platform_data`` or ``metadata`` may carry."""

    name: str
    type: str
    description: str
    enum: list[str] | None = None


class ConnectInfo(View):
    """How accounts are connected: ``redirect`` to the network's consent page, or ``credentials`` in ``metadata``."""

    style: Literal["redirect", "credentials"]
    scopes: list[str]
    fields: list[OptionInfo]


class KindInfo(View):
    """One content kind: how many items, and the limits of its media."""

    kind: str
    min_items: int
    max_items: int
    mixed: bool
    """Images and videos may stand together."""
    first_comment: bool
    media: dict[str, Any]


class PlatformResponse(View):
    """A network: what it offers, what it takes, and where that is documented."""

    name: str
    title: str
    aliases: list[str]
    api_version: str
    api_sunset: str | None = None
    connect: ConnectInfo
    facets: dict[str, str]
    text: TextConstraints
    kinds: list[KindInfo]
    options: list[OptionInfo]
    thread_max_items: int
    first_comment: bool
    deletes: bool
    rate_limits: dict[str, str]
    sources: list[str]
    checked_on: str


class PlatformsListResponse(View):
    """All networks."""

    data: list[PlatformResponse]
    count: int
