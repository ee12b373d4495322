"""Networks that take money for each thing that is read of them: there, schedule reads little, unless it is told otherwise."""

from __future__ import annotations

from shared.domain.numbers import AGES, SPARSE, Ages
from shared.platforms import registry
from shared.ports.world import Ports

OFTEN = "often"


def sparing(ports: Ports, platform: str) -> bool:
    """Whether reading costs money there, and the installation has not said that it may (``{PLATFORM}_READS``)."""
    return registry.manifest(platform).read_price is not None and ports.apps.get(platform, {}).get("reads") != OFTEN


def ages(ports: Ports, platform: str) -> Ages:
    """How often the network's posts are read on schedule, by their age."""
    return SPARSE if sparing(ports, platform) else AGES
