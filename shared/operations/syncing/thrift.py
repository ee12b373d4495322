"""How much schedule may ask of a network: little where each reading costs money, and what its documents name as budgets, unless the
installation says that it may be more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared.domain.accounts import Account
from shared.domain.numbers import AGES, SPARSE, Ages
from shared.operations import networks
from shared.operations.syncing import quotas
from shared.platforms import registry
from shared.platforms.manifest import Budget
from shared.ports.world import Ports

OFTEN = "often"


def sparing(ports: Ports, platform: str) -> bool:
    """Whether reading costs money there, and the installation has not said that it may (``{PLATFORM}_READS``)."""
    return registry.manifest(platform).read_price is not None and ports.apps.get(platform, {}).get("reads") != OFTEN


def ages(ports: Ports, platform: str) -> Ages:
    """How often the network's posts are read on schedule, by their age."""
    return SPARSE if sparing(ports, platform) else AGES


def budgets(ports: Ports, account: Account, key: str) -> Sequence[Budget]:
    """The budgets that the account's calls count for (``key``: whose). What the network granted the installation's app
    (``{PLATFORM}_BUDGETS``) stands in place of what is documented; a workspace's own app has the documented ones."""
    listed, given = registry.manifest(account.platform).budgets, ports.apps.get(account.platform, {})
    if not given.get("budgets") or key != quotas.key(account, given.get("client_id", "")):
        return listed
    granted = networks.granted(given["budgets"])
    return [replace(one, limit=granted.get(one.name, one.limit)) for one in listed]
