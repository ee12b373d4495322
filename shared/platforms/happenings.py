"""Somebody else does something with a simulated account, now: what people and tests cause in the sandbox on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared.platforms import _pushes
from shared.platforms.contract import Simulator, What, World


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to happen. ``on``: the network's id of the account's post that is commented on, empty for its newest.

    ``stars``: of a review, 1 to 5. ``deliveries``: how many times the network delivers the webhook of it, if it sends one.
    """

    what: What
    text: str
    on: str = ""
    stars: int = 5
    deliveries: int = 1


@dataclass(frozen=True, slots=True)
class Happened:
    """``id``: of what was made, in the network's words. ``on``: the post it was made on. ``webhooks``: how many deliveries."""

    id: str
    on: str = ""
    webhooks: int = 0


class NotOffered(Exception):
    """Nobody can do that on this network: ``offered`` says what they can."""

    def __init__(self, what: str, offered: Sequence[str]) -> None:
        super().__init__(what)
        self.offered = tuple(offered)


def cause(simulator: Simulator, world: World, platform_account_id: str, event: Happening) -> Happened:
    """Let it happen. Raises NotOffered, LookupError (no such post that others could comment on, no such account)."""
    offered = getattr(simulator, "HAPPENINGS", ())
    if event.what not in offered:
        raise NotOffered(event.what, offered)
    on = _post(simulator, world, platform_account_id, event.on) if event.what == "comment" else ""
    before = _pushes.last(world)
    made = simulator.happen(world, platform_account_id, event.what, event.text, on, event.stars)
    told = _pushes.repeat(world, before, event.deliveries - 1)
    return Happened(made, on, told * event.deliveries)


def _post(simulator: Simulator, world: World, platform_account_id: str, wanted: str) -> str:
    live = simulator.seen(world, platform_account_id)
    if not wanted:
        wanted = next((post.id for post in reversed(live) if not post.reply_to), "")
    if wanted not in {post.id for post in live}:
        raise LookupError(wanted)
    return wanted
