"""A post's numbers, read now and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.callers import Caller
from shared.domain.errors import Limited, Reconnect
from shared.domain.numbers import Counts, Known, Reading
from shared.domain.posts import Failure, Target
from shared.operations.analytics import counting, readings
from shared.operations.posts import measuring
from shared.operations.posts.measuring import Measured, PostMetrics
from shared.operations.posts.views import PostView
from shared.platforms import registry
from shared.platforms.contract import Metrics
from shared.ports.world import Ports

_KINDS = {"account.reconnection_required": Reconnect}


@dataclass(frozen=True, slots=True)
class OnPlatform:
    """One live target: its counts, with the network's own answer, or why they could not be read."""

    target: Target
    at: datetime
    counts: Counts | None
    error: Failure | None
    metrics: Metrics | None = None


@dataclass(frozen=True, slots=True)
class PostAnalytics:
    """A post's numbers. ``readings``: its totals each time that somebody looked, this time included, oldest first."""

    view: PostView
    platforms: tuple[OnPlatform, ...]
    total: Counts
    readings: tuple[Reading, ...]


def analyse(ports: Ports, caller: Caller, post_id: str) -> PostAnalytics:
    """As :func:`measure`; when no network could be read, why not. Raises Missing, Limited,
    Reconnect."""
    found = measure(ports, caller, post_id)
    errors = [row.error for row in found.platforms if row.error]
    if errors and len(errors) == len(found.platforms):
        first = errors[0]
        kind = _KINDS.get(first.code) or (Limited if first.category == "rate_limit" else None)
        if kind:
            raise kind(first.code, first.message)
    return found


def measure(ports: Ports, caller: Caller, post_id: str) -> PostAnalytics:
    """Ask the networks of a post's live targets, keep what they say, and put it together. A network that cannot be read
    has its error in its row. Raises Missing."""
    return noted(ports, caller, measuring.metrics(ports, caller, post_id))


def noted(ports: Ports, caller: Caller, asked: PostMetrics) -> PostAnalytics:
    """Keep what networks have said of a post, and put it together."""
    rows = tuple(_row(one) for one in asked.measured)
    kept = readings.keep_post(ports, caller.space, asked.view.post.id, fresh(rows))
    total = counting.added(row.counts for row in rows if row.counts)
    return PostAnalytics(asked.view, rows, total, kept.readings)


def fresh(rows: Sequence[OnPlatform]) -> dict[str, Known]:
    """What was read, to be kept: by target id."""
    return {row.target.id: readings.known(row.target, row.at, row.counts, row.metrics) for row in rows if row.counts}


def _row(one: Measured) -> OnPlatform:
    manifest = registry.manifest(one.target.platform)
    counts = counting.from_metrics(manifest, one.metrics) if one.metrics else None
    return OnPlatform(one.target, one.at, counts, one.error, one.metrics)
