"""Workspaces: whose everything is, and what is paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

PERIOD = timedelta(days=30)  # of allowances, where no subscription says otherwise
MONTH_AT_MOST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Billing:
    """What the payment service told us, newest first to win.

    ``plan``: the tier that is paid for, empty for none. ``status``: the subscription's own word for its state.
    ``others``: further subscriptions that are paid for as well, because two checkouts were open at once.
    ``past_due_since``: payment failed, and the workspace is blocked until it succeeds; None when all is well.
    ``as_of``: when the service said so: what it says late about something earlier changes nothing.
    """

    customer: str = ""
    subscription: str = ""
    status: str = ""
    plan: str = ""
    interval: str = ""
    period_start: datetime | None = None
    period_end: datetime | None = None
    past_due_since: datetime | None = None
    cancels_at: datetime | None = None
    subscribed_at: datetime | None = None
    as_of: datetime | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """A customer: ``workspaces/{id}``. What it owns lies below ``workspaces/{id}.test`` and ``workspaces/{id}.live``.

    ``plan``: a tier that somebody gave it, empty for none: it counts more than what is paid for.
    """

    id: str
    name: str
    created_at: datetime
    plan: str = ""
    billing: Billing | None = None

    @property
    def tier(self) -> str:
        """The plan's name, empty for the installation's default."""
        return self.plan or (self.billing.plan if self.billing else "")


def workspace_path(workspace_id: str) -> str:
    """``workspaces/{workspace_id}``"""
    return f"workspaces/{workspace_id}"


def deletion_path(workspace_id: str) -> str:
    """``deletions/{workspace_id}``: there while a workspace is being deleted, and a little longer."""
    return f"deletions/{workspace_id}"


def period_at(workspace: Workspace, now: datetime) -> tuple[datetime, datetime]:
    """The period of allowances that ``now`` is in: the subscription's, where that is a month, else 30 days each.

    The 30 days are counted from the beginning of a yearly subscription, or from when the workspace was made.
    """
    billing = workspace.billing
    start = billing.period_start if billing else None
    end = billing.period_end if billing else None
    if start and end and start <= now < end and end - start <= MONTH_AT_MOST:
        return start, end
    anchor = start or workspace.created_at
    begun = anchor + ((now - anchor) // PERIOD) * PERIOD
    return begun, begun + PERIOD
