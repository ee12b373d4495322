"""Networks: what callers are sent."""

from __future__ import annotations

from typing import Any, Literal

from shared.api.engine.models import View
from shared.api.v1.views_posts import TextConstraints


class OptionInfo(View):
    """One name that ``platform_data`` or ``metadata`` may carry."""

    name: str
    type: str
    description: str
    enum: list[str] | None = None
    required: bool = False


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


class FeatureInfo(View):
    """Whether the network offers something through its official API; if it does not, why, and where that was read."""

    offered: bool
    reason: str | None = None
    source: str | None = None
    checked_on: str | None = None


class ActionInfo(View):
    """A visible write beside posts: a comment, a message, an ad. ``max_text`` is null where it carries no text."""

    verb: str
    max_text: int | None = None
    arguments: list[OptionInfo]
    max_media: int
    repeatable: bool
    """Done twice it is one effect."""


class ResourceInfo(View):
    """Something of the network's own that can be looked up: boards, pages, flairs."""

    name: str
    description: str
    arguments: list[OptionInfo]


class ApiInfo(View):
    """A version of the network's API that is spoken here, and the day on which the network retires it."""

    version: str
    sunset: str | None = None
    source: str


class PlatformResponse(View):
    """A network: what it offers, what it takes, and where that is documented."""

    name: str
    title: str
    aliases: list[str]
    api_version: str
    api_sunset: str | None = None
    connect: ConnectInfo
    apis: list[ApiInfo]
    publishes: bool
    facets: dict[str, str]
    features: dict[str, FeatureInfo]
    actions: list[ActionInfo]
    resources: list[ResourceInfo]
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
