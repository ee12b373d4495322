"""A small fleet, as ``python -m tests.simulation.fleet`` runs a large one."""

from __future__ import annotations

from datetime import timedelta

from shared.domain.chores import SHARDS
from shared.operations.syncing import thrift
from tests.simulation import fleet


def test_accounts_of_one_minute_are_renewed_over_weeks_each_within_its_window() -> None:
    """Nobody is late, nothing comes all at once, and it costs a handful of documents a renewal."""
    size = 120
    world = fleet.connected(size)
    found = world.look_after("refresh", 100)
    assert set(found.outcomes) == {"kept"}
    assert world.statuses() == {"active": size}
    assert found.late <= timedelta(minutes=10)
    assert size / 2 <= found.calls <= found.done <= 3 * size
    assert found.busiest <= 3
    assert found.hour <= 6
    assert found.read <= 8 * found.done + SHARDS * found.runs
    assert found.written <= 4 * found.done


def test_accounts_of_one_minute_are_fetched_one_after_the_other() -> None:
    size = 80
    world = fleet.connected(size)
    live = world.post([one for one in world.accounts if one.platform in fleet.TEXT][:10])
    found = world.look_after("sync", 0.05)
    assert found.done >= size
    assert found.late <= timedelta(minutes=2)
    free = [one for one in live if not thrift.sparing(world.ports, one.platform)]
    assert world.readings(free) >= 4
    assert 0 < world.readings([one for one in live if one not in free]) <= 1
    assert found.busiest <= found.calls / 3
    assert found.written <= 6 * found.done
