"""How a post is doing: read from the networks at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.callers import Caller
from shared.domain.errors import Unsupported
from shared.domain.posts import Failure, Live, Target
from shared.operations import networks, sessions
from shared.operations.fan_out import Told, asked_all
from shared.operations.hurrying import hurried
from shared.operations.posts.reading import find
from shared.operations.posts.views import PostView
from shared.operations.publishing import failures
from shared.platforms import registry
from shared.platforms.contract import Metrics, Published
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Measured:
    """One live target's numbers as of ``at``, or why they could not be read."""

    target: Target
    at: datetime
    metrics: Metrics | None = None
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class PostMetrics:
    """A post with the numbers of those of its targets that are live."""

    view: PostView
    measured: tuple[Measured, ...]


def metrics(ports: Ports, caller: Caller, post_id: str) -> PostMetrics:
    """Ask the live targets' networks, all at once. What cannot be read, or not in time, carries its error; the others are
    not held up. Raises Missing, Clash (as ``reading.find``)."""
    found, ports, now = find(ports, caller, post_id), hurried(ports), ports.clock.now()
    live = [(one, one.first) for one in found.targets if one.first is not None and one.unpublished_at is None]
    told = asked_all(live, lambda one: _ask(ports, *one, now))
    return PostMetrics(found, tuple(_measured(one, now) for one in told))


def _measured(told: Told[tuple[Target, Live], Metrics], now: datetime) -> Measured:
    return Measured(told.of[0], now, told.answer, failures.ours(told.error) if told.error else None)


def _ask(ports: Ports, target: Target, live: Live, now: datetime) -> Metrics:
    measurer = registry.measurer(target.platform)
    if measurer is None:
        raise Unsupported(
            "resource.not_supported", f"{networks.title(target.platform)} offers no numbers of posts through its API."
        )
    account = sessions.open_account(ports, target.space, target.account_id)
    published = Published(live.id, live.permalink, live.state, live.raw)
    with networks.asking(target.platform, now):
        return sessions.insisted(ports, account, lambda call: measurer.post(call, published))
