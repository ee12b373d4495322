"""What an act needs before a run begins: a comment to answer, a conversation, an ad account, on the run's own network.

Made once per network and verb as the contract suite makes it, on a network of its own; every run then gets a copy.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.domain.accounts import Account
from shared.domain.content import Act
from shared.operations.inbox import pushing
from shared.platforms import registry
from shared.platforms.contract_webhooks import Event
from shared.ports.world import Ports
from tests.contract.platforms import harness
from tests.contract.platforms.acting import Acts
from tests.support.memory_ports import Rig
from tests.support.simulated import START

ENGAGING = (
    "comment.reply",
    "message.send",
    "review.reply",
    "comment.create",
)  # which write is tried: the first there is
ADVERTISING = ("campaign.create",)


@dataclass(frozen=True, slots=True)
class Staged:
    """A network on which ``act`` makes sense, ``elapsed`` seconds after the start."""

    act: Act
    values: Mapping[tuple[str, str], dict[str, Any]]
    counters: Mapping[str, int]
    elapsed: float


@cache
def staged(name: str, verb: str) -> Staged:
    """The network with something for this verb to be done to."""
    network = harness.new_network(name)
    act = Acts(network).act(verb)
    elapsed = (network.world.now - START).total_seconds()
    return Staged(act, network.world.values, network.world.counters, elapsed)


def enter(rig: Rig, name: str, verb: str) -> Act:
    """Make the rig's network such a one; answers the act."""
    made, world = staged(name, verb), rig.sandbox.world(name)
    world.values, world.counters = copy.deepcopy(dict(made.values)), dict(made.counters)
    rig.clock.advance(made.elapsed)
    return made.act


def opened(ports: Ports, account: Account, act: Act) -> None:
    """The person has just written, where a network takes messages for a time after that only."""
    action = registry.manifest(account.platform).action(act.verb)
    if action is None or action.window is None:
        return
    said = {"message_id": "they wrote", "conversation_id": act.on, "author_id": act.on, "text": "Hello?", "own": False}
    at = ports.clock.now()
    pushing.pushed(ports, account, Event("message.received", "they wrote", account.platform_account_id, at, said))


def verbs(name: str) -> list[str]:
    """The writes that a network's scenarios try: one that speaks to people, one that advertises, where it has them."""
    known = {action.verb for action in registry.manifest(name).actions}
    tried = [next((verb for verb in group if verb in known), "") for group in (ENGAGING, ADVERTISING)]
    return [verb for verb in tried if verb]
