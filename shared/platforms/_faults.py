"""Sandbox faults on demand: markers in a post's text that make a simulator fail, as ``docs/sandbox.md`` documents.

A simulator calls :func:`visible` at the point where its network would make the effect visible:

    return faults.visible(world, text=..., key=..., effect=..., limited=..., expired=..., rejected=..., broken=...)

* ``[[sandbox:rate_limited]]``: refused with the network's own 429 once per key, then accepted
* ``[[sandbox:token_expired]]``: refused with its expired-token error once per key, then accepted
* ``[[sandbox:rejected]]``: always refused with one of its definite content errors
* ``[[sandbox:lost_reply]]``: the effect happens, the caller never hears of it (once per key)
* ``[[sandbox:slow]]``: the effect happens, the answer takes 3 seconds
* ``[[sandbox:server_error]]``: a 5xx without effect, once per key

``key`` names the thing being made (a piece's record key, a container): «once» is counted per key, and a second
marker in the same text fires after the first is used up, in the order of :class:`Fault`; ``rejected`` goes before all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum

from shared.platforms.contract import Delayed, Lost, World
from shared.ports.http import Response

SLOW_SECONDS = 3.0
LIMITED_SECONDS = 2  # how long a simulated rate limit lasts
_MARKER = re.compile(r"\[\[sandbox:([a-z_]+)\]\]")

Answer = Callable[[], Response]


class Fault(StrEnum):
    """The markers, in the order in which they fire."""

    REJECTED = "rejected"
    RATE_LIMITED = "rate_limited"
    TOKEN_EXPIRED = "token_expired"
    SERVER_ERROR = "server_error"
    LOST_REPLY = "lost_reply"
    SLOW = "slow"


def markers(text: str) -> frozenset[Fault]:
    """The faults that a text asks for; unknown markers are ignored."""
    known = {fault.value for fault in Fault}
    return frozenset(Fault(name) for name in _MARKER.findall(text) if name in known)


def visible(
    world: World,
    *,
    text: str,
    key: str,
    effect: Answer,
    limited: Answer,
    expired: Answer,
    rejected: Answer,
    broken: Answer,
) -> Response:
    """Make the effect, or fail as the text asks. Raises Lost, Delayed."""
    wanted = markers(text)
    refusals = {
        Fault.RATE_LIMITED: limited,
        Fault.TOKEN_EXPIRED: expired,
        Fault.SERVER_ERROR: broken,
    }
    if Fault.REJECTED in wanted:
        return rejected()
    for fault, answer in refusals.items():
        if fault in wanted and _first(world, fault, key):
            return answer()
    response = effect()
    if Fault.LOST_REPLY in wanted and _first(world, Fault.LOST_REPLY, key):
        raise Lost(key)
    if Fault.SLOW in wanted:
        raise Delayed(response, SLOW_SECONDS)
    return response


def _first(world: World, fault: Fault, key: str) -> bool:
    if world.get("fault", f"{fault}.{key}"):
        return False
    world.put("fault", f"{fault}.{key}", {"used": True})
    return True
