"""When a delivery is tried again, and when an endpoint is spared: the schedule as data, and pure functions over it.

The delays are those that the Standard Webhooks specification suggests (https://github.com/standard-webhooks, 1.0.0): an
endpoint that was down for three days still gets every event by itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate

from shared.domain.webhooks import MAX_ATTEMPTS, Attempt, Delivery, Endpoint

# What lies between an attempt and the next one; the first is made at once.
DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
TRIES = len(DELAYS)
SPANS = tuple(accumulate(DELAYS))  # from the first attempt to each
JITTER = 0.1  # of a delay, added to it: by up to so much, each delivery by its own share
MAX_RETRY_AFTER = timedelta(hours=6)  # that an endpoint may ask for with 429 or 503

NARROW_AFTER = 3  # failures, or slow answers, in a row: from then on one delivery at a time
SLOW_MS = 3_000  # an answer that took longer is a slow one
GAP, LONGEST_GAP = timedelta(minutes=1), timedelta(minutes=15)  # between tries of an endpoint that fails: doubling
LEASE = timedelta(seconds=30)  # for one attempt of an endpoint that gets one at a time; longer than any may take
DISABLE_AFTER = timedelta(days=5)  # of nothing but failures, and at least TRIES of them
GONE = 410

REASONS = {
    "gone": "It answered 410 Gone.",
    "failing": f"Every attempt of {DISABLE_AFTER.days} days failed.",
}


def next_attempt(delivery: Delivery, made: Attempt) -> datetime | None:
    """When the delivery is tried again after this failure of its, None when never.

    Not before the endpoint asked to be asked again, within :data:`MAX_RETRY_AFTER`. Attempts that were made before their
    time (others were accepted) shorten neither the schedule nor what is left of it.
    """
    number, ended = made.number - delivery.begun, made.at + timedelta(milliseconds=made.duration_ms)
    began = delivery.attempts[delivery.begun].at if len(delivery.attempts) > delivery.begun else made.at
    over = number >= delivery.tries and ended - began >= SPANS[min(delivery.tries, TRIES) - 1]
    if over or made.number >= MAX_ATTEMPTS or made.status_code == GONE:
        return None
    passed = sum(span <= ended - began for span in SPANS)
    delay = DELAYS[min(number, passed, TRIES - 1)]
    due = ended + delay * (1 + JITTER * _share(f"{delivery.id}|{made.number}"))
    return max(due, ended + asked_to_wait(made))


def asked_to_wait(made: Attempt) -> timedelta:
    """What the endpoint asked for, within bounds."""
    return min(timedelta(seconds=made.retry_after or 0), MAX_RETRY_AFTER)


def steady(endpoint: Endpoint, made: Attempt) -> bool:
    """Whether the attempt says nothing new of the endpoint: all is well, and was. Most attempts are such, and cost nothing."""
    well = endpoint.lane_at is None and not endpoint.failures and not endpoint.slow
    return well and made.succeeded and made.duration_ms <= SLOW_MS


def after(endpoint: Endpoint, made: Attempt, now: datetime) -> Endpoint:
    """The endpoint as this attempt shows it."""
    if made.succeeded:
        return _answered(endpoint, made, now)
    failures, since = endpoint.failures + 1, endpoint.failing_since or made.at
    failing = replace(endpoint, failures=failures, failing_since=since)
    if made.status_code == GONE:
        return disabled(failing, "gone", now)
    if failures >= TRIES and now - since >= DISABLE_AFTER:
        return disabled(failing, "failing", now)
    wait, young = asked_to_wait(made), failures < NARROW_AFTER
    if young and endpoint.lane_at is None and not wait:
        return failing
    return replace(failing, lane_at=now + (wait if young and wait else max(gap(failures), wait)))


def gap(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row."""
    doublings: int = min(max(failures - NARROW_AFTER, 0), 10)
    return min(GAP * (1 << doublings), LONGEST_GAP)


def disabled(endpoint: Endpoint, reason: str, now: datetime) -> Endpoint:
    """Switched off by us; only its owner switches it on again. What waits for it is told as failed soon (``wake_at``)."""
    return replace(endpoint, is_active=False, disabled_reason=reason, disabled_at=now, lane_at=None, wake_at=now)


def enabled(endpoint: Endpoint, now: datetime) -> Endpoint:
    """Switched on again, with a clean slate."""
    cleared = replace(endpoint, failures=0, failing_since=None, slow=0, lane_at=None, wake_at=now)
    return replace(cleared, is_active=True, disabled_reason="", disabled_at=None)


def _answered(endpoint: Endpoint, made: Attempt, now: datetime) -> Endpoint:
    well = replace(endpoint, failures=0, failing_since=None)
    if made.duration_ms <= SLOW_MS:
        return replace(well, slow=0, lane_at=None)
    slow = min(endpoint.slow + 1, NARROW_AFTER)
    narrow = endpoint.lane_at is not None or slow >= NARROW_AFTER
    return replace(well, slow=slow, lane_at=now if narrow else None)


def _share(of: str) -> float:
    return int.from_bytes(hashlib.sha256(of.encode()).digest()[:4], "big") / (1 << 32)
