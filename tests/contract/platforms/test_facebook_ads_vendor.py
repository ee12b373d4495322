"""Meta's own SDK against our ads: its parameter tables for what we send, its fields for what the simulator answers, and the
SDK as a client of the simulated Marketing API. facebook-business 26.0 (Graph v26.0)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from facebook_business.adobjects.abstractcrudobject import AbstractCrudObject
from facebook_business.adobjects.ad import Ad
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adcreative import AdCreative
from facebook_business.adobjects.adset import AdSet
from facebook_business.adobjects.adsinsights import AdsInsights
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.targeting import Targeting
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookRequest
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from shared.domain.content import Act
from shared.platforms.contract import Armed, Published, Ready
from shared.platforms.contract_ads import Level
from shared.platforms.facebook import ads, ads_wire
from shared.ports.http import Request, Response
from tests.contract.platforms import harness, report, samples
from tests.contract.platforms.harness import Network
from tests.support import loopback

MATERIAL = "facebook-business 26.0 param_types"
EDGES: Mapping[tuple[str, str], tuple[type[AbstractCrudObject], str]] = {
    ("POST", "campaigns"): (AdAccount, "create_campaign"),
    ("POST", "adsets"): (AdAccount, "create_ad_set"),
    ("POST", "adcreatives"): (AdAccount, "create_ad_creative"),
    ("POST", "ads"): (AdAccount, "create_ad"),
    ("POST", "adlabels"): (AdAccount, "create_ad_label"),
    ("POST", "adimages"): (AdAccount, "create_ad_image"),
    ("GET", "campaigns"): (AdAccount, "get_campaigns"),
    ("GET", "adsets"): (AdAccount, "get_ad_sets"),
    ("GET", "adcreatives"): (AdAccount, "get_ad_creatives"),
    ("GET", "ads"): (AdAccount, "get_ads"),
    ("GET", "campaignsbylabels"): (AdAccount, "get_campaigns_by_labels"),
    ("GET", "adsetsbylabels"): (AdAccount, "get_ad_sets_by_labels"),
    ("GET", "adcreativesbylabels"): (AdAccount, "get_ad_creatives_by_labels"),
    ("GET", "adsbylabels"): (AdAccount, "get_ads_by_labels"),
    ("GET", "insights"): (AdAccount, "get_insights"),
    ("GET", "adaccounts"): (User, "get_ad_accounts"),
}
EVERYWHERE = {"fields", "appsecret_proof", "limit", "after"}
OBJECTS: Mapping[str, type] = {"campaigns": Campaign, "adsets": AdSet, "adcreatives": AdCreative, "ads": Ad}
LEVELS: tuple[Level, ...] = ("campaign", "ad_group", "creative", "ad")


class Desk:
    """A Facebook account with an ad account, and the chain of things that an ad needs."""

    def __init__(self) -> None:
        self.network: Network = harness.new_network("facebook")
        self.account = ads.accounts(self.network.call, "").items[0].id
        self.made: dict[str, str] = {}

    def act(self, verb: str, on: str, text: str = "", **arguments: Any) -> Published:
        """Prepared and committed; looked for afterwards, as after a lost answer."""
        number = len(self.made) + 1
        media = (samples.image(0),) if verb == "creative.create" and "post_id" not in arguments else ()
        given = {"ad_account_id": self.account, **arguments}
        act = Act(verb, on, text, given, media, {}, f"{number:032x}", 1)
        state: Mapping[str, Any] = {}
        while not isinstance(step := ads.prepare(self.network.call, act, state), Ready):
            state = step.state
        published = cast(Published, ads.commit(self.network.call, act, step.state))
        found = ads.find(self.network.call, act, Armed(1, self.network.world.now, step.state))
        assert isinstance(found, Published)
        assert found.id == published.id
        return published

    def chain(self) -> None:
        """One of each, with every option that we have."""
        campaign = self.act(
            "campaign.create", self.account, "C", objective="leads", starts_at="2026-12-01T00:00:00+0000"
        ).id
        ad_set = self.act(
            "ad_group.create",
            campaign,
            "S",
            daily_budget_micros=5_000_000,
            bid_micros=2_000_000,
            starts_at="2026-12-01T00:00:00+0000",
            ends_at="2026-12-31T00:00:00+0000",
            placements=["facebook", "instagram"],
            targeting={"countries": ["DE"], "age_min": 20, "age_max": 60, "genders": ["female"]},
            dsa_beneficiary="The bakery",
            dsa_payor="The bakery",
        ).id
        creative = self.act(
            "creative.create",
            self.account,
            "K",
            link="https://example.com",
            headline="H",
            body="B",
            call_to_action="learn_more",
            instagram_user_id="17841400000000000",
        ).id
        ad = self.act("ad.create", ad_set, "A", creative_id=creative).id
        self.made = {"campaign": campaign, "ad_group": ad_set, "creative": creative, "ad": ad}
        for level in ("campaign", "ad_group", "ad"):
            self.act(f"{level}.status", self.made[level], status="active")


@pytest.fixture(scope="module")
def exchanged() -> tuple[Desk, list[tuple[Request, Response]]]:
    """Everything that the adapter ever says to the Marketing API, with the simulator's answers."""
    desk = Desk()
    desk.chain()
    desk.network.world.pass_time(2 * 86_400)
    for level in LEVELS:
        assert [one.id for one in ads.objects(desk.network.call, level, desk.account, "", "").items] == [
            desk.made[level]
        ]
    today = desk.network.world.now.date()
    for depth, id_ in {"account": desk.account, **desk.made}.items():
        if depth == "creative":
            continue
        ids = [] if depth == "account" else [id_]
        (row,) = ads.stats(desk.network.call, depth, desk.account, ids, today - timedelta(days=1), today)
        assert row.impressions
        assert row.spend_micros
        assert row.id == id_
    http = desk.network.http
    log = list(zip(http.sent, http.answers, strict=True))
    return desk, [pair for pair in log if "act_" in pair[0].url or pair[0].url.split("?")[0].endswith("adaccounts")]


def allowed(edge: tuple[str, str]) -> Mapping[str, Any]:
    """The parameter types that the SDK would check this edge's call with."""
    of, method = EDGES[edge]
    pending: FacebookRequest = getattr(of("1", api=FacebookAdsApi(FacebookSession())), method)(pending=True)
    types: Mapping[str, Any] = pending._param_checker._type_check_info
    return types


def parameters(request: Request) -> dict[str, str]:
    body = request.body if isinstance(request.body, bytes) else b""
    return dict(parse_qsl(urlsplit(request.url).query) + parse_qsl(body.decode()))


def test_every_parameter_is_in_the_sdks_table(exchanged: Any) -> None:
    """Edge by edge; and every edge of ours was seen."""
    _, log = exchanged
    seen = set()
    for request, _answer in log:
        edge = (request.method, urlsplit(request.url).path.split("/")[-1])
        if edge[1].startswith("act_"):
            continue
        seen.add(edge)
        unknown = set(parameters(request)) - set(allowed(edge)) - EVERYWHERE
        assert not unknown, (edge, unknown)
    assert seen == set(EDGES)
    report.requests("facebook", len(log), f"{MATERIAL} (ads)")


def test_every_word_is_one_of_the_sdks() -> None:
    """Objectives, goals, statuses, levels, targeting."""
    assert set(ads_wire.OBJECTIVES.values()) <= _values(Campaign.Objective)
    assert set(ads_wire.GOALS.values()) <= _values(AdSet.OptimizationGoal)
    assert set(ads_wire.STATUSES.values()) <= _values(Campaign.Status) & _values(AdSet.Status) & _values(Ad.Status)
    assert set(ads_wire.INSIGHT_LEVELS.values()) <= _values(AdsInsights.Level)
    made = ads_wire.targeting({"targeting": {"countries": ["DE"], "age_min": 18, "age_max": 65, "genders": ["male"]}})
    assert set(made) <= _fields(Targeting)


def test_every_field_is_one_of_the_objects(exchanged: Any) -> None:
    """Those that we ask for, and those that the simulator answers."""
    _, log = exchanged
    for request, answer in log:
        edge = urlsplit(request.url).path.split("/")[-1]
        of = OBJECTS.get(edge.removesuffix("bylabels"), AdAccount)
        of = AdsInsights if edge == "insights" else of
        asked = {name for name in parameters(request).get("fields", "").split(",") if name}
        assert asked <= _fields(of), (edge, asked - _fields(of))
        body = json.loads(answer.body)
        for row in body.get("data", []):
            assert set(row) <= _fields(of), (edge, row)


@pytest.fixture
def sdk() -> Iterator[tuple[Desk, AdAccount]]:
    """The SDK's own session with the person's token, pointed at the simulator."""
    desk = Desk()
    handler = loopback.simulator("facebook", desk.network.world)
    with loopback.serve(handler, host="graph.facebook.com") as base_url:
        session = FacebookSession(access_token=desk.network.account.tokens.extra["user_token"])
        session.GRAPH = base_url
        yield desk, AdAccount(desk.account, api=FacebookAdsApi(session))
        session.requests.close()


def test_the_sdk_advertises_through_the_simulator(sdk: tuple[Desk, AdAccount]) -> None:
    """Its requests are understood, and its parser reads the answers."""
    desk, account = sdk
    campaign = account.create_campaign(
        params={
            "name": "SDK",
            "objective": "OUTCOME_TRAFFIC",
            "status": "PAUSED",
            "special_ad_categories": [],
            "daily_budget": 500,
            "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        }
    )
    ad_set = account.create_ad_set(
        params={
            "name": "SDK set",
            "campaign_id": campaign["id"],
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "REACH",
            "targeting": {"geo_locations": {"countries": ["NO"]}, "targeting_automation": {"advantage_audience": 0}},
            "status": "PAUSED",
        }
    )
    read = AdSet(ad_set["id"], api=account.get_api()).api_get(fields=["name", "effective_status", "campaign_id"])
    assert (read["name"], read["effective_status"], read["campaign_id"]) == ("SDK set", "PAUSED", campaign["id"])
    Campaign(campaign["id"], api=account.get_api()).api_update(params={"status": "ACTIVE"})
    assert [one["id"] for one in account.get_campaigns(fields=["name", "status"])] == [campaign["id"]]
    assert [one["status"] for one in account.get_campaigns(fields=["status"])] == ["ACTIVE"]
    assert {one.id for one in ads.objects(desk.network.call, "ad_group", desk.account, campaign["id"], "").items} == {
        ad_set["id"]
    }
    report.sdk("facebook", "facebook-business 26.0.3")


def test_the_sdk_reads_our_errors_as_metas(sdk: tuple[Desk, AdAccount]) -> None:
    """A campaign without its categories."""
    _, account = sdk
    with pytest.raises(FacebookRequestError) as caught:
        account.create_campaign(params={"name": "No", "objective": "OUTCOME_TRAFFIC", "status": "PAUSED"})
    assert (caught.value.api_error_code(), caught.value.http_status()) == (100, 400)


def _fields(of: type) -> set[str]:
    return _values(of.Field)  # type: ignore[attr-defined]


def _values(of: type) -> set[str]:
    return {value for name, value in vars(of).items() if not name.startswith("_") and isinstance(value, str)}
