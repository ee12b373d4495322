"""The real process is killed twenty times while it is used: a sample of ``make torture``."""

from __future__ import annotations

from random import Random

import pytest

from tests.torture import callers, kills
from tests.torture.figures import Options

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("e2e-kill")]


def test_killed_twenty_times_in_use_everything_that_was_asked_for_comes_to_its_end_once() -> None:
    """At boundaries, at any moment, the main process alone: nothing twice, nothing lost, nothing told wrongly."""
    found = kills.torture(Options(quick=True))
    print(found.did, found.ends)
    assert found.kept, found.lies
    assert found.did["kills"] == kills.QUICK
    assert found.did["of them at a boundary"] > 2
    assert found.did["requests asked again"] > 0
    assert found.ends["published"] > kills.QUICK


def test_callers_ask_for_the_same_under_the_same_seed() -> None:
    """Posts that differ from each other, each account within what its network takes in a day."""
    targets = [{"account_id": str(number), "platform": "bluesky"} for number in range(5)]
    once, again = (list(callers.orders(Random(7), "s", targets)) for _ in range(2))
    assert once == again
    assert len({one["text"] for one in once}) == len(once) > 20
    asked = [one["account_id"] for order in once for one in order["targets"]]
    assert max(map(asked.count, asked)) <= callers.PER_ACCOUNT
