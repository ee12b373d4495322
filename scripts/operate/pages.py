"""``status`` and ``workspace``: what there is, and the first of it."""

from __future__ import annotations

import argparse

from local import backup
from scripts.operate.output import Output, Progress, instant
from shared.operations import workspaces
from shared.operations.operating import overview
from shared.ports.world import Ports


def status(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """One page."""
    found = overview.look(ports, given.workspace, Progress("spaces looked at"))
    targets = {name: count for name, count in found.targets.items() if count}
    lines = [
        f"release     {backup.version()}",
        f"workspaces  {found.workspaces}",
        "targets     " + (", ".join(f"{count:,} {name}" for name, count in targets.items()) or "none waits"),
        f"held        {found.held:,}",
        "sweeper     "
        + (f"owes something since {instant(found.overdue_since)}" if found.overdue_since else "owes nothing"),
        f"inbound     {found.waiting_deliveries:,} deliveries wait, {found.dead_deliveries:,} were given up",
        f"keys        {found.keys.newest} seals, {len(found.keys.ids) - 1} older",
    ]
    data = {
        "release": backup.version(),
        "workspaces": found.workspaces,
        "targets": dict(found.targets),
        "held": found.held,
        "overdue_since": found.overdue_since,
        "inbound": {"waiting": found.waiting_deliveries, "dead": found.dead_deliveries},
        "keys": {"newest": found.keys.newest, "all": list(found.keys.ids)},
    }
    out.row("\n".join(lines), data)
    return 0


def workspace(ports: Ports, given: argparse.Namespace, out: Output) -> int:
    """Make one, and show its keys, this once."""
    made = workspaces.create(ports, given.name)
    text = (
        f"workspace  {made.workspace.id} ({given.name})\n"
        f"test key   {made.test.raw}   speaks to simulated networks\n"
        f"live key   {made.live.raw}   speaks to the real ones: keep it as a password"
    )
    out.row(text, {"workspace": made.workspace.id, "test_key": made.test.raw, "live_key": made.live.raw})
    return 0
