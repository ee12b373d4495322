"""The clock and ids ports on the machine's own time and randomness."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.backends.live.clock import SystemClock
from shared.backends.live.ids import SystemIds, ulid


def test_now_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta()
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


def test_monotonic_never_goes_back() -> None:
    clock = SystemClock()
    seen = [clock.monotonic() for _ in range(1000)]
    assert seen == sorted(seen)


def test_ids_are_prefixed_and_unique() -> None:
    made = {SystemIds().new("post") for _ in range(5000)}
    assert len(made) == 5000
    assert all(re.fullmatch(r"post_[0-7][0-9A-HJKMNP-TV-Z]{25}", one) for one in made)


def test_ids_sort_by_creation() -> None:
    ids = SystemIds()
    earlier = ids.new("acc")
    time.sleep(0.003)
    assert earlier < ids.new("acc")
    assert ulid(1, (1 << 80) - 1) < ulid(2, 0)


@pytest.mark.parametrize(
    ("milliseconds", "bits", "text"),
    [(0, 0, "0" * 26), ((1 << 48) - 1, (1 << 80) - 1, "7" + "Z" * 25), (1469918176385, 0, "01ARYZ6S41" + "0" * 16)],
)
def test_ulids_are_as_the_specification_says(milliseconds: int, bits: int, text: str) -> None:
    """The third is the example of https://github.com/ulid/spec: 1469918176385 is 01ARYZ6S41."""
    assert ulid(milliseconds, bits) == text


def test_tokens_have_their_bits_and_fit_in_a_url() -> None:
    for bits in (1, 128, 178, 256):
        token = SystemIds().token(bits)
        assert re.fullmatch(r"[A-Za-z0-9_-]+", token)
        assert len(token) * 6 >= bits
    assert len({SystemIds().token() for _ in range(1000)}) == 1000


def test_below_covers_its_range_and_no_more() -> None:
    ids = SystemIds()
    assert {ids.below(4) for _ in range(500)} == {0, 1, 2, 3}
    assert ids.below(1) == 0
