"""Ads: what is sent, what is refused before, what a lost answer becomes, and the end of the person's token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Fate, Published, Ready, Refused, Unsure
from shared.platforms.facebook import ads, ads_wire, oauth, resources, simulator
from shared.platforms.facebook.tests import world as stages
from shared.ports.http import AnswerLost, Request, Response

AD_SET: Mapping[str, Any] = {"daily_budget_micros": 5_000_000, "targeting": {"countries": ["NO"]}}


class Desk:
    """A Page whose person has an ad account."""

    def __init__(self) -> None:
        self.stage = stages.stage()
        self.account = ads.accounts(self.stage.call, "").items[0].id
        self.number = 0

    def act(self, verb: str, on: str, text: str = "", *media: Any, **arguments: Any) -> Act:
        self.number += 1
        given = {"ad_account_id": self.account, **arguments}
        return Act(verb, on, text, given, tuple(media), {}, f"{self.number:032x}", 1)

    def prepared(self, act: Act) -> Mapping[str, Any]:
        state: Mapping[str, Any] = {}
        for _ in range(20):
            step = ads.prepare(self.stage.call, act, state)
            state = step.state
            if isinstance(step, Ready):
                return state
            self.stage.world.pass_time(step.seconds)
        raise AssertionError("never ready")

    def made(self, act: Act) -> str:
        published = ads.commit(self.stage.call, act, self.prepared(act))
        assert isinstance(published, Published)
        return published.id

    def found(self, act: Act, state: Mapping[str, Any]) -> Any:
        return ads.find(self.stage.call, act, Armed(1, self.stage.world.now, state))

    def campaign(self, **arguments: Any) -> Act:
        return self.act("campaign.create", self.account, "Spring", **{"objective": "traffic", **arguments})

    def posted(self, edge: str) -> list[dict[str, str]]:
        """The forms that were sent to an edge."""
        sent = [one for one in self.stage.http.sent if one.method == "POST" and urlsplit(one.url).path.endswith(edge)]
        return [
            {k: v[0] for k, v in parse_qs(one.body.decode()).items()} for one in sent if isinstance(one.body, bytes)
        ]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_creation_is_one_request_paused_under_its_own_label(desk: Desk) -> None:
    """Two of one name are told apart by their labels."""
    first, second = desk.campaign(), desk.campaign()
    states = [desk.prepared(first), desk.prepared(second)]
    assert isinstance(desk.found(first, states[0]), Absent)
    before = len(desk.stage.http.sent)
    made = ads.commit(desk.stage.call, first, states[0])
    assert len(desk.stage.http.sent) == before + 1
    (form,) = desk.posted("/campaigns")
    assert form["status"] == "PAUSED"
    assert json.loads(form["adlabels"]) == [{"id": states[0]["label"]}]
    assert desk.found(first, states[0]).id == made.id  # type: ignore[union-attr]
    assert isinstance(desk.found(second, states[1]), Absent)


def test_preparing_again_makes_nothing_anew(desk: Desk) -> None:
    """What is in the state is done: the label stays the one that find will ask for."""
    act = desk.campaign()
    state = desk.prepared(act)
    desk.stage.http.sent.clear()
    assert ads.prepare(desk.stage.call, act, state) == Ready(state)
    assert desk.stage.http.sent == []


def test_nothing_of_the_body_changes_when_it_is_made_again(desk: Desk) -> None:
    """Byte for byte, also much later."""
    act = desk.campaign(daily_budget_micros=5_000_000, starts_at="2026-12-01T00:00:00Z")
    state = desk.prepared(act)
    ads.commit(desk.stage.call, act, state)
    desk.stage.world.pass_time(5000)
    ads.commit(desk.stage.call, act, state)
    first, second = desk.posted("/campaigns")
    assert first == second


@pytest.mark.parametrize(
    ("currency", "micros", "theirs", "back"),
    [("EUR", 5_000_000, 500, 5_000_000), ("JPY", 5_000_000, 5, 5_000_000), ("HUF", 1_500_000, 1, 1_000_000)],
)
def test_money_is_told_in_the_smallest_unit(currency: str, micros: int, theirs: int, back: int) -> None:
    """Hundredths, or whole ones where the currency has none; what is less is dropped, never rounded up."""
    assert ads_wire.smallest(micros, currency) == theirs
    assert ads_wire.micros(str(theirs), currency) == back


def test_objectives_are_told_in_our_words(desk: Desk) -> None:
    """As they were asked for; video_views is one of engagement's goals."""
    for word in ("traffic", "video_views"):
        desk.made(desk.campaign(objective=word))
    listed = ads.objects(desk.stage.call, "campaign", desk.account, "", "").items
    assert [one.objective for one in listed] == ["engagement", "traffic"]


def test_placements_go_to_instagram_too(desk: Desk) -> None:
    """Facebook and Instagram by default."""
    campaign = desk.made(desk.campaign())
    desk.made(desk.act("ad_group.create", campaign, "Set", **AD_SET))
    desk.made(desk.act("ad_group.create", campaign, "Set", **AD_SET, placements=["instagram"]))
    first, second = (json.loads(form["targeting"]) for form in desk.posted("/adsets"))
    assert first["publisher_platforms"] == ["facebook", "instagram"]
    assert second["publisher_platforms"] == ["instagram"]


def test_a_video_ad_waits_for_its_thumbnail(desk: Desk) -> None:
    """It is looked at until it is processed; a video that cannot be is refused for good."""
    act = desk.act("creative.create", desk.account, "Film", stages.video(), link="https://example.com")
    assert desk.prepared(act)["picture"].startswith("https://")
    broken = b'{"id": "1", "status": {"video_status": "error"}}'
    desk.stage.http.intercept = lambda one: Response(200, {}, broken) if "picture" in one.url else None
    with pytest.raises(Refused) as refused:
        desk.prepared(desk.act("creative.create", desk.account, "Film", stages.video(), link="https://example.com"))
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "media_processing_failed")


def test_a_picture_without_its_hash_is_no_picture(desk: Desk) -> None:
    """Nothing is made of it."""
    desk.stage.http.intercept = lambda one: Response(200, {}, b'{"images": {}}') if "adimages" in one.url else None
    with pytest.raises(AnswerLost):
        desk.prepared(desk.act("creative.create", desk.account, "K", stages.photo(), link="https://example.com"))


@pytest.mark.parametrize(
    ("verb", "arguments", "field"),
    [
        ("campaign.create", {"ad_account_id": "me/accounts?fields=access_token#"}, "arguments.ad_account_id"),
        (
            "campaign.create",
            {"daily_budget_micros": 1, "lifetime_budget_micros": 1},
            "arguments.lifetime_budget_micros",
        ),
        ("campaign.create", {"starts_at": "tomorrow"}, "arguments.starts_at"),
        ("campaign.create", {"ends_at": "2026-12-01T00:00:00"}, "arguments.ends_at"),
        (
            "ad_group.create",
            {"lifetime_budget_micros": 9_000_000, **AD_SET, "daily_budget_micros": 0},
            "arguments.ends_at",
        ),
        ("ad_group.create", {**AD_SET, "targeting": {}}, "arguments.targeting"),
        ("ad_group.create", {**AD_SET, "targeting": {"countries": ["NO"], "age_min": "x"}}, "arguments.targeting"),
        ("ad_group.create", {**AD_SET, "targeting": {"countries": "NO"}}, "arguments.targeting"),
        ("ad_group.create", {**AD_SET, "targeting": {"network": "x"}}, "arguments.targeting"),
        ("ad_group.create", {**AD_SET, "placements": ["myspace"]}, "arguments.placements"),
        ("ad_group.create", {**AD_SET, "promoted_object": "app"}, "arguments.promoted_object"),
        ("creative.create", {}, "arguments.link"),
        ("campaign.status", {"status": "gone"}, "arguments.status"),
        ("campaign.status", {"status": "paused", "on": "1/2"}, "on"),
    ],
)
def test_what_cannot_be_is_named_before_anything_is_armed(
    desk: Desk, verb: str, arguments: dict[str, Any], field: str
) -> None:
    """The field, and what to do."""
    on = arguments.pop("on", None) or (desk.made(desk.campaign()) if verb != "campaign.create" else desk.account)
    given = {"objective": "traffic", **arguments}
    with pytest.raises(Invalid) as invalid:
        desk.prepared(desk.act(verb, on, "" if verb.endswith("status") else "N", **given))
    assert invalid.value.meta["field"] == field
    assert invalid.value.message.startswith(f"{field}: ")


def test_an_app_is_promoted_by_its_own_object(desk: Desk) -> None:
    """Which cannot be guessed: it is asked for before."""
    campaign = desk.made(desk.campaign(objective="app_promotion"))
    with pytest.raises(Invalid) as invalid:
        desk.prepared(desk.act("ad_group.create", campaign, "S", **AD_SET))
    assert invalid.value.meta["field"] == "arguments.promoted_object"
    app = {"application_id": "1", "object_store_url": "https://play.google.com/store/apps/details?id=x"}
    desk.made(desk.act("ad_group.create", campaign, "S", **AD_SET, promoted_object=app))
    assert json.loads(desk.posted("/adsets")[-1]["promoted_object"]) == app


def test_no_id_of_a_caller_reads_anything_else(desk: Desk) -> None:
    """The person's token would answer with the tokens of all of their Pages."""
    desk.stage.http.sent.clear()
    today, evil = date(2026, 11, 22), "me/accounts?fields=id,access_token#"
    for ask in (
        lambda: ads.objects(desk.stage.call, "campaign", evil, "", ""),
        lambda: ads.objects(desk.stage.call, "ad", desk.account, evil, ""),
        lambda: ads.stats(desk.stage.call, "account", evil, [], today, today),
    ):
        with pytest.raises(Invalid):
            ask()
    assert desk.stage.http.sent == []


def test_the_ad_account_goes_without_its_prefix_too(desk: Desk) -> None:
    """As in Ads Manager's addresses."""
    bare = desk.account.removeprefix("act_")
    desk.made(replace(desk.campaign(), arguments={"ad_account_id": bare, "objective": "traffic"}))
    (one,) = ads.objects(desk.stage.call, "campaign", bare, "", "").items
    assert one.account_id == desk.account


def test_the_person_s_token_ends_after_60_days_and_says_so(desk: Desk) -> None:
    """Ads need a new consent; the Page publishes on, and the account is not asked to reconnect."""
    act = desk.campaign()
    state = desk.prepared(act)
    desk.stage.world.pass_time(61 * 86_400)
    for ask in (
        lambda: ads.accounts(desk.stage.call, ""),
        lambda: resources.read(desk.stage.call, "pages", {}, ""),
        lambda: ads.commit(desk.stage.call, act, state),
        lambda: desk.found(act, state),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        row = refused.value.row
        assert (row.fate, row.code, row.reconnect) == (Fate.UNAUTHORISED, "person_auth", False)
        assert refused.value.platform_code == "190/463"
    assert oauth.refresh(desk.stage.call) == desk.stage.account.tokens
    assert desk.stage.published(stages.pieces()["text"]).id


def test_without_a_person_s_token_there_are_no_ads(desk: Desk) -> None:
    """Never with the Page's in its place."""
    bare = replace(desk.stage.account, tokens=replace(desk.stage.account.tokens, extra={}))
    desk.stage.http.sent.clear()
    with pytest.raises(Refused) as refused:
        ads.accounts(replace(desk.stage, account=bare).call, "")
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "person_missing")
    assert desk.stage.http.sent == []


def test_a_status_of_what_is_not_there_is_refused_and_never_taken_for_done(desk: Desk) -> None:
    """100/33 also says «not shown to you»: it does not prove that something was deleted."""
    act = desk.act("campaign.status", "999", status="deleted")
    with pytest.raises(Refused) as refused:
        ads.commit(desk.stage.call, act, {})
    assert (refused.value.fate, refused.value.row.code) == (Fate.REJECTED, "not_found")
    with pytest.raises(Refused):
        desk.found(act, {})


def test_a_status_is_settled_by_reading(desk: Desk) -> None:
    """Deleted things can still be read."""
    campaign = desk.made(desk.campaign())
    act = desk.act("campaign.status", campaign, status="deleted")
    assert isinstance(desk.found(act, {}), Absent)
    ads.commit(desk.stage.call, act, {})
    assert desk.found(act, {}).id == campaign


def test_a_listing_that_is_none_proves_nothing(desk: Desk) -> None:
    """An answer without data is not an empty list."""
    act = desk.campaign()
    state = desk.prepared(act)
    desk.stage.http.intercept = lambda _: Response(200, {}, b"{}")
    assert isinstance(desk.found(act, state), Unsure)


def test_figures_are_read_to_the_last_page(desk: Desk) -> None:
    """More rows than a page has."""
    day = date(2026, 11, 21)

    def paged(request: Request) -> Response | None:
        if "/insights" not in request.url:
            return None
        more = "after=next" not in request.url
        page: dict[str, Any] = {"data": [{"ad_id": "1" if more else "2", "impressions": "3", "spend": "0.5"}]}
        page |= {"paging": {"cursors": {"after": "next"}, "next": "https://graph.facebook.com/"}} if more else {}
        return Response(200, {}, json.dumps(page).encode())

    desk.stage.http.intercept = paged
    rows = ads.stats(desk.stage.call, "ad", desk.account, ["1", "2"], day, day)
    assert [(row.id, row.spend_micros) for row in rows] == [("1", 500_000), ("2", 500_000)]


def test_the_simulator_keeps_no_more_than_it_shows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What falls off the list is forgotten, labels and files too."""
    monkeypatch.setattr("shared.platforms.facebook.simulator_ads.KEPT", 3)
    for number in range(6):
        desk.made(desk.campaign(objective="sales", starts_at=f"2026-12-0{number + 1}T00:00:00Z"))
        desk.stage.world.pass_time(timedelta(minutes=1).total_seconds())
    assert len(ads.objects(desk.stage.call, "campaign", desk.account, "", "").items) == 3
    assert len([key for key in desk.stage.world.values if key[0] == "ad"]) == 6
    assert len([one for one in simulator.done(desk.stage.world, desk.stage.page) if one.verb == "campaign.create"]) == 3
