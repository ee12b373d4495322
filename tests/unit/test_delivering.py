"""Which process of one machine delivers what: together never more than one process alone would."""

from __future__ import annotations

import pytest

from local import delivering
from shared.operations.publishing.dispatch import queue_of
from shared.platforms import registry
from shared.runtime.settings import MOST_PROCESSES, BadSetting, load

COUNTS = range(1, MOST_PROCESSES + 1)


@pytest.mark.parametrize("count", COUNTS)
def test_a_network_gets_as_much_at_once_from_all_processes_as_from_one(count: int) -> None:
    for name in registry.all_names():
        shares = [delivering.limits(number, count).limits(queue_of(name)) for number in range(count)]
        assert sum(share.concurrent for share in shares) == delivering.AT_ONCE
        assert sum(share.per_second for share in shares) == delivering.PER_SECOND
        assert all(share.concurrent for share in shares)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("queue", [*delivering.SINGLE, "bus:events:notify", "webhooks", "sync"])
def test_what_is_not_publishing_is_the_servers(count: int, queue: str) -> None:
    assert delivering.limits(0, count).limits(queue).concurrent == (1 if queue in delivering.SINGLE else 4)
    assert all(delivering.limits(number, count).limits(queue).concurrent == 0 for number in range(1, count))


@pytest.mark.parametrize("said", ["0", "5", "two", "-1", "1.5"])
def test_more_or_fewer_processes_than_there_can_be_are_refused_by_name(said: str) -> None:
    with pytest.raises(BadSetting, match=r"ROSTRUM_PROCESSES.*1 to 4"):
        load({"ROSTRUM_PROCESSES": said})
