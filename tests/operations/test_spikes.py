"""Spikes: far beyond what the account's other posts had at the same age; told once, and never for a handful of likes."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from datetime import timedelta

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.numbers import Counts, Known
from shared.operations.analytics import spikes
from shared.operations.analytics.spikes import Past, Seen
from shared.ports.store import Query, Unavailable
from tests.operations import flows
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig


def _past(*values: int) -> tuple[Past, ...]:
    return tuple(Past(f"tgt_{number}", value) for number, value in enumerate(values))


def _account(rig: Rig) -> Account:
    return flows.signed_in(rig)


def _seen(rig: Rig, number: int, likes: int, hours: float) -> Seen:
    at = rig.clock.now()
    known = Known("bluesky", "acc_1", at, Counts(likes=likes), at - timedelta(hours=hours))
    return Seen(f"post_{number}", f"tgt_{number}", known)


def _told(rig: Rig, account: Account) -> list[str]:
    found = rig.store.query(Query(f"workspaces/{account.space}/events", limit=100))
    return [doc.data["resource_id"] for doc in found if doc.data["action"] == "engagement.spike"]


@pytest.mark.parametrize(
    ("past", "now", "is_one"),
    [
        (_past(*[30] * 20), 300, True),
        (_past(*[30] * 20), 80, False),  # less than three times the usual
        (_past(*[1] * 20), 15, False),  # a handful
        (_past(*[30] * 9), 3000, False),  # nobody knows yet what is usual
        (_past(*[30] * 17, 9000, 9000, 9000), 400, True),  # earlier spikes are not the usual
        (_past(*[5, 900] * 10), 900, False),  # an account whose posts differ that much
    ],
)
def test_a_spike_is_far_beyond_the_usual_and_its_spread(past: tuple[Past, ...], now: int, is_one: bool) -> None:
    assert (spikes.spike(past, "tgt_x", "6h", now) is not None) is is_one


def test_a_post_that_goes_round_is_told_once_at_whichever_age_it_is_noticed() -> None:
    rig = memory_ports.rig()
    account = _account(rig)
    for number in range(12):
        for hours in (3.1, 6.1):
            assert spikes.look(rig.ports, account, [_seen(rig, number, 30 + number, hours)]) == []
    first = spikes.look(rig.ports, account, [_seen(rig, 99, 400, 3.2)])
    again = spikes.look(rig.ports, account, [_seen(rig, 99, 400, 3.3)])
    later = spikes.look(rig.ports, account, [_seen(rig, 99, 900, 6.2)])
    assert ([one.usual for one in first], again, later) == ([35.5], [], [])
    assert _told(rig, account) == ["post_99"]


def test_a_reading_between_two_ages_says_nothing_and_costs_nothing() -> None:
    rig = memory_ports.rig()
    account = _account(rig)
    rig.faults.calls.clear()
    assert spikes.look(rig.ports, account, [_seen(rig, 1, 30, 2.0), _seen(rig, 2, 30, 0.5)]) == []
    assert rig.faults.calls == []


@pytest.mark.parametrize("call", range(1, 5))
def test_whichever_call_fails_the_spike_is_told_in_the_end_and_once(call: int) -> None:
    rig = memory_ports.rig()
    account = _account(rig)
    for number in range(12):
        spikes.look(rig.ports, account, [_seen(rig, number, 30, 3.1)])
    for when in ("before", "after"):
        rig.faults.hook = faults.once(call, when, lambda: Unavailable("down"))
        with suppress(Unavailable):
            spikes.look(rig.ports, account, [_seen(rig, 99, 400, 3.2)])
        rig.faults.hook = None
    spikes.look(rig.ports, account, [_seen(rig, 99, 400, 3.2)])
    assert _told(rig, account) == ["post_99"]


def test_few_alarms_are_false_and_few_spikes_are_missed() -> None:
    """Accounts of all sizes whose posts scatter as real ones do (log-normal), one post in forty eight times as large."""
    dice = random.Random(7)
    ordinary = false = planted = caught = 0
    for account in range(60):
        past: tuple[Past, ...] = ()
        usual, scatter = dice.uniform(3, 7), dice.uniform(0.3, 0.6)
        for number in range(60):
            is_large = number > 15 and dice.random() < 1 / 40
            value = round(math.exp(dice.gauss(usual, scatter)) * (8 if is_large else 1))
            found = spikes.spike(past, f"tgt_{account}_{number}", "24h", value)
            past = (*past, Past(str(number), value))[-spikes.KEPT :]
            ordinary, planted = ordinary + (not is_large), planted + is_large
            false, caught = false + (found is not None and not is_large), caught + (found is not None and is_large)
    print(f"false alarms {false} of {ordinary} posts, spikes found {caught} of {planted}")
    assert false / ordinary < 0.003, (false, ordinary)
    assert caught / planted > 0.5, (caught, planted)


def test_the_baseline_of_an_account_stays_small() -> None:
    baseline = spikes.Baseline("acc_1")
    for number in range(500):
        for age, _ in spikes.AGES:
            baseline, _found = spikes.judged(baseline, f"tgt_{number:026}", age, number)
    assert {len(rows) for rows in baseline.ages.values()} == {spikes.KEPT}
    assert len(str(codec.encode(baseline))) < 40_000


def test_an_account_that_has_grown_is_compared_with_what_it_has_become() -> None:
    """A post a week: last year's thirty likes are not the usual of this season's three hundred."""
    baseline, week = spikes.Baseline("acc_1"), 7 * 86_400
    found = []
    for number in range(60):
        likes = 30 if number < 25 else 300
        baseline, spike = spikes.judged(baseline, f"tgt_{number}", "24h", likes, number * week)
        found += [number] if spike else []
    assert found[0] == 25
    assert found[-1] <= 25 + spikes.FEWEST
    assert len(baseline.ages["24h"]) == spikes.KEPT


def test_votes_below_none_are_none() -> None:
    rig = memory_ports.rig()
    account = _account(rig)
    assert spikes.look(rig.ports, account, [_seen(rig, 1, -7, 1.1)]) == []
