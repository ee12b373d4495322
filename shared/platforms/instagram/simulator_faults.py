"""Where a visible effect of the simulated Instagram happens, and fails as the text asks: ``shared/platforms/_faults.py``."""

from __future__ import annotations

from shared.platforms import _faults as faults
from shared.platforms._graph.simulated import Problem
from shared.platforms.contract import World
from shared.platforms.instagram import simulator_media as files
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_state import Session
from shared.ports.http import Response


def visible(
    world: World, text: str, key: str, who: Session, effect: faults.Answer, rejected: Problem | None = None
) -> Response:
    """Make the effect, or fail as the text asks. Raises Lost, Delayed."""
    soon = {"retry-after": str(faults.LIMITED_SECONDS)}  # the sandbox's own: Graph names minutes at best
    refusal = rejected or files.bad_ratio("sandbox")
    return faults.visible(
        world,
        text=text,
        key=key,
        effect=effect,
        limited=lambda: state.limited(who.account["id"], headers=soon).response(world),
        expired=lambda: state.expired(state.stamp(state.now(world))).response(world),
        rejected=lambda: refusal.response(world),
        broken=lambda: Problem(2, "Service temporarily unavailable", status=500).response(world),
    )
