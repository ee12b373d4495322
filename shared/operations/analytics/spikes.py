"""Engagement spikes: a post that does far better than the account's others did at the same age.

Posts of one account are compared at a few ages (:data:`AGES`), each by the first reading after it. How a post did is the
logarithm of its engagements; the usual is the median of the account's last posts at that age, the spread their median
absolute deviation, so that earlier spikes move neither (Iglewicz and Hoaglin 1993: a modified z-score). What is far out by the
spread, several times the usual, and not a handful of likes, is told once per post: ``engagement.spike``.

``workspaces/{space}/baselines/{account_id}`` holds what this needs: one read and one write in a run that saw a post pass an age.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from statistics import median

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.numbers import Known
from shared.operations import events, telling
from shared.operations.analytics import counting
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

AGES: tuple[tuple[str, timedelta], ...] = (
    ("1h", timedelta(hours=1)),
    ("3h", timedelta(hours=3)),
    ("6h", timedelta(hours=6)),
    ("12h", timedelta(hours=12)),
    ("24h", timedelta(hours=24)),
    ("48h", timedelta(hours=48)),
)
LATE = 1.5  # times the age: a reading after that says nothing of it
KEPT = 40  # posts that the usual is made of
OLD = timedelta(days=120)  # who posts once a week is compared with this season, as far as there are enough posts of it
FEWEST = 10  # posts before which nothing is called unusual
FAR = 4.0  # modified z-score
TIMES = 3.0  # the usual
HANDFUL = 20  # engagements
LEAST_SPREAD = 0.2  # of the logarithms: an account whose posts are all alike is not alarmed by a few likes more
_NORMAL = 1.4826  # makes the median absolute deviation of a normal distribution its standard deviation


@dataclass(frozen=True, slots=True)
class Past:
    """One post at one age. ``at``: when it was read, in seconds since 1970; 0: nobody noted it."""

    target_id: str
    engagements: int
    at: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """``workspaces/{space}/baselines/{account_id}``: by age, how the account's last posts did, the newest last. ``told``: the
    targets of the last spikes, so that each is told once."""

    account_id: str
    ages: Mapping[str, tuple[Past, ...]] = field(default_factory=dict)
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spike:
    """``usual``: the median of the others at the same age. ``score``: the modified z-score."""

    target_id: str
    age: str
    engagements: int
    usual: float
    score: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A fresh reading of one target, with the post that it is of."""

    post_id: str
    target_id: str
    known: Known


def baseline_path(space: str, account_id: str) -> str:
    """``workspaces/{space}/baselines/{account_id}``"""
    return f"workspaces/{space}/baselines/{account_id}"


def look(ports: Ports, account: Account, seen: Sequence[Seen]) -> list[Spike]:
    """Compare fresh readings with the account's past, remember them, and tell of spikes: once per post, however often it is
    looked at. Raises store.Unavailable."""
    passing = [(one, age) for one in seen if (age := age_of(one.known))]
    if not passing:
        return []
    listening, path = telling.wanted(ports, account.space), baseline_path(account.space, account.id)

    def body(txn: Transaction) -> tuple[list[Spike], list[Write]]:
        doc = txn.get(path)
        before = codec.decode(Baseline, doc.data) if doc else Baseline(account.id)
        after, found = _compared(before, passing)
        said = [_said(ports, account, one, spike, listening=listening) for one, spike in found]
        for write in [Write("set", path, codec.encode(after))] if after != before else []:
            txn.write(write)
        for write in said:
            txn.write(write)
        return [spike for _, spike in found], said

    spikes, said = ports.store.transact(body)
    telling.publish(ports, said)
    return spikes


def _compared(baseline: Baseline, passing: Sequence[tuple[Seen, str]]) -> tuple[Baseline, list[tuple[Seen, Spike]]]:
    """Pure: the baseline with these readings, and those of them that are spikes and were not told before."""
    found: list[tuple[Seen, Spike]] = []
    for one, age in passing:
        engaged = max(0, counting.engagements(one.known.counts) or 0)  # a network's votes may come to less than none
        baseline, spike = judged(baseline, one.target_id, age, engaged, int(one.known.at.timestamp()))
        if spike and one.target_id not in baseline.told:
            baseline = replace(baseline, told=(*baseline.told, one.target_id)[-KEPT:])
            found.append((one, spike))
    return baseline, found


def age_of(known: Known) -> str:
    """The age that a reading is of, empty for none of them (or where engagements are not told)."""
    if known.published_at is None or counting.engagements(known.counts) is None:
        return ""
    old = known.at - known.published_at
    return next((name for name, age in reversed(AGES) if age <= old < age * LATE), "")


def judged(
    baseline: Baseline, target_id: str, age: str, engagements: int, at: int = 0
) -> tuple[Baseline, Spike | None]:
    """Pure: the baseline with this post at this age, and whether it is a spike. A second reading of one age changes nothing."""
    past = baseline.ages.get(age, ())
    if any(one.target_id == target_id for one in past):
        return baseline, None
    after = (*past, Past(target_id, engagements, at))[-KEPT:]
    young = [one for one in past if one.at > at - OLD.total_seconds()]
    usual = young if len(young) >= FEWEST else past[-FEWEST:]
    return replace(baseline, ages={**baseline.ages, age: after}), spike(usual, target_id, age, engagements)


def spike(past: Sequence[Past], target_id: str, age: str, engagements: int) -> Spike | None:
    """Pure: whether so many engagements are far beyond what the account's other posts had at that age."""
    if len(past) < FEWEST or engagements < HANDFUL:
        return None
    usual = [math.log1p(one.engagements) for one in past]
    middle = median(usual)
    spread = max(LEAST_SPREAD, _NORMAL * median(abs(value - middle) for value in usual))
    score = (math.log1p(engagements) - middle) / spread
    if score < FAR or math.log1p(engagements) - middle < math.log(TIMES):
        return None
    return Spike(target_id, age, engagements, round(math.expm1(middle), 1), round(score, 1))


def _said(ports: Ports, account: Account, seen: Seen, found: Spike, *, listening: bool) -> Write:
    """The log's entry, which goes out where somebody listens."""
    digest = hashlib.sha256(f"spike|{account.space}|{seen.target_id}".encode()).hexdigest()
    said = events.written(
        ports,
        account.space,
        "post",
        "engagement.spike",
        id=f"evt_{digest[:26]}",
        summary=f"It has {found.engagements} engagements after {found.age}; {found.usual:g} are usual.",
        resource_id=seen.post_id,
        account_id=account.id,
        platform=account.platform,
        metadata={
            "metric": "engagements",
            "value": found.engagements,
            "expected": found.usual,
            "score": found.score,
            "age": found.age,
            "detected_at": seen.known.at.isoformat().replace("+00:00", "Z"),
        },
    )
    return telling.told(ports, said) if listening else said
