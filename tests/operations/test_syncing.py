"""Numbers on schedule: read less often as posts grow older, within what networks allow, and at little cost of the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.chores import SHARDS, Chore, chore_path
from shared.domain.numbers import (
    AGES,
    MAX_ACCOUNT_READINGS,
    MAX_READINGS,
    AccountNumbers,
    Counts,
    Known,
    PostNumbers,
    account_numbers_path,
    interval,
    post_numbers_path,
    spacing,
)
from shared.domain.payloads import storable
from shared.operations import accounts, chores, events
from shared.operations.analytics import distribution, readings, rows
from shared.operations.syncing import parts, quotas, running, thrift, watching
from shared.operations.syncing.metering import Meter, Spent
from shared.platforms import _usage, registry
from shared.platforms.manifest import Budget, Source, UsageHeaders
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.store import Write
from tests.api.client import Api, api
from tests.operations import flows
from tests.simulation.fleet import Counting
from tests.support import memory_ports

START = datetime(2026, 11, 16, tzinfo=UTC)
SOURCE = Source("https://example.com/limits", START.date())


@pytest.fixture
def no_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network that has nothing to be polled."""
    monkeypatch.setattr(registry, "inbox", lambda name: None)


class Schedule:
    """One workspace whose schedule runs, from one due moment to the next."""

    def __init__(self, call: Api) -> None:
        self.call, self.rig, self.space = call, call.rig, f"{call.workspace}.test"
        self.runs: list[tuple[datetime, str]] = []

    def chore(self, platform: str) -> Chore | None:
        """The account's chore as it stands."""
        doc = self.rig.store.get(chore_path(self.space, self.call.accounts[platform], "sync"))
        return codec.decode(Chore, doc.data) if doc else None

    def plan(self, platform: str) -> None:
        """Due at once, with nothing remembered."""
        account = accounts.get(self.rig.ports, self.call.caller, self.call.connect(platform))
        self.rig.store.commit([chores.planned(account, "sync", self.rig.clock.now())])

    def run(self) -> None:
        """What is due now, once."""
        running.hand_out(self.rig.ports, {})
        for task in self.rig.queue.take(self.rig.clock.now()):
            if task.function == "sync":
                self.runs.append((self.rig.clock.now(), running.advance(self.rig.ports, dict(task.body))))

    def go_on(self, platform: str, span: timedelta) -> None:
        """Let the schedule do whatever becomes due within a span."""
        until = self.rig.clock.now() + span
        while (chore := self.chore(platform)) and chore.wake_at <= until:
            self.rig.clock.move_to(chore.wake_at)
            self.run()
        self.rig.clock.move_to(until)


def schedule(platform: str = "bluesky", posts: int = 1) -> tuple[Schedule, list[str]]:
    """An account with posts that have just gone out."""
    call = api()
    ids = [call.post(f"Post {number}", (platform,), publish_now=True)["id"] for number in range(posts)]
    call.settle(60)
    made = Schedule(call)
    made.plan(platform)
    return made, ids


def numbers(made: Schedule, post_id: str) -> PostNumbers:
    """What is known of a post."""
    return readings.of_posts(made.rig.ports, made.space, [post_id])[post_id]


# ------------------------------------------------------------------------------------------------- the schedule


@pytest.mark.usefixtures("no_inbox")
def test_a_post_is_read_less_often_as_it_grows_older_and_at_last_never() -> None:
    made, (post,) = schedule()
    made.go_on("bluesky", timedelta(days=120))
    (series,) = numbers(made, post).series.values()
    ages = [at - series.at[0] for at in series.at]
    per_span = [
        sum(1 for age in ages if low <= age < high) for low, high in ((0, 3600), (3600, 86_400), (86_400, 604_800))
    ]
    assert per_span[0] >= 4
    assert 17 <= per_span[1] <= 24
    assert 18 <= per_span[2] <= 25
    assert 45 <= len(ages) <= 90
    assert ages[-1] < timedelta(days=97).total_seconds()
    chore = made.chore("bluesky")
    assert chore is not None
    assert chore.state["posts"] == {}


@pytest.mark.usefixtures("no_inbox")
def test_an_account_without_new_posts_costs_a_run_a_day_of_few_operations() -> None:
    made, _ = schedule(posts=0)
    made.call.connect("bluesky")
    made.plan("bluesky")
    made.run()
    before, calls = len(made.runs), made.rig.faults.calls
    calls.clear()
    made.go_on("bluesky", timedelta(days=10))
    runs = len(made.runs) - before
    stored = [one for one in calls if one.startswith("store.")]
    assert 9 <= runs <= 11
    assert len(stored) / runs <= 17  # of all: four look for what is due, four renew the token, which lives two hours


@pytest.mark.usefixtures("no_inbox")
def test_what_goes_out_between_two_runs_is_read_at_its_own_pace_and_costs_one_request_for_all() -> None:
    made, ids = schedule(posts=0)
    made.call.connect("bluesky")
    made.plan("bluesky")
    made.run()
    ids = [made.call.post(f"Post {number}", publish_now=True)["id"] for number in range(5)]
    made.call.settle(60)
    for message in made.rig.bus.messages:
        events.observe(made.rig.ports, message.data, message.attributes)
    made.rig.sandbox.sent.clear()
    made.go_on("bluesky", timedelta(minutes=14))
    asked = [one.url for one in made.rig.sandbox.sent if "getPosts" in one.url]
    assert len(asked) == 1
    assert all(numbers(made, post).known for post in ids)


@pytest.mark.usefixtures("no_inbox")
def test_what_was_taken_down_is_read_no_more() -> None:
    made, (post,) = schedule()
    made.go_on("bluesky", timedelta(minutes=30))
    assert made.call("POST", f"/v1/posts/{post}/unpublish").status == 200
    known = len(numbers(made, post).readings)
    made.go_on("bluesky", timedelta(days=2))
    chore = made.chore("bluesky")
    assert chore is not None
    assert (chore.state["posts"], len(numbers(made, post).readings)) == ({}, known)


# ------------------------------------------------------------------------------------------------- what it costs


def silent(made: Schedule) -> None:
    """From now on nobody says anything to the account: its network lists what it listed, and nothing else."""
    held: dict[str, Response] = {}

    def same(request: Request) -> Response | None:
        name = request.url.split("?")[0]
        if request.method != "GET" or not any(word in name for word in ("Notifications", "listConvos", "PostThread")):
            return None
        if request.url not in held:
            made.rig.sandbox.intercept = None
            held[request.url] = made.rig.sandbox.send(request)
            made.rig.sandbox.intercept = same
        return held[request.url]

    made.rig.sandbox.intercept = same


@pytest.mark.parametrize("posts", [0, 5])
def test_an_account_to_which_nobody_speaks_is_polled_less_and_less_and_costs_few_reads(posts: int) -> None:
    made, _ = schedule(posts=posts)
    made.call.connect("bluesky")
    made.plan("bluesky")
    made.run()
    silent(made)
    made.go_on("bluesky", timedelta(days=8))
    counted, days, before = Counting(made.rig.ports.store), 5, len(made.runs)
    made.rig = replace(made.rig, ports=replace(made.rig.ports, store=counted))
    made.go_on("bluesky", timedelta(days=days))
    runs = len(made.runs) - before
    mine = counted.read - runs * (SHARDS - 1)  # the other shards' looks are the schedule's, whoever is connected
    assert mine / days < 60 + 6 * posts, mine / days  # a reading of a post is two of them
    assert runs / days <= 5 + posts
    made.go_on("bluesky", timedelta(days=20))
    before = len(made.runs)
    made.go_on("bluesky", timedelta(days=6))
    assert (len(made.runs) - before) / 6 <= 2 + posts


def test_somebody_who_reads_the_inbox_has_it_polled_soon_again() -> None:
    made, _ = schedule(posts=0)
    made.call.connect("bluesky")
    made.plan("bluesky")
    made.run()
    silent(made)
    made.go_on("bluesky", timedelta(days=20))
    made.rig.sandbox.sent.clear()
    assert made.call("GET", "/v1/inbox").status == 200
    made.rig.sandbox.sent.clear()
    made.go_on("bluesky", timedelta(minutes=55))
    asked = [one for one in made.rig.sandbox.sent if "listNotifications" in one.url]
    assert 4 <= len(asked) <= 6
    made.call("GET", "/v1/inbox")
    before = made.chore("bluesky")
    made.rig.clock.advance(60)
    made.call("GET", "/v1/inbox")
    assert made.chore("bluesky") == before  # not with each request


def test_accounts_of_one_moment_are_not_polled_in_one_moment_for_ever() -> None:
    memory = watching.Memory(polled=int(START.timestamp()), inbox={"began": (START - timedelta(days=4)).isoformat()})
    due = sorted(watching.poll_due(f"acc_{number}", memory, START) for number in range(100))
    minutes = {int((one - due[0]).total_seconds() // 60) for one in due}
    assert len(minutes) > 25  # of 36, after one round


@pytest.mark.parametrize(("apps", "least", "most"), [({}, 3, 3), ({"twitter": {"reads": "often"}}, 25, 60)])
def test_a_network_that_takes_money_for_reading_is_read_three_times_a_post_unless_it_may_be_more(
    apps: dict[str, dict[str, str]], least: int, most: int
) -> None:
    call = api(memory_ports.rig(apps=apps))
    post = call.post("A post", ("twitter",), publish_now=True)["id"]
    call.settle(60)
    made = Schedule(call)
    made.plan("twitter")
    made.rig.sandbox.sent.clear()
    days = 4 if apps else 60
    made.go_on("twitter", timedelta(days=days))
    (series,) = numbers(made, post).series.values()
    read = [one for one in made.rig.sandbox.sent if "/2/tweets?ids=" in one.url]
    assert least <= len(read) <= most
    if not apps:
        hours = [(at - made.rig.clock.now().timestamp() + days * 86_400) / 3600 for at in series.at]
        assert [low <= hour <= high for hour, (low, high) in zip(hours, ((1, 1.4), (24, 36), (168, 240)), strict=True)]
        others = [one for one in made.rig.sandbox.sent if one.method == "GET" and "/2/tweets?ids=" not in one.url]
        assert len(others) <= 10  # the account each week; nothing is polled
        made.rig.sandbox.sent.clear()
        made.rig.clock.advance(10 * 86_400)
        today = made.rig.clock.now().date()
        assert distribution.summarise(made.rig.ports, call.caller, today - timedelta(days=90), today).measured == 1
        assert [
            one.url for one in made.rig.sandbox.sent if "/2/tweets" in one.url
        ] == []  # a summary costs nothing more


# ------------------------------------------------------------------------------------------------- trouble


def test_a_network_that_limits_us_is_left_alone_until_it_says() -> None:
    made, _ = schedule()
    reset = int((made.rig.clock.now() + timedelta(hours=3)).timestamp())
    headers = {"ratelimit-limit": "3000", "ratelimit-remaining": "0", "ratelimit-reset": str(reset)}
    made.rig.sandbox.intercept = lambda request: Response(
        429, headers, b'{"error": "RateLimitExceeded", "message": ""}'
    )
    made.go_on("bluesky", timedelta(hours=1))
    made.rig.sandbox.sent.clear()
    chores.hurry(made.rig.ports, made.space, made.call.accounts["bluesky"], "sync")  # as when a post goes out
    made.go_on("bluesky", timedelta(hours=1, minutes=59))
    assert [outcome for _, outcome in made.runs] == ["waits", "waits"]
    assert made.rig.sandbox.sent == []
    made.rig.sandbox.intercept = None
    made.go_on("bluesky", timedelta(hours=2))
    assert made.runs[2][1] == "done"


def test_a_network_that_does_not_answer_is_asked_less_and_less_and_everything_comes_later() -> None:
    made, (post,) = schedule()

    def broken(request: Request) -> Response:
        raise AnswerLost("nothing came")

    made.rig.sandbox.intercept = broken
    made.go_on("bluesky", timedelta(days=1))
    assert {outcome for _, outcome in made.runs} == {"failed"}
    assert len(made.runs) < 20
    made.rig.sandbox.intercept = None
    made.go_on("bluesky", timedelta(days=1))
    assert numbers(made, post).known


def test_a_permission_that_is_missing_is_asked_for_at_the_posts_pace_while_all_else_is_fine() -> None:
    made, _ = schedule()
    refused = b'{"error": "InvalidToken", "message": "Bad token scope"}'
    made.rig.sandbox.intercept = lambda request: Response(400, {}, refused) if "getPosts" in request.url else None
    made.go_on("bluesky", timedelta(hours=2))
    made.rig.sandbox.sent.clear()
    made.go_on("bluesky", timedelta(days=1))
    asked = [one.url for one in made.rig.sandbox.sent if "getPosts" in one.url]
    assert 10 <= len(asked) <= 60  # an hourly reading, with at most one renewal each


def test_an_account_whose_owner_has_to_connect_it_again_is_not_asked_for() -> None:
    made, _ = schedule()
    path = f"workspaces/{made.space}/accounts/{made.call.accounts['bluesky']}"
    made.rig.store.commit([Write("update", path, {"status": "reconnect_required"})])
    made.rig.sandbox.sent.clear()
    made.go_on("bluesky", timedelta(days=7))
    assert [outcome for _, outcome in made.runs] == ["waits for its owner"]
    assert made.rig.sandbox.sent == []


def test_an_account_that_is_gone_has_no_chore_any_more() -> None:
    made, _ = schedule()
    account = accounts.get(made.rig.ports, made.call.caller, made.call.accounts["bluesky"])
    accounts.disconnect(made.rig.ports, made.call.caller, account.id)
    made.rig.store.commit([chores.planned(account, "sync", made.rig.clock.now())])
    made.run()
    assert made.runs[-1][1] == "never again"
    assert made.chore("bluesky") is None


def test_one_part_that_breaks_keeps_no_other_from_its_work() -> None:
    made, (post,) = schedule()
    broken = b'{"error": "InternalServerError", "message": ""}'
    made.rig.sandbox.intercept = lambda request: Response(500, {}, broken) if "getPosts" in request.url else None
    made.go_on("bluesky", timedelta(minutes=20))
    found = made.rig.store.get(account_numbers_path(made.space, made.call.accounts["bluesky"]))
    assert found is not None
    assert made.rig.store.get(post_numbers_path(made.space, post)) is None


def test_what_a_network_does_not_push_is_fetched_in_the_same_run_and_its_trouble_is_its_own() -> None:
    made, (post,) = schedule()
    made.go_on("bluesky", timedelta(hours=3))
    items = made.call.stored("inbox")
    assert {item.data["kind"] for item in items} >= {"comment"}
    made.rig.sandbox.intercept = lambda request: (
        Response(500, {}, b"{}") if "getPostThread" in request.url or "listNotifications" in request.url else None
    )
    before = len(numbers(made, post).readings)
    made.go_on("bluesky", timedelta(hours=3))
    assert len(numbers(made, post).readings) > before


# ------------------------------------------------------------------------------------------------- budgets


def test_a_budget_that_is_spent_stops_the_inbox_and_nothing_counts_as_read() -> None:
    """Since when what is said is news is remembered all the same: what is said until the next look is told."""
    made, _ = schedule()
    account = accounts.get(made.rig.ports, made.call.caller, made.call.accounts["bluesky"])
    run = running._opened(made.rig.ports, account, watching.Memory())
    run.line.meter.until = made.rig.clock.now() + timedelta(hours=1)
    made.rig.sandbox.sent.clear()
    with pytest.raises(Spent):
        parts.inbox(run)
    assert made.rig.sandbox.sent == []
    assert (run.memory.inbox["began"], run.memory.inbox["posts"]) == (account.created_at.isoformat(), {})


class CountingStore:
    """A store that counts its transactions."""

    def __init__(self, inner: Any) -> None:
        self.transactions, self._inner = 0, inner

    def transact(self, body: Any) -> Any:
        """As the store does."""
        self.transactions += 1
        return self._inner.transact(body)


def _meter(budget: Budget, monkeypatch: pytest.MonkeyPatch, now: datetime = START) -> Callable[[], Meter]:
    rig = memory_ports.rig(now=now)
    account = flows.signed_in(rig)
    changed = replace(registry.manifest("bluesky"), budgets=(budget,), usage=())
    monkeypatch.setattr(registry, "manifest", lambda _: changed)
    return lambda: Meter(rig.ports, account, quotas.key(account, "app"), {})


def test_background_work_stops_at_its_share_of_an_accounts_budget_and_goes_on_with_the_next_window(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    meter = _meter(Budget("calls", "account", 20, 3600, SOURCE, background=0.5), monkeypatch)()
    for _ in range(10):
        meter.take("bsky.social")
    with pytest.raises(Spent) as spent:
        meter.take("bsky.social")
    assert spent.value.until == START + timedelta(hours=1)
    later = Meter(meter.ports, meter.account, meter.key, meter.spendings)
    meter.ports.clock.sleep(3600)
    later.take("bsky.social")
    assert later.spendings["calls"][1] == 1


def test_an_apps_budget_is_one_for_all_processes_and_few_calls_cost_a_write(monkeypatch: pytest.MonkeyPatch) -> None:
    made = _meter(
        Budget("units", "app", 10_000, 86_400, SOURCE, zone="America/Los_Angeles"),
        monkeypatch,
        START + timedelta(hours=7),
    )
    counted, store = 0, CountingStore(made().ports.store)
    counting: Any = store
    for _ in range(3):  # each a process of its own
        meter = made()
        meter.ports = replace(meter.ports, store=counting, memory={})
        with pytest.raises(Spent) as spent:  # noqa: PT012 - how many went before is the point
            while True:
                meter.take("bsky.social")
                counted += 1
        assert spent.value.until == datetime(2026, 11, 16, 8, tzinfo=UTC)  # midnight on the Pacific coast
    assert counted == 5_000
    assert store.transactions < 100


def test_what_a_network_granted_the_installations_app_counts_in_place_of_its_documents() -> None:
    rig = memory_ports.rig(apps={"youtube": {"client_id": "ours", "budgets": "units=1000000"}})
    account = replace(flows.signed_in(rig), platform="youtube", sandbox=False)
    (units,) = thrift.budgets(rig.ports, account, quotas.key(account, "ours"))
    assert (units.name, units.limit, units.zone) == ("units", 1_000_000, "America/Los_Angeles")
    (theirs,) = thrift.budgets(rig.ports, account, quotas.key(account, "the workspace's own"))
    assert theirs.limit == 10_000


def test_a_days_share_is_given_out_as_the_day_goes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    budget, counts = Budget("calls", "account", 240, 86_400, SOURCE, zone="UTC"), []
    meter = _meter(budget, monkeypatch)()
    for _ in range(4):
        later, counted = Meter(meter.ports, meter.account, meter.key, meter.spendings), 0
        with pytest.raises(Spent):  # noqa: PT012 - how many went before is the point
            while True:
                later.take("bsky.social")
                counted += 1
        counts.append(counted)
        meter.ports.clock.sleep(6 * 3600)
    assert counts == [30, 30, 30, 30]


@pytest.mark.parametrize(
    ("row", "headers", "share", "minutes"),
    [
        (
            UsageHeaders("account", SOURCE, limit="l", remaining="r", reset="t"),
            {"l": "900", "r": "225", "t": str(int((START + timedelta(minutes=9)).timestamp()))},
            0.75,
            9,
        ),
        (
            UsageHeaders("app", SOURCE, limit="l", remaining="r", reset="t", reset_as="seconds"),
            {"l": "100, 100;w=60", "r": "60.0", "t": "300"},
            0.4,
            5,
        ),
        (
            UsageHeaders("app", SOURCE, percent="x-app-usage"),
            {"x-app-usage": '{"call_count": 28, "total_time": 80}'},
            0.8,
            15,
        ),
        (
            UsageHeaders("account", SOURCE, percent="b"),
            {"b": '{"1": [{"call_count": 100, "estimated_time_to_regain_access": 19}]}'},
            1.0,
            19,
        ),
    ],
)
def test_networks_headers_say_what_is_used_and_until_when(
    row: UsageHeaders, headers: dict[str, str], share: float, minutes: int
) -> None:
    used = _usage.read(row, headers, START)
    assert used is not None
    assert (round(used.share, 6), used.resets_at) == (share, START + timedelta(minutes=minutes))


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"call_count": null}', '{"call_count": "NaN"}', "0"])
def test_headers_that_say_nothing_are_heeded_by_nobody(text: str) -> None:
    assert _usage.read(UsageHeaders("app", SOURCE, percent="x-app-usage"), {"x-app-usage": text}, START) is None
    assert (
        _usage.read(UsageHeaders("app", SOURCE, limit="l", remaining="r", reset="t"), {"l": text, "r": text}, START)
        is None
    )


# ------------------------------------------------------------------------------------------------- the rows


def test_a_posts_row_stays_small_however_often_somebody_looks() -> None:
    made, now = PostNumbers("post_1", START), START
    for step in range(4_000):
        now = START + timedelta(minutes=3 * step)
        known = Known("bluesky", "acc_1", now, Counts(likes=step, comments=2), START, {"likeCount": step})
        made = rows.with_reading(made, {"tgt_1": known}, now)
    series = made.series["tgt_1"]
    assert len(series.at) <= 120
    assert set(series.columns) == {"likes", "comments"}
    assert series.columns["likes"][-1] == 3_999
    assert made.known["tgt_1"].raw == {"likeCount": 3_999}
    assert [row["likes"] for _, row in series.rows()] == list(series.columns["likes"])
    assert codec.decode(PostNumbers, codec.encode(made)) == made


def test_the_numbers_of_a_post_on_fifty_accounts_are_a_document_that_a_store_takes() -> None:
    """Every column told, in large numbers, read as often as rows keep; the network's own answer as long as it is kept."""
    now, made, raw = START, PostNumbers("post_1", START), storable({"x": "y" * 3_980}, readings.MAX_RAW)
    while now - START < timedelta(days=400) or len(made.readings) < MAX_READINGS:
        counts = Counts(*range(10**11, 10**11 + 7))
        known = {
            f"tgt_01KB2R1S2T3V4W5X6Y7Z8A9B{number:02}": Known("bluesky", "acc_1", now, counts, START, raw)
            for number in range(50)
        }
        made = rows.with_reading(made, known, now)
        now += spacing(now - START)
    rig = memory_ports.rig()
    rig.store.commit([Write("set", post_numbers_path("ws.test", "post_1"), codec.encode(made))])  # refuses a MiB
    assert len(made.readings) == MAX_READINGS
    row = next(iter(made.series.values()))
    assert (len(row.at), set(row.columns)) == (MAX_READINGS, {one.name for one in fields(Counts)})


def test_a_post_that_cannot_be_read_keeps_no_other_from_its_numbers() -> None:
    made, (broken, fine) = schedule(posts=2)
    (bad,) = [one for one in made.call.stored("targets") if one.data["post_id"] == broken]
    made.rig.store.commit([Write("update", bad.path, {"state": "no state"})])
    made.go_on("bluesky", timedelta(hours=2))
    assert numbers(made, fine).known


def test_an_accounts_row_reaches_back_a_year_and_forgets_what_is_no_longer_counted() -> None:
    made = AccountNumbers("acc_1", START)
    for step in range(2 * 550):
        now = START + timedelta(hours=12 * step)
        counts: dict[str, int | float] = {"followers": step, "posts": 7, **({"old": 1} if step < 20 else {})}
        made = rows.with_account(made, counts, {}, now)
    assert len(made.readings) <= MAX_ACCOUNT_READINGS
    assert made.readings[-1].at - made.readings[0].at >= timedelta(days=365)
    assert set(made.series.columns) == {"posts"}
    assert codec.decode(AccountNumbers, codec.encode(made)) == made


def test_numbers_of_an_older_version_are_read_and_go_on() -> None:
    old = {"platform": "bluesky", "account_id": "acc_1", "at": START, "counts": {"likes": 3}}
    before = codec.decode(
        PostNumbers,
        {
            "post_id": "post_1",
            "updated_at": START,
            "known": {"tgt_1": old},
            "readings": [{"at": START, "impressions": None, "engagements": 3}],
        },
    )
    now = START + timedelta(hours=1)
    after = rows.with_reading(before, {"tgt_1": Known("bluesky", "acc_1", now, Counts(likes=5))}, now)
    assert [one.engagements for one in after.readings] == [3, 5]
    assert codec.decode(AccountNumbers, {"account_id": "acc_1", "updated_at": START}).series.at == ()


def test_the_ages_are_in_order_and_thin_out() -> None:
    steps = [every for _, every in AGES]
    assert steps == sorted(steps)
    assert [until for until, _ in AGES] == sorted(until for until, _ in AGES)
    assert interval(AGES[-1][0]) is None
    memory = watching.Memory.of({})
    assert watching.account_due("acc_1", memory, START) <= START
