"""docs/cost.md: the arithmetic of the model, the shape of its tables, and that what was counted is what the code does now."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bench.cost import counted, page, prices, scenes
from bench.cost.__main__ import count, differing
from bench.cost.counted import Counted, Group
from bench.cost.machine import EVENTS, SCHEDULED, TASKS
from bench.cost.meter import Invocation
from bench.cost.model import Choice, Model, Size, scaled
from bench.cost.prices import Assumption, Price
from scripts.functions_manifest import rows

WAITS = dict.fromkeys(("store", "queue", "bus", "blobs"), 0.01) | {"network": 0.4}
ROW: dict[str, Any] = {"cpu": 2, "memory": "512Mi", "schedule": "*/5 * * * *", "trigger": "schedule"}


def model(case: tuple[Group, ...], cpu: float = 0.0) -> Model:
    given = {name: Assumption(value, "s", "") for name, value in WAITS.items()}
    given |= {"rounding": Assumption(0.1, "s", ""), "line": Assumption(1.0, "KB", "")}
    given |= {"files kept": Assumption(1, "", ""), "apps": Assumption(2, "", "")}
    return Model(Counted("2026-11-22", {"api": cpu}, {"text": {"one": case}}), given, {"api": ROW}, 3)


@pytest.mark.parametrize(
    ("cpu", "trips", "seconds"),
    [(0.0, {}, 0.0), (0.001, {}, 0.1), (0.1, {}, 0.1), (0.101, {}, 0.2), (0.05, {"network": 1, "store": 5}, 0.5)],
)
def test_a_request_is_billed_for_its_work_and_its_waiting_in_tenths_of_a_second(
    cpu: float, trips: dict[str, int], seconds: float
) -> None:
    made = model((), cpu)
    assert made.seconds(Group("api", 1, {}, trips)) == pytest.approx(seconds)
    bill = made.case((Group("api", 10, {"requests": 10}, trips),))
    assert bill["vcpu seconds"] == pytest.approx(10 * seconds * 2)
    assert bill["gib seconds"] == pytest.approx(10 * seconds * 0.5)


def test_a_part_of_a_run_that_is_counted_elsewhere_takes_no_time_of_its_own() -> None:
    bill = model((), 0.05).case((Group("api: found", 5, {"writes": 5, "tasks": 10}, {"store": 9}),))
    assert (bill["writes"], bill["tasks"], bill["vcpu seconds"]) == (5, 10, 0)


def test_a_file_is_billed_at_the_size_that_is_assumed_as_often_as_it_was_sent() -> None:
    group = Group("api", 1, {"requests": 1, "bytes sent": 2_000_900, "file bytes": 1_000_000}, {})
    bill = model(()).case((group,), file=50.0)
    assert bill["sent gib"] * 2**30 == pytest.approx(2 * 50_000_000 + 900)
    assert bill["file gib"] * 2**30 == pytest.approx(50_000_000)


def test_a_price_is_paid_beyond_what_is_free_and_an_item_without_one_is_an_error() -> None:
    price = Price("reads", 0.03, 100_000, "https://example.com", None, "", free_daily=50_000)
    assert price.of(1_000_000) == pytest.approx(0.30)
    assert price.of(1_000_000, free=True) == 0
    assert price.of(50_000 * prices.DAYS + 100_000, free=True) == pytest.approx(0.03)
    with pytest.raises(KeyError):
        prices.charge({"reads": price}, {"reads": 1, "index entries": 1})


def test_every_price_and_assumption_says_what_it_is_of_and_since_when_or_that_it_is_unverified() -> None:
    for name, one in prices.load().items():
        assert one.price > 0 < one.per, name
        assert one.url.startswith("https://cloud.google.com/"), name
        assert one.confirmed is None or date.fromisoformat(one.confirmed) <= date(2100, 1, 1), name
        assert one.by or one.confirmed is None, name
    assert "**unverified**" in page.blocks()["cost-prices"]
    assert all(one.what for one in prices.assumptions().values())


def test_a_month_is_its_fixed_part_and_grows_with_accounts_and_posts_alone() -> None:
    made = page.model()
    nobody, few, many = (made.month(Size("", number, number)) for number in (0, 10, 1000))
    for item, amount in many.items():
        fixed = nobody.get(item, 0.0)
        assert amount - fixed == pytest.approx(100 * (few[item] - fixed)), item
    apart = replace(made, choice=Choice(per_account=True))
    assert apart.month(Size("", 7, 0))["secret versions"] - nobody["secret versions"] == 7
    assert scaled(many, 0)["reads"] == 0


def test_an_idle_installation_stays_within_the_reads_that_cost_nothing() -> None:
    known, idle = prices.load(), page.model().idle()
    assert set(idle) == {row["name"] for row in rows() if row["trigger"] == "schedule"}
    assert sum(bill["reads"] for bill in idle.values()) < known["reads"].monthly / 1.5


def test_the_machine_knows_every_function_of_the_manifest() -> None:
    by_trigger = {"task": set(TASKS), "schedule": set(SCHEDULED), "event": set(EVENTS), "http": {"api", "ingest"}}
    for trigger, known in by_trigger.items():
        assert known == {row["name"] for row in rows() if row["trigger"] == trigger}


def test_terraform_s_alerts_are_counted() -> None:
    named = re.findall(r"^ +(\w+) += \{", page.ALERTS.read_text().partition("\nresource ")[0], re.MULTILINE)
    assert page.alerts() == len([name for name in named if name != "alerts"]) >= 10


def test_what_is_alike_is_kept_together_and_comes_back_as_it_was(tmp_path: Any) -> None:
    done = [Invocation("api", Counter({"reads": reads, "requests": 1}), Counter({"store": 1})) for reads in (1, 2)]
    cases = {"one": counted.grouped([*done, Invocation("publish", Counter(), Counter())])}
    assert cases["one"][0] == Group("api", 2, {"reads": 3, "requests": 2}, {"store": 1})
    kept = Counted("2026-11-22", {"api": 0.001}, {"text": cases, "more": {"a": (), "b": cases["one"]}})
    counted.save(kept, tmp_path / "counted.json")
    assert counted.load(tmp_path / "counted.json") == kept


def test_what_the_page_says_was_counted_is_what_the_code_does_now() -> None:
    kept = counted.load()
    assert differing(count(scenes.QUICK), kept) == [], "the code does other things now: make cost ARGS=--write"
    dearer = {"idle": {**kept.scenes["idle"], "sweep": (Group("sweep", 1, {"reads": 44, "requests": 1}, {}),)}}
    assert differing(replace(kept, scenes=dearer), kept) == ["idle"], "one read more is seen"
