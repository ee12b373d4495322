"""A whole campaign on the simulated Pinterest: made paused, found again, switched on, measured, archived."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.pinterest import ads, ads_wire
from shared.platforms.pinterest.tests.person import BOARD, KEY, Person
from shared.ports.http import AnswerLost, Response
from tests.support import simulated


@pytest.fixture
def person() -> Person:
    return Person()


def chain(person: Person) -> tuple[str, str, str, str]:
    """(ad account, campaign, ad group, ad)."""
    account = ads.accounts(person.call, "").items[0].id
    piece = simulated.piece(Kind.IMAGE, "Hello", (simulated.image(b"jpeg"),), options={"board_id": BOARD})
    pin, _ = person.post(piece)
    campaign = person.act(ads, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic").id
    group = person.act(ads, "ad_group.create", campaign, "Gardeners", ad_account_id=account, daily_budget_micros=5).id
    ad = person.act(ads, "ad.create", group, "The Pin", ad_account_id=account, creative_id=pin.id).id
    return account, campaign, group, ad


def test_everything_is_made_paused(person: Person) -> None:
    """Nothing costs before somebody says so; names carry our mark."""
    account, campaign, group, ad = chain(person)
    for level, made in (("campaign", campaign), ("ad_group", group), ("ad", ad)):
        found = ads.objects(person.call, level, account, "", "").items  # type: ignore[arg-type]
        assert [(one.id, one.status) for one in found] == [(made, "paused")]
        assert found[0].name.endswith("[rst-0123456789ab]")
    assert ads.objects(person.call, "ad", account, group, "").items[0].parent_id == group
    assert not ads.objects(person.call, "ad", account, "1", "").items
    assert ads.objects(person.call, "creative", account, "", "").items[0].id


def test_only_what_is_active_delivers(person: Person) -> None:
    """Figures at each level, and none while anything above is paused."""
    account, campaign, group, ad = chain(person)
    today = person.world.now.date()
    for verb, on in (("campaign.status", campaign), ("ad_group.status", group)):
        person.act(ads, verb, on, ad_account_id=account, status="active")
    assert not ads.stats(person.call, "ad", account, [ad], today, today)
    person.act(ads, "ad.status", ad, ad_account_id=account, status="active")
    person.world.pass_time(2 * 86_400)
    until = person.world.now.date()
    rows = [ads.stats(person.call, "account", account, [], today, until)]
    rows += [ads.stats(person.call, level, account, [one], today, until) for level, one in _levels(campaign, group, ad)]
    figures = [row[0] for row in rows]
    assert len({(one.impressions, one.clicks, one.spend_micros) for one in figures}) == 1
    assert figures[0].impressions
    assert figures[0].spend_micros


def _levels(campaign: str, group: str, ad: str) -> list[tuple[str, str]]:
    return [("campaign", campaign), ("ad_group", group), ("ad", ad)]


def test_deleting_is_archiving(person: Person) -> None:
    """It stays in the list, as deleted."""
    account, campaign, *_ = chain(person)
    person.act(ads, "campaign.status", campaign, ad_account_id=account, status="deleted")
    assert ads.objects(person.call, "campaign", account, "", "").items[0].status == "deleted"


def test_what_was_made_in_spite_of_an_exception_is_in_doubt(person: Person) -> None:
    """A refusal beside an id is no definite one: looking tells."""
    account = ads.accounts(person.call, "").items[0].id
    item = {"data": {"id": "123"}, "exceptions": [{"code": 1, "message": "Budget was rounded"}]}
    person.http.intercept = lambda _: Response(200, {}, json.dumps({"items": [item]}).encode())
    with pytest.raises(AnswerLost):
        person.act(ads, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic")
    with pytest.raises(Refused):
        person.act(ads, "campaign.status", "123", ad_account_id=account, status="active")


def test_the_mark_in_another_name_leaves_it_open(person: Person) -> None:
    """Renamed, or a copy that somebody made: neither absent nor this one. The one of the right name goes first."""
    account = ads.accounts(person.call, "").items[0].id
    act = Act("campaign.create", account, "Spring", {"ad_account_id": account, "objective": "traffic"}, key=KEY)
    named: dict[str, Any] = {"items": [{"id": "8", "name": "Copy of Spring [rst-0123456789ab]"}], "bookmark": None}
    person.http.intercept = lambda _: Response(200, {}, json.dumps(named).encode())
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)
    named["items"].append({"id": "7", "name": "Spring [rst-0123456789ab]"})
    found = ads.find(person.call, act, Armed(1, person.world.now, {}))
    assert isinstance(found, Published)
    assert found.id == "7"


def test_another_thing_s_status_settles_nothing(person: Person) -> None:
    """The list is asked for one id; what it answers must be that one."""
    account, campaign, *_ = chain(person)
    other = {"items": [{"id": "999", "status": "ACTIVE"}], "bookmark": None}
    person.http.intercept = lambda _: Response(200, {}, json.dumps(other).encode())
    act = Act("campaign.status", campaign, "", {"ad_account_id": account, "status": "active"}, key=KEY)
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_an_item_is_refused_inside_a_200(person: Person) -> None:
    """Pinterest's bulk answers carry an exception per item."""
    account = ads.accounts(person.call, "").items[0].id
    with pytest.raises(Refused) as refused:
        person.act(ads, "ad_group.create", "12345", "Nobody's", ad_account_id=account)
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "not_found")


def test_a_mark_is_one_s_own(person: Person) -> None:
    """Two campaigns of one name are told apart by their keys."""
    account = ads.accounts(person.call, "").items[0].id
    made = person.act(ads, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic")
    arguments = {"ad_account_id": account, "objective": "traffic"}
    armed = Armed(1, person.world.now, {})
    found = ads.find(person.call, Act("campaign.create", account, "Spring", arguments, key=KEY), armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    other = Act("campaign.create", account, "Spring", arguments, key="f" * 32)
    assert isinstance(ads.find(person.call, other, armed), Absent)


def test_a_status_of_what_is_not_there_settles_nothing(person: Person) -> None:
    """Nobody can know."""
    account = ads.accounts(person.call, "").items[0].id
    act = Act("ad.status", "12345", "", {"ad_account_id": account, "status": "active"}, key=KEY)
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_figures_reach_back_ninety_days(person: Person) -> None:
    """Pinterest keeps no more."""
    account = ads.accounts(person.call, "").items[0].id
    today = person.world.now.date()
    with pytest.raises(Refused) as refused:
        ads.stats(person.call, "account", account, [], today - timedelta(days=91), today)
    assert refused.value.row.code == "invalid_request"


@pytest.mark.parametrize(
    ("verb", "arguments", "field"),
    [
        ("campaign.create", {"objective": "leads"}, "arguments.objective"),
        ("campaign.create", {"objective": "traffic", "ad_account_id": "act_1"}, "arguments.ad_account_id"),
        ("campaign.create", {"objective": "traffic", "daily_budget_micros": 0}, "arguments.daily_budget_micros"),
        ("campaign.create", {"objective": "traffic", "starts_at": "tomorrow"}, "arguments.starts_at"),
        ("ad_group.create", {"lifetime_budget_micros": 5}, "arguments.ends_at"),
        (
            "ad_group.create",
            {"lifetime_budget_micros": 5, "daily_budget_micros": 5},
            "arguments.lifetime_budget_micros",
        ),
        ("ad_group.create", {"placements": ["everywhere"]}, "arguments.placements"),
        ("ad_group.create", {"targeting": {"age_min": 12}}, "arguments.targeting"),
        ("ad_group.create", {"targeting": {"mood": "good"}}, "arguments.targeting"),
        ("ad.create", {"creative_id": "x"}, "arguments.creative_id"),
        ("ad.status", {"status": "asleep"}, "arguments.status"),
    ],
)
def test_what_pinterest_would_refuse(person: Person, verb: str, arguments: dict[str, Any], field: str) -> None:
    """Said before anything is sent, and which argument it is."""
    before = len(person.http.sent)
    with pytest.raises(Invalid) as invalid:
        person.act(ads, verb, "12345", "Name", **{"ad_account_id": "1", **arguments})
    assert invalid.value.meta["field"] == field
    assert len(person.http.sent) == before


def test_targeting_in_pinterest_s_words() -> None:
    """Countries, ages and genders; what is Pinterest's own goes along."""
    targeting = {"countries": ["US"], "age_max": 40, "genders": ["male"], "network": {"INTEREST": ["9"]}}
    act = Act("ad_group.create", "1", "Name", {"ad_account_id": "1", "targeting": targeting}, key=KEY)
    assert ads_wire.ad_group(act)["targeting_spec"] == {
        "INTEREST": ["9"],
        "LOCATION": ["US"],
        "GENDER": ["male"],
        "MINIMUM_AGE": "18",
        "MAXIMUM_AGE": "40",
    }
