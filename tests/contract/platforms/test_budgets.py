"""What networks take is data, and what their answers say of it is read: both of every network that numbers are read from."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from shared.platforms import _usage, registry
from tests.contract.platforms import harness
from tests.contract.platforms.harness import Network

MEASURED = [name for name in registry.all_names() if registry.measurer(name) is not None]


@pytest.mark.parametrize("name", [name for name in MEASURED if registry.manifest(name).budgets])
def test_a_budget_leaves_most_or_half_of_it_to_publishing_and_people(name: str) -> None:
    manifest = registry.manifest(name)
    for budget in manifest.budgets:
        assert 0 < budget.background <= 0.5
        assert budget.limit * budget.background >= 1
        assert budget.source.url.startswith("https://")
        assert not budget.zone or (ZoneInfo(budget.zone).key and budget.seconds == 86_400)
        assert all(registry.for_host(host, name) == name for host in budget.hosts)
    assert len({budget.name for budget in manifest.budgets}) == len(manifest.budgets)


@pytest.mark.parametrize("name", [name for name in MEASURED if registry.manifest(name).usage])
def test_what_a_networks_answers_say_of_its_budgets_is_read(name: str) -> None:
    network: Network = harness.new_network(name)
    measurer = registry.measurer(name)
    assert measurer is not None
    measurer.account(network.call)
    told = [
        used
        for answer in network.http.answers
        for row in network.manifest.usage
        if (used := _usage.read(row, answer.headers, network.world.now))
    ]
    if not told:
        pytest.skip(f"{name}: its simulator says nothing of budgets while there is plenty")
    assert all(0 <= used.share <= 1 for used in told)
    assert all(used.resets_at > network.world.now for used in told)
