"""What a workspace has used of its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shared.domain.callers import Caller
from shared.domain.plans import Plan
from shared.operations import allowances, plans
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Usage:
    """The plan, and what was used of it since ``start``. Live mode only: the sandbox is free."""

    plan: Plan
    start: datetime
    end: datetime
    posts: int
    interactions: int
    accounts: int
    brands: int
    blocked: bool


def of(ports: Ports, caller: Caller) -> Usage:
    """Five counts and two reads. Raises store.Unavailable."""
    standing = plans.standing(ports, caller.workspace)
    start, end = allowances.period(ports, caller.workspace)
    return Usage(
        plan=standing.plan,
        start=start,
        end=end,
        posts=allowances.posts_used(ports, caller.workspace, start),
        interactions=allowances.interactions_used(ports, caller.workspace, start),
        accounts=allowances.accounts_used(ports, caller),
        brands=allowances.brands_used(ports, caller),
        blocked=standing.past_due_since is not None,
    )
