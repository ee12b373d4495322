"""A whole campaign on the simulated Reddit: made paused, found again, switched on, measured, deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.domain.content import Act, Kind
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Refused, Unsure
from shared.platforms.reddit import ads, ads_api, ads_wire, errors, simulator_ads, simulator_ads_fields
from shared.platforms.reddit.tests.person import KEY, Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import simulated

PIXEL = simulator_ads_fields.PIXEL
GROUP: dict[str, Any] = {"conversion_pixel_id": PIXEL, "daily_budget_micros": 5_000_000}


@pytest.fixture
def person() -> Person:
    return Person()


def account_of(person: Person) -> str:
    return ads.accounts(person.call, "").items[0].id


def do(person: Person, verb: str, on: str, text: str = "", **arguments: Any) -> Published:
    return ads.commit(person.call, Act(verb, on, text, arguments, key=KEY), {})


def chain(person: Person) -> tuple[str, str, str, str]:
    """(ad account, campaign, ad group, ad)."""
    account = account_of(person)
    post, _ = person.post(simulated.piece(Kind.TEXT, "Hello", options={"subreddit": "test"}))
    campaign = do(person, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic").id
    group = do(person, "ad_group.create", campaign, "Gardeners", ad_account_id=account, **GROUP).id
    ad = do(person, "ad.create", group, "The post", ad_account_id=account, creative_id=post.id).id
    return account, campaign, group, ad


def test_everything_is_made_paused(person: Person) -> None:
    """Nothing costs before somebody says so; names carry our mark."""
    account, campaign, group, ad = chain(person)
    for level, made in (("campaign", campaign), ("ad_group", group), ("ad", ad)):
        found = ads.objects(person.call, level, account, "", "").items  # type: ignore[arg-type]
        assert [(one.id, one.status) for one in found] == [(made, "paused")]
        assert found[0].name.endswith("[rst-0123456789ab]")
    shown = ads.objects(person.call, "ad", account, group, "").items[0]
    assert (shown.parent_id, shown.creative_id) == (
        group,
        ads.objects(person.call, "creative", account, "", "").items[0].id,
    )
    assert not ads.objects(person.call, "ad", account, "1", "").items


def test_only_what_is_active_delivers(person: Person) -> None:
    """Figures at each level, and none while anything above is paused."""
    account, campaign, group, ad = chain(person)
    today = person.world.now.date()
    for verb, on in (("campaign.status", campaign), ("ad.status", ad)):
        do(person, verb, on, ad_account_id=account, status="active")
    assert ads.objects(person.call, "ad", account, "", "").items[0].delivery == "AD_GROUP_PAUSED"
    assert not ads.stats(person.call, "ad", account, [ad], today, today)
    do(person, "ad_group.status", group, ad_account_id=account, status="active")
    person.world.pass_time(20 * 3600)
    until = person.world.now.date()
    levels: tuple[tuple[str, list[str]], ...] = (
        ("account", []),
        ("campaign", [campaign]),
        ("ad_group", [group]),
        ("ad", [ad]),
    )
    figures = [ads.stats(person.call, level, account, ids, today, until)[0] for level, ids in levels]
    assert len({(one.impressions, one.clicks, one.spend_micros) for one in figures}) == 1
    assert figures[0].impressions
    assert figures[0].spend_micros
    assert not ads.stats(person.call, "ad", account, ["1"], today, until)


def test_deleting_is_archiving(person: Person) -> None:
    """Reddit deletes only what was archived hours before; what is archived never runs again."""
    account, campaign, *_ = chain(person)
    do(person, "campaign.status", campaign, ad_account_id=account, status="deleted")
    assert ads.objects(person.call, "campaign", account, "", "").items[0].status == "archived"
    with pytest.raises(Refused):
        do(person, "campaign.status", campaign, ad_account_id=account, status="active")
    gone = {"configured_status": "DELETED"}
    with pytest.raises(Refused):
        ads_api.send(person.call, "PATCH", f"/campaigns/{campaign}", gone)
    person.world.pass_time(3 * 3600)
    ads_api.send(person.call, "PATCH", f"/campaigns/{campaign}", gone)
    assert not ads.objects(person.call, "campaign", account, "", "").items
    act = Act("campaign.status", campaign, "", {"ad_account_id": account, "status": "deleted"}, key=KEY)
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Published)


def test_a_mark_is_one_s_own(person: Person) -> None:
    """Two campaigns of one name are told apart by their keys."""
    account = account_of(person)
    made = do(person, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic")
    arguments = {"ad_account_id": account, "objective": "traffic"}
    armed = Armed(1, person.world.now, {})
    found = ads.find(person.call, Act("campaign.create", account, "Spring", arguments, key=KEY), armed)
    assert isinstance(found, Published)
    assert found.id == made.id
    other = Act("campaign.create", account, "Spring", arguments, key="f" * 32)
    assert isinstance(ads.find(person.call, other, armed), Absent)


def test_pages_are_followed(person: Person) -> None:
    """By the address that Reddit names; a list that does not end settles nothing."""
    account = account_of(person)
    for number in range(101):
        do(person, "campaign.create", account, f"Campaign {number}", ad_account_id=account, objective="traffic")
    first = ads.objects(person.call, "campaign", account, "", "")
    second = ads.objects(person.call, "campaign", account, "", first.next)
    assert (len(first.items), len(second.items), second.next) == (100, 1, "")
    act = Act("campaign.create", account, "Spring", {"ad_account_id": account}, key="f" * 32)
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Absent)
    endless = f'{{"data": [], "pagination": {{"next_url": "https://{simulator_ads.HOST}/api/v3/x?page.token=1"}}}}'

    def answer(request: Request) -> Response:
        del request
        return Response(200, {}, endless.encode())

    person.http.intercept = answer
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_a_status_of_what_is_not_there_settles_nothing(person: Person) -> None:
    """Nobody can know."""
    account = account_of(person)
    act = Act("ad.status", "12345", "", {"ad_account_id": account, "status": "active"}, key=KEY)
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_reddit_s_refusals_are_read(person: Person) -> None:
    """Its words name the field; a limit says how long."""
    account = account_of(person)
    campaign = do(person, "campaign.create", account, "Spring", ad_account_id=account, objective="traffic").id
    with pytest.raises(Refused) as refused:
        do(
            person,
            "ad_group.create",
            campaign,
            "Gardeners",
            ad_account_id=account,
            **{**GROUP, "conversion_pixel_id": "x"},
        )
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "invalid_request")
    assert "conversion_pixel_id" in refused.value.platform_message
    limited = errors.refusal(simulator_ads.refused(429, "slow", ratelimit='"ads";r=0;t=30'), person.world.now)
    assert limited.retry_at == person.world.now + timedelta(seconds=30)


def test_another_s_ad_account_is_closed(person: Person) -> None:
    """Each has their own."""
    other = account_of(Person("somebody", person.http))
    with pytest.raises(Refused) as refused:
        ads.objects(person.call, "campaign", other, "", "")
    assert refused.value.row.code == "permission_denied"


def test_an_answer_without_its_envelope_is_in_doubt(person: Person) -> None:
    """Lists and reports too."""
    account = account_of(person)
    today = person.world.now.date()
    person.http.intercept = lambda request: Response(200, {}, b'{"what": 1}')
    with pytest.raises(AnswerLost):
        ads.objects(person.call, "campaign", account, "", "")
    with pytest.raises(AnswerLost):
        ads.stats(person.call, "account", account, [], today, today)


@pytest.mark.parametrize(
    ("verb", "arguments", "field"),
    [
        ("campaign.create", {"objective": "leads"}, "arguments.objective"),
        ("campaign.create", {"objective": "traffic", "ad_account_id": "act_1"}, "arguments.ad_account_id"),
        ("campaign.create", {"objective": "traffic", "lifetime_budget_micros": 0}, "arguments.lifetime_budget_micros"),
        ("campaign.create", {"objective": "traffic", "funding_instrument_id": 5}, "arguments.funding_instrument_id"),
        ("ad_group.create", {"daily_budget_micros": None}, "arguments.daily_budget_micros"),
        ("ad_group.create", {"lifetime_budget_micros": 5}, "arguments.daily_budget_micros"),
        ("ad_group.create", {"lifetime_budget_micros": 5, "daily_budget_micros": None}, "arguments.ends_at"),
        ("ad_group.create", {"starts_at": "tomorrow"}, "arguments.starts_at"),
        ("ad_group.create", {"placements": ["everywhere"]}, "arguments.placements"),
        ("ad_group.create", {"targeting": {"age_min": 12}}, "arguments.targeting"),
        ("ad_group.create", {"targeting": {"genders": ["cat"]}}, "arguments.targeting"),
        ("ad_group.create", {"targeting": {"mood": "good"}}, "arguments.targeting"),
        ("ad.create", {"creative_id": "x"}, "arguments.creative_id"),
        ("ad.create", {"creative_id": "t3_abc", "link": "ftp://example.com"}, "arguments.link"),
        ("ad.status", {"status": "asleep"}, "arguments.status"),
    ],
)
def test_what_reddit_would_refuse(person: Person, verb: str, arguments: dict[str, Any], field: str) -> None:
    """Said before anything is sent, and which argument it is."""
    before = len(person.http.sent)
    given = {"ad_account_id": "a2_1", **(GROUP if verb == "ad_group.create" else {}), **arguments}
    with pytest.raises(Invalid) as invalid:
        do(person, verb, "12345", "Name", **given)
    assert invalid.value.meta["field"] == field
    assert len(person.http.sent) == before


def test_targeting_in_reddit_s_words() -> None:
    """Countries, ages, one gender or all; what is Reddit's own goes along."""
    targeting = {"countries": ["US"], "age_max": 40, "genders": ["male"], "network": {"communities": ["gardening"]}}
    arguments = {**GROUP, "targeting": targeting, "placements": ["feed"], "starts_at": "2026-12-01T09:00:00+01:00"}
    body = ads_wire.ad_group(Act("ad_group.create", "1", "Name", arguments, key=KEY))
    assert body["targeting"] == {
        "communities": ["gardening"],
        "geolocations": ["US"],
        "gender": "MALE",
        "age": {"max_age": 40},
        "locations": ["FEED"],
    }
    assert (body["start_time"], body["bid_strategy"]) == ("2026-12-01T08:00:00Z", "MAXIMIZE_VOLUME")
    both = {**GROUP, "targeting": {"genders": ["male", "female"]}}
    assert "targeting" not in ads_wire.ad_group(Act("ad_group.create", "1", "Name", both, key=KEY))
