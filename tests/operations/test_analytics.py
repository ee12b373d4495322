"""What the numbers say: arithmetic that takes nothing unknown for zero, times that rest on one's own posts, readings kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.domain.errors import Invalid, Limited, Reconnect
from shared.domain.numbers import APART, MAX_READINGS, Counts, Known, PostNumbers
from shared.operations.analytics import counting, distribution, history, measuring, readings, rows, timing
from shared.operations.analytics.history import Outcome
from shared.platforms import registry
from shared.platforms.contract import Metrics
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.store import Unavailable
from tests.api.client import Api, api

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def outcome(day: int, hour: int, likes: int, impressions: int | None = 100) -> Outcome:
    """A post of that week, and how it did."""
    return Outcome(MONDAY + timedelta(days=day, hours=hour), None, Counts(impressions=impressions, likes=likes))


def published(*platforms: str) -> tuple[Api, str]:
    """A post that is live for two hours."""
    call = api()
    post: str = call.post(platforms=platforms or ("bluesky",), publish_now=True)["id"]
    call.settle()
    call.sleep(7200)
    return call, post


# ----------------------------------------------------------------------------------------------------- counting


@pytest.mark.parametrize(
    ("engaged", "impressions", "rate"),
    [(450, 25_000, 1.8), (0, 100, 0.0), (5, 0, 0.0), (None, 100, None), (5, None, None)],
)
def test_a_rate_needs_both_its_numbers(engaged: int | None, impressions: int | None, rate: float | None) -> None:
    assert counting.rate(engaged, impressions) == rate


def test_what_nobody_said_is_not_zero() -> None:
    total = counting.added([Counts(likes=3, clicks=1), Counts(likes=2, reach=9)])
    assert total == Counts(likes=5, clicks=1, reach=9)
    assert counting.engagements(total) == 6
    assert counting.engagements(Counts(impressions=4, saves=2)) is None
    assert counting.added([]) == Counts()


@pytest.mark.parametrize(
    ("platform", "extra", "found"),
    [
        ("twitter", {"link_clicks": 4}, Counts(clicks=4)),
        ("linkedin", {"reach": 7, "clicks": 5}, Counts(reach=7, clicks=5)),
        ("facebook", {"post_clicks": 3, "post_total_media_view_unique": 8}, Counts(clicks=3, reach=8)),
        ("bluesky", {"quotes": 1}, Counts()),
    ],
)
def test_a_networks_own_names_become_ours(platform: str, extra: dict[str, int], found: Counts) -> None:
    assert counting.from_metrics(registry.manifest(platform), Metrics(extra=extra)) == found


# ------------------------------------------------------------------------------------------------------- timing


def test_without_posts_all_is_assumed_and_says_so() -> None:
    advice = timing.advise([], UTC)
    assert advice.posts == 0
    assert all("Assumed" in slot.reason for day in advice.days for slot in day.times)
    assert {day.day for day in advice.days}.isdisjoint({"saturday", "sunday"})
    assert {one.day for one in advice.avoid} == {"saturday", "sunday"}


def test_ones_own_posts_outweigh_the_assumption_in_time() -> None:
    ordinary = [outcome(day, 9, 1) for day in range(5)]
    nights = [outcome(6, 23, 10) for _ in range(6)]
    advice = timing.advise([*ordinary, *nights], UTC)
    best = max((slot for day in advice.days for slot in day.times), key=lambda slot: slot.score)
    assert (advice.days[0].day, best.time, best.score) == ("sunday", "23:00", 100)
    assert "Your 6 posts" in best.reason
    assert best.reason.endswith("better than your others")
    assert best.posts == 6
    assert timing.best_hours([*ordinary, *nights], UTC) != timing.best_hours([], UTC)


def test_hours_are_those_of_the_zone_that_was_asked_for() -> None:
    late = [*(outcome(6, 23, 9) for _ in range(6)), *(outcome(2, 9, 1) for _ in range(12))]
    hours = {zone: timing.advise(late, ZoneInfo(zone)) for zone in ("UTC", "Asia/Tokyo")}
    found = {
        zone: [(day.day, slot.time) for day in advice.days for slot in day.times if "Your 6 posts" in slot.reason]
        for zone, advice in hours.items()
    }
    assert found["UTC"][0] == ("sunday", "23:00")
    assert ("monday", "08:00") in found["Asia/Tokyo"]


@pytest.mark.parametrize("likes", [0, 5])
def test_scores_stay_within_their_bounds(likes: int) -> None:
    advice = timing.advise([outcome(day, hour, likes, None) for day in range(7) for hour in range(24)], UTC)
    scores = [slot.score for day in advice.days for slot in day.times]
    assert max(scores) == 100
    assert min(scores) > 0


# ----------------------------------------------------------------------------------------------------- readings


def test_readings_close_together_replace_each_other_and_are_bounded() -> None:
    numbers, now = PostNumbers("post_1", MONDAY), MONDAY
    for step in range(3 * MAX_READINGS):
        now = MONDAY + timedelta(minutes=4 * step)
        fresh = {"tgt_1": Known("bluesky", "acc_1", now, Counts(likes=step))}
        numbers = rows.with_reading(numbers, fresh, now)
    apart = [b.at - a.at for a, b in zip(numbers.readings, numbers.readings[1:], strict=False)]
    assert len(numbers.readings) <= MAX_READINGS
    assert min(apart[:-1]) >= APART
    assert len(numbers.readings) > MAX_READINGS / 2
    assert numbers.readings[-1].engagements == 3 * MAX_READINGS - 1


def test_what_was_read_is_known_later_without_asking() -> None:
    call, post = published("twitter", "linkedin")
    first = measuring.analyse(call.rig.ports, call.caller, post)
    asked = len(call.rig.sandbox.sent)
    known = readings.of_posts(call.rig.ports, call.caller.space, [post])[post]
    assert counting.added(one.counts for one in known.known.values()) == first.total
    assert [one.kind for one in history.outcomes(call.rig.ports, call.caller, "twitter")] == ["text"]
    assert len(call.rig.sandbox.sent) == asked


def test_whoever_reads_a_posts_metrics_adds_a_reading_in_whichever_dialect() -> None:
    call, post = published("linkedin")
    assert call("GET", f"/v1/posts/{post}/metrics").status == 200
    call.sleep(3600)
    series = call("GET", f"/api/v1/creator/social/posts/{post}/analytics").json["timeseries"]
    assert len(series) == 2
    assert series[0]["impressions"] < series[1]["impressions"]


def test_a_store_that_keeps_nothing_just_now_hurts_nobody() -> None:
    call, post = published("linkedin")
    _failing(call)
    found = measuring.analyse(call.rig.ports, call.caller, post)
    assert found.total.likes is not None
    assert len(found.readings) == 1


def _failing(call: Api) -> None:
    def transact(body: Any) -> Any:
        raise Unavailable("down")

    call.rig.store.transact = transact  # type: ignore[method-assign]


def test_one_network_that_fails_holds_nobody_up_but_none_is_an_answer() -> None:
    call, post = published("twitter", "linkedin")
    call.rig.sandbox.intercept = lambda request: _refused(request, "/2/tweets/")
    half = measuring.analyse(call.rig.ports, call.caller, post)
    assert [bool(row.counts) for row in half.platforms] == [False, True]
    alone = call.post("Only here", ("twitter",), publish_now=True)["id"]
    call.rig.sandbox.intercept = None
    call.settle()
    call.rig.sandbox.intercept = lambda request: _refused(request, "/2/tweets/")
    with pytest.raises(Limited):
        measuring.analyse(call.rig.ports, call.caller, alone)
    assert measuring.measure(call.rig.ports, call.caller, alone).platforms[0].error


def _refused(request: Request, part: str) -> Response | None:
    if part not in request.url:
        return None
    return Response(429, {"content-type": "application/json"}, b'{"title": "Too Many Requests", "status": 429}')


def test_a_dead_token_is_told_as_one() -> None:
    from shared.domain.accounts import account_path
    from shared.ports.store import Write

    call, post = published()
    path = account_path(call.caller.space, call.accounts["bluesky"])
    call.rig.store.commit([Write("update", path, {"status": "reconnect_required"})])
    with pytest.raises(Reconnect):
        measuring.analyse(call.rig.ports, call.caller, post)


# ------------------------------------------------------------------------------------------------- distribution


def test_a_period_counts_what_went_out_in_it() -> None:
    call, post = published("twitter", "linkedin")
    today = call.rig.clock.now().date()
    found = distribution.summarise(call.rig.ports, call.caller)
    assert (found.posts, found.measured, found.complete) == (1, 1, True)
    assert [(one.platform, one.posts) for one in found.platforms] == [("linkedin", 1), ("twitter", 1)]
    assert found.top[0].view.post.id == post
    alone = distribution.summarise(call.rig.ports, call.caller, platform="x")
    assert alone.counts == alone.platforms[0].counts != found.counts
    earlier = distribution.summarise(call.rig.ports, call.caller, today - timedelta(9), today - timedelta(3))
    assert (earlier.posts, earlier.top) == (0, ())


def test_followers_are_gained_only_between_two_readings() -> None:
    call, _ = published("linkedin")
    ports, start = call.rig.ports, call.rig.clock.now().date()
    assert distribution.summarise(ports, call.caller).followers_gained is None
    call.sleep(3 * 86_400)
    found = distribution.summarise(ports, call.caller, start)
    row = readings.of_accounts(ports, call.caller.space, [call.accounts["linkedin"]])[
        call.accounts["linkedin"]
    ].readings
    assert found.followers_gained == row[-1].followers - row[0].followers
    assert (
        distribution.summarise(ports, call.caller, start + timedelta(1), start + timedelta(2)).followers_gained is None
    )


def test_a_request_reads_only_what_nobody_has_read_or_what_the_schedule_missed_twice() -> None:
    call, _ = published("linkedin")

    def asked() -> int:
        before = len(call.rig.sandbox.sent)
        distribution.summarise(call.rig.ports, call.caller)
        return len(call.rig.sandbox.sent) - before

    first, again = asked(), asked()
    call.sleep(3700)
    later = asked()
    call.sleep(7200)
    assert (first > 0, again, later, asked() > 0) == (True, 0, 0, True)


def test_a_post_that_its_network_does_not_know_any_more_is_not_asked_for_with_every_request() -> None:
    call, post = published("bluesky")
    call.sleep(7 * 86_400)
    call.rig.sandbox.intercept = lambda request: (
        Response(200, {}, b'{"posts": []}') if "getPosts" in request.url else None
    )
    asked = []
    for _ in range(3):
        call.rig.sandbox.sent.clear()
        distribution.summarise(call.rig.ports, call.caller)
        asked.append(sum("getPosts" in one.url for one in call.rig.sandbox.sent))
    assert asked == [1, 0, 0], post
    call.sleep(3601)
    call.rig.sandbox.sent.clear()
    distribution.summarise(call.rig.ports, call.caller)
    assert any("getPosts" in one.url for one in call.rig.sandbox.sent)


def hanging(call: Api) -> None:
    """No network answers a question before whoever asks gives up."""

    def answer(request: Request) -> Response | None:
        if request.method != "GET":
            return None
        call.rig.clock.advance(min(30, request.total_timeout or 30))
        raise AnswerLost("nobody answers")

    call.rig.sandbox.intercept = answer


def test_one_request_asks_for_a_bounded_time() -> None:
    call = api()
    for number in range(4):
        call.post(f"Number {number}", platforms=("facebook", "linkedin", "threads"), publish_now=True)
    call.settle()
    hanging(call)
    began = call.rig.clock.monotonic()
    found = distribution.summarise(call.rig.ports, call.caller)
    assert (found.posts, found.measured) == (4, 0)
    assert call.rig.clock.monotonic() - began < 40
    began = call.rig.clock.monotonic()
    rows = measuring.measure(call.rig.ports, call.caller, call.stored("posts")[0].id).platforms
    assert [row.error is not None for row in rows] == [True] * 3
    assert call.rig.clock.monotonic() - began < 30


def test_a_rate_is_of_those_who_tell_how_often_they_were_seen() -> None:
    unseen, seen = Counts(likes=900), Counts(impressions=100, likes=5)
    assert counting.joint_rate([unseen, seen]) == 5.0
    assert counting.joint_rate([unseen]) is None
    assert counting.joint_rate([]) is None


def test_the_first_days_of_the_calendar_are_a_period() -> None:
    call = api()
    found = distribution.summarise(call.rig.ports, call.caller, end=date(1, 1, 1))
    assert (found.start, found.posts) == (date(1, 1, 1), 0)


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2026, 11, 2), date(2026, 11, 1)), (date(2025, 1, 1), date(2026, 11, 1))],
)
def test_a_period_that_is_none_is_refused(start: date, end: date) -> None:
    call = api()
    with pytest.raises(Invalid, match="start_date"):
        distribution.summarise(call.rig.ports, call.caller, start, end)
