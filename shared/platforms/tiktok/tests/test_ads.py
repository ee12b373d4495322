"""Ads from the ad account to the figures, on the simulated TikTok for Business: what is sent, settled, refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.content import Act, MediaFile
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Ready, Refused, Unsure
from shared.platforms.tiktok import ads, ads_wire, simulator, simulator_ads
from shared.platforms.tiktok.tests.person import Person
from shared.ports.http import AnswerLost, Request, Response
from tests.support import files, simulated

VIDEO = "https://sandbox.rostrum.test/media/video.mp4"
TARGETING = {"countries": ["US", "DE"], "age_min": 25, "age_max": 45, "genders": ["female"]}


class Advertiser(Person):
    """A person who handed over the ads token too."""

    def __init__(self) -> None:
        super().__init__()
        self.world.media[VIDEO] = ("video/mp4", files.mp4())
        tokens = replace(self.connected.tokens, extra=simulator_ads.credentials("rostrum"))
        self.connected = replace(self.connected, tokens=tokens)
        self.account = ads.accounts(self.call, "").items[0].id
        self.acts = 0

    def act(self, verb: str, on: str, text: str = "Spring", media: tuple[MediaFile, ...] = (), **arguments: Any) -> Act:
        self.acts += 1
        given = {"ad_account_id": self.account, **arguments}
        created = int(self.world.now.timestamp() * 1_000_000)
        return Act(
            verb,
            on,
            text,
            given,
            media,
            key=f"{0x9E3779B97F4A7C15F39CC0605CEDC834 * self.acts % (1 << 128):032x}",
            created_at=created,
        )

    def prepared(self, act: Act) -> Mapping[str, Any]:
        state: Mapping[str, Any] = {}
        for _ in range(80):
            step = ads.prepare(self.call, act, state)
            state = step.state
            if isinstance(step, Ready):
                return state
            self.world.pass_time(step.seconds)
        raise AssertionError("never ready")

    def do(self, act: Act) -> Published:
        return ads.commit(self.call, act, self.prepared(act))

    def campaign(self, **more: Any) -> str:
        return self.do(self.act("campaign.create", self.account, objective="traffic", **more)).id

    def ad_group(self, campaign: str, **more: Any) -> str:
        arguments = {"daily_budget_micros": 25_000_000, "targeting": TARGETING, **more}
        return self.do(self.act("ad_group.create", campaign, **arguments)).id

    def video(self) -> str:
        data = files.mp4()
        file = MediaFile(simulated.video(data).facts, VIDEO, lambda start, length: data[start : start + length])
        return self.do(self.act("creative.create", self.account, "The film", (file,))).id

    def body(self, number: int = -1) -> dict[str, Any]:
        sent = self.http.sent[number].body
        assert isinstance(sent, bytes)
        loaded: dict[str, Any] = json.loads(sent)
        return loaded


@pytest.fixture
def person() -> Advertiser:
    return Advertiser()


def test_an_ad_account_has_currency_and_zone(person: Advertiser) -> None:
    """The list of consents has names only."""
    (account,) = ads.accounts(person.call, "").items
    assert (account.currency, account.timezone, account.active) == ("USD", "America/New_York", True)
    assert account.raw["timezone"] == "Etc/GMT+5"


def test_what_was_deleted_at_once_is_not_made_again(person: Advertiser) -> None:
    """A lost answer, and somebody who deletes what they see: it was there."""
    act, at = person.act("campaign.create", person.account, objective="traffic"), person.world.now
    state = person.prepared(act)
    made = ads.commit(person.call, act, state)
    person.do(person.act("campaign.status", made.id, "", status="deleted"))
    found = ads.find(person.call, act, Armed(1, at, state))
    assert isinstance(found, Published)
    assert found.id == made.id


def test_what_was_never_there_is_not_said_to_be_deleted(person: Advertiser) -> None:
    """A mistyped id: the wish is sent, and TikTok's own answer told."""
    act = person.act("campaign.status", "1800000000999999", "", status="deleted")
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Absent)
    with pytest.raises(Refused) as refused:
        person.do(act)
    assert refused.value.fate is Fate.REJECTED


@pytest.mark.parametrize("arguments", [{"daily_budget_micros": 60_000_000, "lifetime_budget_micros": 90_000_000}])
def test_a_budget_is_daily_or_for_the_whole_life(person: Advertiser, arguments: dict[str, Any]) -> None:
    """Not both: which of them counted would be a guess."""
    with pytest.raises(Invalid) as invalid:
        person.campaign(**arguments)
    assert invalid.value.meta["field"] == "arguments.lifetime_budget_micros"


def test_a_cursor_that_is_none_is_refused(person: Advertiser) -> None:
    """By its name, before anything is sent."""
    before = len(person.http.sent)
    for ask in (
        lambda: ads.accounts(person.call, "x"),
        lambda: ads.objects(person.call, "campaign", person.account, "", "-1"),
        lambda: ads.objects(person.call, "creative", person.account, "", "../video:1"),
        lambda: ads.objects(person.call, "creative", person.account, "", "video:x"),
    ):
        with pytest.raises(Invalid) as invalid:
            ask()
        assert invalid.value.meta["field"] == "cursor"
    assert len(person.http.sent) == before


def test_figures_are_read_to_the_last_page(person: Advertiser) -> None:
    """And ids go out as JSON, whatever is in them."""
    day = person.world.now.date()

    def paged(request: Request) -> Response | None:
        if "report/integrated/get" not in request.url:
            return None
        number = int(parse_qs(urlsplit(request.url).query)["page"][0])
        row = {"dimensions": {"ad_id": str(number)}, "metrics": {"impressions": "3"}}
        info = {"page": number, "total_page": 2}
        return Response(200, {}, json.dumps({"code": 0, "data": {"list": [row], "page_info": info}}).encode())

    person.http.intercept = paged
    rows = ads.stats(person.call, "ad", person.account, ['1"', "2"], day, day)
    assert [row.id for row in rows] == ["1", "2"]
    (given,) = json.loads(parse_qs(urlsplit(person.http.sent[-1].url).query)["filtering"][0])
    assert json.loads(given["filter_value"]) == ['1"', "2"]


def test_without_the_second_consent_there_are_no_ads() -> None:
    """It says so, sends nothing, and does not end the account."""
    bare = Person()
    before = len(bare.http.sent)
    with pytest.raises(Refused) as refused:
        ads.accounts(bare.call, "")
    assert (refused.value.row.code, refused.value.fate) == ("ads_not_connected", Fate.REJECTED)
    assert len(bare.http.sent) == before


def test_a_dead_ads_token_does_not_end_the_account(person: Advertiser) -> None:
    """Posting goes on: only the token of the other consent is refused."""
    extra = {**person.connected.tokens.extra, "ads_access_token": "made-up"}
    person.connected = replace(person.connected, tokens=replace(person.connected.tokens, extra=extra))
    with pytest.raises(Refused) as refused:
        ads.accounts(person.call, "")
    assert (refused.value.fate, refused.value.row.reconnect) == (Fate.UNAUTHORISED, False)


def test_from_campaign_to_ad(person: Advertiser) -> None:
    """Everything switched off, under our mark, with names that read as they were given."""
    campaign = person.campaign(daily_budget_micros=60_000_000)
    assert person.body()["operation_status"] == "DISABLE"
    assert re.fullmatch("Spring rst-[0-9a-f]{12}", person.body()["campaign_name"])
    group = person.ad_group(campaign)
    sent = person.body()
    assert sent["location_ids"] == ["6252001", "2921044"]
    assert (sent["age_groups"], sent["gender"]) == (["AGE_25_34", "AGE_35_44", "AGE_45_54"], "GENDER_FEMALE")
    assert (sent["optimization_goal"], sent["billing_event"], sent["budget"]) == ("CLICK", "CPC", 25.0)
    film = person.video()
    ad = person.do(person.act("ad.create", group, creative_id=film, body="Now", link="https://example.com")).id
    creative = person.body()["creatives"][0]
    assert (creative["ad_format"], creative["identity_type"], len(creative["image_ids"])) == (
        "SINGLE_VIDEO",
        "TT_USER",
        1,
    )
    found = [ads.objects(person.call, level, person.account, "", "").items for level in ("campaign", "ad_group", "ad")]
    assert [[(one.id, one.name, one.status) for one in page] for page in found] == [
        [(campaign, "Spring", "paused")],
        [(group, "Spring", "paused")],
        [(ad, "Spring", "paused")],
    ]
    assert (found[0][0].objective, found[0][0].daily_budget_micros) == ("traffic", 60_000_000)
    assert (found[2][0].parent_id, found[2][0].creative_id) == (group, film)


def test_an_image_is_an_ad_of_its_own(person: Advertiser) -> None:
    """No cover is needed; a post of one's own needs no file at all."""
    group = person.ad_group(person.campaign())
    data = files.jpeg()
    file = simulated.media_file(simulated.image(data).facts, data)
    image = person.do(person.act("creative.create", person.account, "The photo", (file,))).id
    person.do(person.act("ad.create", group, creative_id=image, link="https://example.com"))
    assert person.body()["creatives"][0]["ad_format"] == "SINGLE_IMAGE"
    person.do(person.act("ad.create", group, post_id="7654321", identity_id="42", identity_type="AUTH_CODE"))
    spark = person.body()["creatives"][0]
    assert (spark["tiktok_item_id"], spark["identity_type"]) == ("7654321", "AUTH_CODE")


def test_the_library_is_read_page_by_page(person: Advertiser) -> None:
    """Videos first, then images."""
    film = person.video()
    first = ads.objects(person.call, "creative", person.account, "", "")
    assert ([one.id for one in first.items], [one.name for one in first.items]) == ([film], ["The film"])
    last = ads.objects(person.call, "creative", person.account, "", first.next)
    assert (last.items, last.next) == ((), "")


def test_a_list_goes_on(person: Advertiser) -> None:
    """Fifty a page; a campaign's ad groups are its own."""
    campaign = [person.campaign() for _ in range(51)][-1]
    first = ads.objects(person.call, "campaign", person.account, "", "")
    second = ads.objects(person.call, "campaign", person.account, "", first.next)
    assert (len(first.items), len(second.items), second.next) == (50, 1, "")
    group = person.ad_group(campaign)
    below = [
        ads.objects(person.call, "ad_group", person.account, one, "").items for one in (campaign, second.items[0].id)
    ]
    assert [[one.id for one in page] for page in below] == [[group], []]


def test_a_status_is_one_effect(person: Advertiser) -> None:
    """Set, seen, set again; deleted is not in the list, and is found all the same."""
    campaign = person.campaign()
    for status in ("active", "active", "paused", "deleted"):
        act = person.act("campaign.status", campaign, "", status=status)
        armed = Armed(1, person.world.now, {})
        if status == "deleted":
            assert isinstance(ads.find(person.call, act, armed), Absent)
        ads.commit(person.call, act, {})
        assert isinstance(ads.find(person.call, act, armed), Published)
    assert ads.objects(person.call, "campaign", person.account, "", "").items == ()
    with pytest.raises(Refused) as refused:
        person.do(person.act("campaign.status", campaign, "", status="active"))
    assert refused.value.fate is Fate.REJECTED
    with pytest.raises(Invalid):
        ads.prepare(person.call, person.act("campaign.status", campaign, "", status="asleep"), {})


def test_a_lost_creation_is_found_by_its_mark(person: Advertiser) -> None:
    """Not by its name: another one of that name is another one's."""
    person.campaign()
    act = person.act("campaign.create", person.account, objective="traffic")
    at = person.world.now

    def lose(request: Request) -> Response | None:
        simulator.handle(request, person.world)
        raise AnswerLost("the connection was reset")

    person.http.intercept = lose
    with pytest.raises(AnswerLost):
        ads.commit(person.call, act, {})
    person.http.intercept = None
    found = ads.find(person.call, act, Armed(1, at, {}))
    assert isinstance(found, Published)
    assert ads_wire.mark(act) in found.raw["campaign_name"]
    assert isinstance(ads.find(person.call, act, Armed(1, at, {}, lambda one: one == found.id)), Absent)


def test_the_same_request_within_ten_seconds_is_in_doubt(person: Advertiser) -> None:
    """TikTok refuses the second one, which proves that there was a first."""
    act = person.act("campaign.create", person.account, objective="traffic")
    ads.commit(person.call, act, {})
    with pytest.raises(Refused) as refused:
        ads.commit(person.call, act, {})
    assert refused.value.fate is Fate.UNKNOWN


def test_more_than_can_be_read_proves_nothing(person: Advertiser) -> None:
    """A list that does not end is no proof."""
    page = {"list": [], "page_info": {"page": 1, "page_size": 50, "total_number": 99999, "total_page": 9999}}
    answer = Response(200, {}, json.dumps({"code": 0, "message": "OK", "data": page}).encode())
    person.http.intercept = lambda _: answer
    act = person.act("campaign.create", person.account, objective="traffic")
    assert isinstance(ads.find(person.call, act, Armed(1, person.world.now, {})), Unsure)


def test_figures_are_of_the_days_that_were_asked_for(person: Advertiser) -> None:
    """Nothing before it was switched on; the sum over two spans is that over both."""
    group = person.ad_group(person.campaign())
    ad = person.do(person.act("ad.create", group, creative_id=person.video(), link="https://example.com")).id
    today = person.world.now.date()
    assert ads.stats(person.call, "ad", person.account, [ad], today, today) == ()
    person.do(person.act("ad.status", ad, "", status="active"))
    person.world.pass_time(3 * 86_400)
    days = [today + timedelta(days=number) for number in range(4)]
    spans = [
        ads.stats(person.call, "ad", person.account, [ad], a, b)[0] for a, b in ((days[0], days[1]), (days[2], days[3]))
    ]
    (both,) = ads.stats(person.call, "account", person.account, [], days[0], days[3])
    assert sum(one.impressions or 0 for one in spans) == both.impressions
    assert both.spend_micros
    assert both.id == person.account
    assert ads.stats(person.call, "ad", person.account, ["1"], days[0], days[3]) == ()


@pytest.mark.parametrize(
    ("verb", "arguments", "field"),
    [
        ("campaign.create", {"objective": "fame"}, "arguments.objective"),
        ("ad_group.create", {"targeting": TARGETING}, "arguments.daily_budget_micros"),
        ("ad_group.create", {"daily_budget_micros": 25_000_000}, "arguments.targeting"),
        ("ad_group.create", {"lifetime_budget_micros": 25_000_000, "targeting": TARGETING}, "arguments.ends_at"),
        ("ad_group.create", {"daily_budget_micros": 9, "targeting": {"towns": []}}, "arguments.targeting"),
        ("ad_group.create", {"daily_budget_micros": 9, "targeting": {"countries": ["XX"]}}, "arguments.targeting"),
        ("ad_group.create", {"daily_budget_micros": 9, "targeting": TARGETING, "ends_at": "soon"}, "arguments.ends_at"),
        ("creative.create", {}, "media"),
        ("ad.create", {"creative_id": "film"}, "arguments.creative_id"),
        ("ad.create", {"creative_id": "video:none", "link": "https://x.example"}, "arguments.creative_id"),
        ("ad.create", {"creative_id": "image:1"}, "arguments.link"),
    ],
)
def test_what_lacks_is_named(person: Advertiser, verb: str, arguments: dict[str, Any], field: str) -> None:
    """Before anything is made."""
    on = person.campaign()
    with pytest.raises(Invalid) as invalid:
        person.prepared(person.act(verb, on, **arguments))
    assert invalid.value.meta["field"] == field


def test_bids_schedules_and_own_fields_are_handed_on(person: Advertiser) -> None:
    """In TikTok's words and units, UTC; its own targeting goes over ours."""
    begin, end = person.world.now + timedelta(days=1), person.world.now + timedelta(days=8)
    person.ad_group(
        person.campaign(),
        daily_budget_micros=None,
        lifetime_budget_micros=200_000_000,
        starts_at=begin.isoformat(),
        ends_at=end.isoformat(),
        bid_micros=1_500_000,
        optimization_goal="convert",
        pixel_id="9",
        targeting={**TARGETING, "network": {"languages": ["en"], "gender": "GENDER_UNLIMITED"}},
    )
    sent = person.body()
    assert (sent["budget_mode"], sent["schedule_type"]) == ("BUDGET_MODE_TOTAL", "SCHEDULE_START_END")
    assert sent["schedule_start_time"] == begin.strftime("%Y-%m-%d %H:%M:%S")
    assert (sent["bid_type"], sent["conversion_bid_price"], sent["billing_event"]) == ("BID_TYPE_CUSTOM", 1.5, "OCPM")
    assert (sent["languages"], sent["gender"]) == (["en"], "GENDER_UNLIMITED")
