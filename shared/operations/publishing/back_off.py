"""How long a target waits after a refusal or a fault that will pass."""

from __future__ import annotations

from datetime import timedelta

from shared.domain.posts import Target
from shared.ports.world import Ports

FIRST = 5.0
LONGEST = 900.0


def back_off(ports: Ports, target: Target) -> timedelta:
    """5 s, 10 s, 20 s … at most 15 minutes, each up to a quarter longer so that targets do not move in step."""
    seconds = min(FIRST * 2 ** min(target.refusals, 10), LONGEST)
    return timedelta(seconds=seconds * (1 + ports.ids.below(250) / 1000))
