"""What a platform's ``ads.py`` answers: ad accounts, campaigns, ad groups, creatives, ads and their figures.

Our levels, and what the networks call them: *campaign*; *ad_group* (also called ad set or ad squad); *creative*; *ad*.

Creating is a visible write (``contract.Actor``): the verbs are ``campaign.create`` (``on``: the ad account),
``ad_group.create`` (``on``: the campaign), ``creative.create`` (``on``: the ad account), ``ad.create`` (``on``: the ad group),
and ``campaign.status``, ``ad_group.status``, ``ad.status`` (``on``: the thing; ``arguments["status"]``: active, paused or
deleted). ``text`` is the new thing's name. Everything is created paused, and carries our key where the network keeps
one for us (a label, a request id, else a mark in its name), so that a lost answer is settled by reading.

Common ``arguments`` (each network's manifest says which it takes; money is in millionths of the account's currency):

* always: ``ad_account_id``
* campaign.create: ``objective`` (awareness, traffic, engagement, leads, app_promotion, sales, video_views),
  ``daily_budget_micros`` or ``lifetime_budget_micros``, ``starts_at``, ``ends_at`` (RFC 3339)
* ad_group.create: the budgets and times too, ``bid_micros``, ``optimization_goal``, ``billing_event``, ``placements``,
  ``targeting`` (countries: ISO 3166 codes, age_min, age_max, genders: male, female; ``network``: the network's own
  targeting object, handed on as it is)
* creative.create: ``post_id`` (a post of one's own, to be promoted) or ``headline``, ``body``, ``link``, ``call_to_action`` and
  media
* ad.create: ``creative_id``
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page

Level = Literal["campaign", "ad_group", "creative", "ad"]
Status = Literal["active", "paused", "deleted", "archived", "unknown"]
MARK = "rst"  # begins the mark of our key in a name, where a network keeps no key for us


@dataclass(frozen=True, slots=True)
class AdAccount:
    """Who pays. ``currency`` is ISO 4217, ``timezone`` an IANA name where the network says one."""

    id: str
    name: str
    currency: str = ""
    timezone: str = ""
    active: bool = True
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AdObject:
    """A campaign, ad group, creative or ad. ``status`` is what was wished, ``delivery`` the network's own word for what
    it does (review, rejected, paused by its campaign). Budgets in millionths of the account's currency. ``placements``: where an
    ad group may be shown, empty for wherever the network likes."""

    level: Level
    id: str
    account_id: str
    name: str
    status: Status
    parent_id: str = ""
    delivery: str = ""
    objective: str = ""
    daily_budget_micros: int | None = None
    lifetime_budget_micros: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    creative_id: str = ""
    created_at: datetime | None = None
    placements: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AdStats:
    """The figures of one thing over some days (both included). ``spend_micros`` in millionths of the currency."""

    level: Literal["account", "campaign", "ad_group", "ad"]
    id: str
    since: date
    until: date
    impressions: int | None = None
    clicks: int | None = None
    spend_micros: int | None = None
    conversions: float | None = None
    video_views: int | None = None
    extra: Mapping[str, int | float] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)


class Ads(Protocol):
    """``ads.py``, reading; the four functions of ``contract.Actor`` stand beside these."""

    def accounts(self, call: Call, cursor: str) -> Page[AdAccount]:
        """The ad accounts that the connected account may use."""

    def objects(self, call: Call, level: Level, ad_account_id: str, parent_id: str, cursor: str) -> Page[AdObject]:
        """Things of one level in an ad account; ``parent_id`` (empty: all) narrows ad groups and ads."""

    def stats(
        self, call: Call, level: str, ad_account_id: str, ids: Sequence[str], since: date, until: date
    ) -> tuple[AdStats, ...]:
        """Figures per id, summed over the days; ``level`` ``account`` ignores ``ids``. Absent: nothing was delivered."""
