"""Asking a network how posts do: many in one request where it allows that, one by one where it does not; never for long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from shared.domain.accounts import Account
from shared.domain.posts import Target
from shared.operations import sessions
from shared.operations.syncing.metering import Meter
from shared.platforms import registry
from shared.platforms.contract import BatchMeasurer, Call, Fate, Measurer, Metrics, Published, Refused
from shared.ports.world import Ports

ONE_BY_ONE = 40  # posts in one run, where each is a request of its own
T = TypeVar("T")
Answers = dict[str, Metrics | Refused]  # by the target's id


@dataclass(slots=True)
class Line:
    """A metered line to one account's network. A token that it no longer takes is renewed once."""

    ports: Ports
    account: Account
    meter: Meter
    call: Call
    renewed: bool = False

    def ask(self, question: Callable[[Call], T]) -> T:
        """What the network answers. Raises what adapters raise (Refused, HttpFailure), Reconnect, Limited, Broken."""
        try:
            return question(self.call)
        except Refused as refused:
            if self.renewed or not sessions.worth_renewing(self.ports, self.account, refused):
                raise
        self.renewed = True
        self.account = sessions.refresh(self.ports, self.account)
        self.call = metered(sessions.call(self.ports, self.account), self.meter)
        return question(self.call)


def metered(call: Call, meter: Meter) -> Call:
    """The call, over a metered line."""
    return Call(meter.over(call.http), call.account, call.app, call.now)


def posts(line: Line, targets: Sequence[Target]) -> Iterator[Answers]:
    """What the network says of the targets' first pieces, as it comes. Raises as :meth:`Line.ask`: then what is left was
    not asked."""
    platform = line.account.platform
    batch, single = registry.batch_measurer(platform), registry.measurer(platform)
    if batch is not None:
        for some in _chunks(targets, batch.MOST_POSTS):
            yield _together(line, batch, some)
    elif single is not None:
        for one in targets[:ONE_BY_ONE]:
            yield {one.id: _alone(line, single, one)}


def published(target: Target) -> Published:
    """The first piece of a live target, as adapters know it."""
    live = target.first
    if live is None:
        raise TypeError("a target that is not live")
    return Published(live.id, live.permalink, live.state, live.raw)


def _together(line: Line, batch: BatchMeasurer, targets: Sequence[Target]) -> Answers:
    several = [published(one) for one in targets]
    found = line.ask(lambda call: batch.posts(call, several))
    return {one.id: found[item.id] for one, item in zip(targets, several, strict=True) if item.id in found}


def _alone(line: Line, measurer: Measurer, target: Target) -> Metrics | Refused:
    """One post; a refusal of this post alone is its answer."""
    item = published(target)
    try:
        return line.ask(lambda call: measurer.post(call, item))
    except Refused as refused:
        if refused.fate in (Fate.LIMITED, Fate.UNAUTHORISED):
            raise
        return refused


def _chunks(targets: Sequence[Target], size: int) -> Iterator[Sequence[Target]]:
    return (targets[index : index + size] for index in range(0, len(targets), size))
