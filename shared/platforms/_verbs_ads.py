"""The verbs of ads, the same on every network that has them: ``ads/accounts``, ``ads/campaigns``, ``ads/adsets`` …

Money is in the currency's smallest unit, statuses are ACTIVE, PAUSED and DELETED, everything is created paused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shared.platforms._verbs import CURSOR, on, option, text
from shared.platforms.verbs import Column, Field, Says, Verb

# https://www.iso.org/iso-4217-currency-codes.html, read 2026-11-22: the currencies that do not have two decimals.
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS = {**dict.fromkeys(_NONE.split(), 0), **dict.fromkeys(_THREE.split(), 3)}
STATUSES = {"ACTIVE": "active", "PAUSED": "paused", "DELETED": "deleted"}
_SHOWN = {ours: theirs for theirs, ours in STATUSES.items()} | {"archived": "ARCHIVED", "unknown": "UNKNOWN"}
_ACCOUNT = Field("ad_account_id", "ad_account", description="The ad account.", example="act_1234567890")
_CREATED = Field(
    "status",
    "status",
    required=False,
    description="PAUSED: everything is created paused, and started with PATCH ads/status.",
    words={"PAUSED": "paused"},
    words_only=True,
    example="PAUSED",
)
_LEVEL = Field(
    "level",
    "level",
    description="ad, adset or campaign.",
    words={name: name for name in ("ad", "adset", "campaign")},
    words_only=True,
    example="campaign",
)
_ENTITY = on("entity_id", "238987654321")
_DAYS = (
    Field("since", "since", required=False, description="The first day, as 2026-11-01; as long ago as possible else."),
    Field("until", "until", required=False, description="The last day; today when left out."),
)
FIGURES = (
    Column("impressions", "impressions", "integer", zero=True),
    Column("clicks", "clicks", "integer", zero=True),
    Column("ctr", "clicks", "number", per="impressions", zero=True, description="Clicks per impression, in percent."),
    Column("spend", "spend_micros", "number", micros=True, zero=True, description="In the ad account's currency."),
    Column("conversions", "conversions", "number", zero=True),
)
ACCOUNTS = (
    Column("id", "id"),
    Column("name", "name"),
    Column("currency", "currency"),
    Column("status", "active", words={"True": "ACTIVE", "False": "DISABLED"}),
)
_THING = (
    Column("id", "id"),
    Column("name", "name"),
    Column("status", "status", words=_SHOWN),
    Column("parent_id", "parent_id"),
    Column("created_time", "created_at|starts_at", "time"),
)
_READ_ACCOUNTS = Verb("GET", "ads/accounts", "ad_accounts", "The ad accounts", key="accounts", columns=ACCOUNTS)


@dataclass(frozen=True, slots=True)
class AdVerbs:
    """How a network's ads are spelled. ``objectives``: its old words to ours; ``group``: further fields of an ad set;
    ``creative`` and ``ad``: theirs. ``creative`` None: the network makes no creatives of their own."""

    objectives: Mapping[str, str] = field(default_factory=dict)
    campaign: tuple[Field, ...] = ()
    group: tuple[Field, ...] = ()
    group_sets: Mapping[str, Any] = field(default_factory=dict)
    creative: tuple[Field, ...] | None = ()
    ad: tuple[Field, ...] = ()
    ad_needs_creative: bool = True
    figures: tuple[Column, ...] = FIGURES
    decimals: Mapping[str, int] = field(default_factory=lambda: DECIMALS)
    through: str = ""
    placements: tuple[str, ...] = ()
    demands: tuple[tuple[str, str, Says], ...] = ()
    no_accounts: Says | None = None
    days: int = 365
    deleted: str = "Ad deleted successfully."

    def verbs(self) -> tuple[Verb, ...]:
        """All rows."""
        made = (*self._reading(), *self._making(), *self._changing())
        return tuple(replace(one, through=self.through) for one in made)

    def _reading(self) -> tuple[Verb, ...]:
        shown = {ours: theirs for theirs, ours in reversed(tuple(self.objectives.items()))}
        objective = Column("objective", "objective", words=shown)
        return (
            _READ_ACCOUNTS if self.no_accounts is None else replace(_READ_ACCOUNTS, empty=self.no_accounts),
            replace(
                _list("campaigns", "campaign", (*_THING[:3], objective, _THING[-1]), "The campaigns of an ad account"),
                placements=self.placements,
            ),
            _list("adsets", "ad_group", _THING, "The ad sets of an ad account, or of one campaign", "campaign_id"),
            *(
                (_list("creatives", "creative", _THING[:3], "The creatives of an ad account"),)
                if self.creative is not None
                else ()
            ),
            _list("ads", "ad", _THING, "The ads of an ad account, or of one ad set", "adset_id"),
            Verb(
                "GET",
                "ads/stats",
                "ad_stats",
                "The figures of an ad, an ad set or a campaign",
                (_ACCOUNT, _LEVEL, _ENTITY, *_DAYS),
                key="stats",
                columns=self.figures,
                days=self.days,
            ),
        )

    def _making(self) -> tuple[Verb, ...]:
        objective = option(
            "objective",
            required=True,
            words=self.objectives,
            words_only=True,
            example=next(iter(self.objectives), None),
        )
        campaign = (_ACCOUNT, text("name", example="New Campaign 2025"), objective, *self.campaign, _CREATED)
        group = (
            _ACCOUNT,
            on("campaign_id", "238987654321", to="parent"),
            text("name", example="Ad Set 1"),
            *self.group,
            _CREATED,
        )
        creative = (_ACCOUNT, text("name", example="Ad Creative 1"), *(self.creative or ()))
        shows = option("creative_id", required=self.ad_needs_creative, example="2342321")
        ad = (
            _ACCOUNT,
            on("adset_id", "120392123", to="parent"),
            shows,
            text("name", example="Ad Test Launch"),
            *self.ad,
            _CREATED,
        )
        made = [
            _create("campaigns", "campaign", campaign, "Create a campaign"),
            replace(
                _create("adsets", "ad_group", group, "Create an ad set under a campaign", key="adset_id"),
                sets=self.group_sets,
                decimals=self.decimals,
                demands=self.demands,
            ),
            _create("ads", "ad", ad, "Create an ad from an ad set and a creative"),
        ]
        if self.creative is not None:
            made.insert(2, _create("creatives", "creative", creative, "Create an ad creative"))
        return tuple(replace(one, decimals=self.decimals) for one in made)

    def _changing(self) -> tuple[Verb, ...]:
        wished = Field("status", "status", words=STATUSES, words_only=True, example="ACTIVE")
        status = (_ACCOUNT, _ENTITY, _LEVEL, wished)
        what = "Start, pause or delete an ad, an ad set or a campaign"
        return (
            Verb("PATCH", "ads/status", "ad_status", what, status, says="Status updated."),
            Verb(
                "DELETE",
                "ads/{ad_id}",
                "ad_delete",
                "Delete an ad",
                (on("ad_id"), _ACCOUNT),
                says=self.deleted,
                level="ad",
            ),
        )


def daily_budget(example: int = 1500) -> Field:
    """A budget a day."""
    told = "A day, in the smallest unit of the ad account's currency: 1500 is 15.00."
    return option("daily_budget", "daily_budget_micros", type="integer", minor=True, description=told, example=example)


def lifetime_budget() -> Field:
    """A budget in all."""
    told = "In all, in the smallest unit of the ad account's currency."
    return option("lifetime_budget", "lifetime_budget_micros", type="integer", minor=True, description=told)


def times() -> tuple[Field, ...]:
    """When it begins and ends."""
    return (
        option(
            "start_time", "starts_at", description="RFC 3339; at once when left out.", example="2025-06-01T00:00:00Z"
        ),
        option("end_time", "ends_at", description="RFC 3339.", example="2025-06-10T00:00:00Z"),
    )


def objectives(*ours: str) -> dict[str, str]:
    """What the network's campaigns may be for: AWARENESS, TRAFFIC …"""
    return {one.upper(): one for one in ours}


def group(
    network: str, *, targeting: bool = True, goals: bool = True, events: bool = True, budget: int = 1500
) -> tuple[Field, ...]:
    """What an ad set has on most networks. ``targeting``: whether it must be given; ``goals``: whether one may say what it is
    optimized for, ``events``: what is paid for. ``budget``: of the example."""
    told = f"countries (ISO 3166 codes), age_min, age_max, genders; network: {network}'s own targeting."
    audience = {"countries": ["US", "CA"], "age_min": 18}
    return (
        daily_budget(budget),
        lifetime_budget(),
        *times(),
        option("bid", "bid_micros", type="integer", minor=True, description="The highest bid, in the smallest unit."),
        *((option("billing_event"),) if events else ()),
        *((option("optimization_goal"),) if goals else ()),
        option("targeting", type="object", required=targeting, description=told, example=audience),
    )


def _create(path: str, level: str, fields: tuple[Field, ...], summary: str, key: str = "") -> Verb:
    return Verb(
        "POST",
        f"ads/{path}",
        "ad_create",
        summary,
        fields,
        key=key or f"{level}_id",
        verb=f"{level}.create",
        level=level,
    )


def _list(path: str, level: str, columns: tuple[Column, ...], summary: str, parent: str = "") -> Verb:
    narrowed = (Field(parent, "parent", required=False),) if parent else ()
    fields = (_ACCOUNT, *narrowed, CURSOR)
    return Verb("GET", f"ads/{path}", "ad_objects", summary, fields, key=path, columns=columns, level=level)
