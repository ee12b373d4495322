"""``dead-letters``: what was given up, of networks' deliveries and of those to callers' endpoints; and once more."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict

from scripts.operate.output import Output, instant
from shared.operations.ingesting import sweeping
from shared.operations.operating import letters
from shared.platforms import registry
from shared.ports.world import Ports


def run(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """List or replay them. Raises registry.UnknownPlatform. 2: what was said does not go together."""
    if problem := _at_odds(given):
        out.problem(problem)
        return 2
    platform = registry.resolve(given.platform) if given.platform else ""
    if given.outbound:
        return _recover(ports, given, out) if given.replay else _show_outbound(ports, given, out)
    if given.replay:
        count = sweeping.replay(ports, given.ids, platform)
        out.row(f"{count} handed out again", {"replayed": count})
        return 0
    return _show_inbound(ports, given, out, platform)


def _at_odds(given: argparse.Namespace) -> str:
    """What would otherwise be passed over, and more would be done than was asked for."""
    if given.outbound and (given.ids or given.platform):
        return "--outbound: deliveries to callers' endpoints go by --workspace; ids and --platform name networks' deliveries."
    if given.workspace and not given.outbound:
        return "--workspace: a network's delivery is not of one workspace; it goes with --outbound."
    return ""


def _show_inbound(ports: Ports, given: argparse.Namespace, out: Output, platform: str) -> int:
    count = 0
    for doc in sweeping.dead(ports, given.ids, platform):
        known = {name: doc.data[name] for name in ("platform", "received_at", "reason")}
        out.row(
            f"{doc.id}  {known['platform']}  {instant(known['received_at'])}  {known['reason']}",
            {"id": doc.id, **known},
        )
        count += 1
    return _nothing(out.row, count)


def _show_outbound(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    count = 0
    for one in letters.failed(ports, given.workspace):
        at = instant(one.created_at)
        out.row(f"{one.id}  {one.space}  {one.endpoint_id}  {one.event_type}  {at}  {one.reason}", asdict(one))
        count += 1
    return _nothing(out.row, count)


def _recover(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """1 where an endpoint cannot be recovered."""
    count = problems = 0
    for one in letters.recover(ports, given.workspace):
        told = one.problem or f"what failed since {instant(one.since)} is sent again"
        out.row(f"{one.endpoint_id}  {one.space}  {told}", asdict(one))
        count, problems = count + 1, problems + bool(one.problem)
    return 1 if problems else _nothing(out.row, count)


def _nothing(row: Callable[[str, dict[str, int]], None], count: int) -> int:
    if not count:
        row("there are none", {"found": 0})
    return 0
