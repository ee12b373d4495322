"""Ads on the simulated Snapchat: the whole chain, what is refused, and how answers are understood."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Ready, Refused, Unsure
from shared.platforms.snapchat import ads, ads_wire, simulator
from shared.ports.http import AnswerLost, Response
from tests.contract.platforms import samples
from tests.contract.platforms.harness import Network, new_network

KEY = "0123456789abcdef0123456789abcdef"
TARGET = {"countries": ["DE"], "age_min": 18, "age_max": 34}


@pytest.fixture
def network() -> Network:
    return new_network("snapchat")


def payer(network: Network) -> str:
    return ads.accounts(network.call, "").items[0].id


def make(network: Network, verb: str, on: str, text: str, media: bool = False, **arguments: Any) -> Published:
    act = Act(
        verb,
        on,
        text,
        {"ad_account_id": payer(network), **arguments},
        (samples.video(),) if media else (),
        key=KEY,
        created_at=int(network.world.now.timestamp() * 1_000_000),
    )
    step = ads.prepare(network.call, act, {})
    while not isinstance(step, Ready):
        network.world.pass_time(step.seconds)
        step = ads.prepare(network.call, act, step.state)
    return ads.commit(network.call, act, step.state)


def test_the_whole_chain(network: Network) -> None:
    """Campaign, ad squad, creative, ad: each paused, marked, below its parent; set running it has figures."""
    account = payer(network)
    campaign = make(network, "campaign.create", account, "Spring", objective="traffic")
    squad = make(network, "ad_group.create", campaign.id, "All", daily_budget_micros=5_000_000, targeting=TARGET)
    creative = make(network, "creative.create", account, "Film", media=True, link="https://example.com")
    ad = make(network, "ad.create", squad.id, "One", creative_id=creative.id)
    (shown,) = ads.objects(network.call, "ad", account, squad.id, "").items
    assert (shown.id, shown.parent_id, shown.status, shown.creative_id) == (ad.id, squad.id, "paused", creative.id)
    assert shown.name == "One [rst-0123456789ab]"
    assert shown.raw["type"] == "REMOTE_WEBPAGE"
    assert ads.objects(network.call, "ad", account, "another", "").items == ()
    make(network, "campaign.status", campaign.id, "", status="active")
    network.world.pass_time(2 * 86_400)
    network.renew()
    until = network.world.now.date()
    (row,) = ads.stats(network.call, "campaign", account, [campaign.id], until - timedelta(days=40), until)
    assert row.impressions
    assert row.spend_micros == row.impressions * 4200
    (whole,) = ads.stats(network.call, "account", account, [], until - timedelta(days=40), until)
    assert (whole.spend_micros, whole.impressions) == (row.spend_micros, None)


def test_a_status_keeps_the_rest(network: Network) -> None:
    """The thing is sent back whole; deleted it is gone, and deleting it again is fine."""
    account = payer(network)
    campaign = make(network, "campaign.create", account, "Spring", objective="leads", daily_budget_micros=7_000_000)
    make(network, "campaign.status", campaign.id, "", status="active")
    (shown,) = ads.objects(network.call, "campaign", account, "", "").items
    assert (shown.status, shown.daily_budget_micros, shown.objective) == ("active", 7_000_000, "leads")
    gone = Act("campaign.status", campaign.id, "", {"ad_account_id": account, "status": "deleted"})
    assert isinstance(ads.find(network.call, gone, Armed(1, network.world.now, {})), Absent)
    for _ in range(2):
        make(network, "campaign.status", campaign.id, "", status="deleted")
    assert isinstance(ads.find(network.call, gone, Armed(1, network.world.now, {})), Published)
    assert not simulator.done(network.world, network.account.platform_account_id)


@pytest.mark.parametrize(
    ("verb", "arguments", "field"),
    [
        ("campaign.create", {"objective": "fame"}, "objective"),
        ("campaign.create", {"objective": "sales", "daily_budget_micros": 0}, "daily_budget_micros"),
        ("campaign.create", {"objective": "sales", "ends_at": "tomorrow"}, "ends_at"),
        ("ad_group.create", {"targeting": TARGET}, "daily_budget_micros"),
        ("ad_group.create", {"targeting": TARGET, "daily_budget_micros": 4_999_999}, "daily_budget_micros"),
        ("ad_group.create", {"daily_budget_micros": 5_000_000}, "targeting"),
        ("ad_group.create", {"daily_budget_micros": 5_000_000, "targeting": {"countries": []}}, "targeting"),
        ("ad.create", {"creative_id": "../me"}, "creative_id"),
    ],
)
def test_what_cannot_be_is_named(network: Network, verb: str, arguments: dict[str, Any], field: str) -> None:
    """Before anything that others could see."""
    with pytest.raises(Invalid) as invalid:
        make(network, verb, "6f1a", "Name", **arguments)
    assert invalid.value.meta["field"] == f"arguments.{field}"


def test_a_creative_needs_one_file(network: Network) -> None:
    """And a link of https."""
    with pytest.raises(Invalid):
        make(network, "creative.create", payer(network), "Film")
    with pytest.raises(Invalid):
        make(network, "creative.create", payer(network), "Film", media=True, link="http://example.com")


def test_an_item_refused_inside_a_200_is_definite(network: Network) -> None:
    """Its reason stands beside it, and stays on the refusal."""
    with pytest.raises(Refused) as refused:
        make(network, "campaign.create", payer(network), "No [[sandbox:rejected]]", objective="sales")
    assert (refused.value.fate, refused.value.status) == (Fate.REJECTED, 200)
    assert refused.value.platform_message == "The name is not allowed"


@pytest.mark.parametrize("body", [{}, {"campaigns": []}, {"campaigns": [{"sub_request_status": "SUCCESS"}]}])
def test_a_success_that_names_nothing_is_in_doubt(network: Network, body: dict[str, Any]) -> None:
    """It may have been made."""
    account = payer(network)
    act = Act("campaign.create", account, "Spring", {"ad_account_id": account, "objective": "sales"}, key=KEY)
    said = json.dumps({"request_status": "SUCCESS", **body}).encode()
    network.http.intercept = lambda _: Response(200, {}, said)
    with pytest.raises(AnswerLost):
        ads.commit(network.call, act, {})


def test_targeting_is_snapchat_s() -> None:
    """Ages as text, one gender or none, countries in small letters; the network's own object is handed on."""
    act = Act("ad_group.create", "c1", "Name", {"daily_budget_micros": 5_000_000}, key=KEY)

    def built(targeting: Any) -> Any:
        given = {**act.arguments, "targeting": targeting}
        return ads_wire.ad_squad(Act(act.verb, act.on, act.text, given, key=KEY), {})["targeting"]

    assert built({"countries": ["DE", "AT"], "age_min": 21, "genders": ["female"]}) == {
        "geos": [{"country_code": "de"}, {"country_code": "at"}],
        "demographics": [{"min_age": "21", "gender": "FEMALE"}],
    }
    assert built({"countries": ["DE"], "genders": ["female", "male"]}) == {"geos": [{"country_code": "de"}]}
    assert built({"network": {"geos": [{"country_code": "fr"}]}}) == {"geos": [{"country_code": "fr"}]}


def test_another_s_ad_account_is_closed(network: Network) -> None:
    """A 403 in Snapchat's own words."""
    with pytest.raises(Refused) as refused:
        ads.stats(
            network.call, "account", "00000000-0000-4000-a000-000000000000", [], date(2026, 11, 1), date(2026, 11, 2)
        )
    assert refused.value.row.code == "permission_denied"


def _item(status: str, reason: str) -> dict[str, Any]:
    return {
        "request_status": "ERROR",
        "campaigns": [{"sub_request_status": status, "sub_request_error_reason": reason}],
    }


@pytest.mark.parametrize(
    ("status", "reason", "fate"),
    [
        ("ERROR", "start_time is in the past", Fate.REJECTED),
        ("PARTIAL", "start_time is in the past", Fate.UNKNOWN),
        ("ERROR", "Internal error, please try again", Fate.UNKNOWN),
        ("ERROR", "", Fate.UNKNOWN),
    ],
)
def test_only_a_reason_of_the_item_is_definite(network: Network, status: str, reason: str, fate: Fate) -> None:
    """Snapchat's own trouble does not say whether it was made."""
    account = payer(network)
    act = Act("campaign.create", account, "Spring", {"ad_account_id": account, "objective": "sales"}, key=KEY)
    network.http.intercept = lambda _: Response(200, {}, json.dumps(_item(status, reason)).encode())
    with pytest.raises(Refused) as refused:
        ads.commit(network.call, act, {})
    assert (refused.value.fate, refused.value.platform_message) == (fate, reason)


@pytest.mark.parametrize(
    "body",
    [
        {"campaigns": []},
        {"request_status": "SUCCESS", "campaigns": [{"sub_request_status": "ERROR"}]},
        {"request_status": "SUCCESS", "campaigns": [{"sub_request_status": "SUCCESS", "ad_campaign": {"id": "1"}}]},
    ],
)
def test_a_listing_that_cannot_be_read_proves_no_absence(network: Network, body: dict[str, Any]) -> None:
    """What cannot be read may be what was made."""
    account = payer(network)
    act = Act("campaign.create", account, "Spring", {"ad_account_id": account, "objective": "sales"}, key=KEY)
    armed = Armed(1, network.world.now, {})
    assert isinstance(ads.find(network.call, act, armed), Absent)
    network.http.intercept = lambda _: Response(200, {}, json.dumps(body).encode())
    try:
        assert isinstance(ads.find(network.call, act, armed), Unsure)
    except AnswerLost:
        assert body["campaigns"]


def test_what_says_that_it_is_deleted_is(network: Network) -> None:
    """Should Snapchat go on showing it."""
    act = Act("campaign.status", "6f1a", "", {"ad_account_id": payer(network), "status": "deleted"})
    shown = {"request_status": "SUCCESS", "campaigns": [{"campaign": {"id": "6f1a", "status": "DELETED"}}]}
    network.http.intercept = lambda _: Response(200, {}, json.dumps(shown).encode())
    assert isinstance(ads.find(network.call, act, Armed(1, network.world.now, {})), Published)


def test_figures_that_cannot_be_read_are_not_nothing(network: Network) -> None:
    """An entry with an error of its own says nothing of what was delivered."""
    account, day = payer(network), network.world.now.date()
    answers = [
        {"request_status": "SUCCESS", "adaccounts": [{"adaccount": {"id": account, "timezone": "Europe/Berlin"}}]},
        {"request_status": "SUCCESS", "timeseries_stats": [{"sub_request_status": "ERROR"}]},
    ]
    network.http.intercept = lambda _: Response(200, {}, json.dumps(answers.pop(0)).encode())
    with pytest.raises(AnswerLost):
        ads.stats(network.call, "campaign", account, ["6f1a"], day, day)
