"""``stuck``, ``hold`` and ``release``: what waits, and moving it on."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from datetime import timedelta

from scripts.operate.output import Output, Progress, instant
from shared.operations.operating import holding, stuck
from shared.operations.operating.holding import Chosen, Moved
from shared.operations.operating.stuck import Finding
from shared.platforms import registry
from shared.ports.world import Ports

LOOKED = "waiting targets looked at"


def show_stuck(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """List it, or push it."""
    if given.all:
        pushed = stuck.push_all(ports)
        out.row(f"{pushed} handed out: what the sweeper does each minute was done now.", {"pushed": pushed})
        return 0
    if given.push:
        return _push(ports, given, out)
    count = 0
    for one in stuck.find(ports, given.workspace):
        out.row(_told(ports, one), asdict(one))
        count += 1
    if not count:
        out.row("nothing is stuck", {"stuck": 0})
    return 0


def _push(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """1 where an id was not found."""
    missing = 0
    for one in stuck.push(ports, given.push, given.workspace):
        out.row(f"{one.id}  {one.outcome}", asdict(one))
        missing += one.outcome == "not found"
    return 1 if missing else 0


def _told(ports: Ports, one: Finding) -> str:
    waits = ports.clock.now() - one.since if one.since else timedelta(-1)
    age = f"{waits}".split(".", maxsplit=1)[0] if waits >= timedelta() else "-"  # what is held may be due later
    named = "  ".join(word for word in (one.platform, one.account_id, one.post_id) if word)
    head = f"{one.kind:<9} {one.id}  {one.state}  since {instant(one.since)} ({age})  {one.space}  {named}"
    return f"{head.rstrip()}\n          why: {one.why}\n          by itself: {one.by_itself}"


def hold(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """Hold what waits."""
    moved = holding.hold(ports, _chosen(given), Progress(LOOKED))
    text = f"{moved.count} held: none goes out before it is released, or given another time. What is accepted from now on is not."
    return _told_moved(moved, text, "held", out)


def release(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """Let go what is held."""
    moved = holding.release(ports, _chosen(given), Progress(LOOKED))
    text = f"{moved.count} released: each goes out at its time, or now where that is past and it is not too late."
    return _told_moved(moved, text, "released", out)


def _told_moved(moved: Moved, text: str, word: str, out: Output) -> int:
    """1 where nothing waits under one of the ids."""
    lines = [text, *(f"{one}  nothing waits under this id" for one in moved.absent)]
    out.row("\n".join(lines), {word: moved.count, "absent": moved.absent})
    return 1 if moved.absent else 0


def _chosen(given: argparse.Namespace) -> Chosen:
    """Raises registry.UnknownPlatform."""
    platform = registry.resolve(given.platform) if given.platform else ""
    return Chosen(given.workspace, platform, tuple(given.ids))
