"""What a plan allows in a period, checked before anything is made: all that was asked for fits, or nothing is made.

Nothing is counted up: what is used is what is there, found by ``store.count`` over documents that say when they were
counted (``metered_at``). Deleted posts keep their documents, so deleting gives nothing back. A plan without the limit
costs no read. Requests that are judged at the same moment do not see each other: a limit can be passed by at most what
was under way at once. Only live mode counts; the sandbox is free, but for the storage of its files.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain import codec
from shared.domain.brands import DEFAULT_BRAND
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Invalid, Limited
from shared.domain.plans import UNLIMITED, Plan, within
from shared.domain.posts import Post
from shared.domain.workspaces import Workspace, period_at, workspace_path
from shared.operations import plans
from shared.ports.store import Op, Query
from shared.ports.world import Ports

INTERACTIONS = frozenset({"comment.create", "comment.reply", "message.send", "review.reply"})
"""What is said to somebody costs one; liking, hiding, deleting and the one private reply that networks allow are free."""
FREE = frozenset({"draft", "awaiting_approval", "cancelled"})
"""The statuses of posts that cost nothing."""
_MORE = "A larger plan has more (GET /v1/billing/plans)."


def check_posts(ports: Ports, caller: Caller, count: int = 1) -> None:
    """Whether so many more posts may be scheduled or published. Raises Limited (``validation.post_limit_exhausted``)."""
    plan = _plan(ports, caller)
    if plan is None or plan.posts == UNLIMITED or count <= 0:
        return
    start, end = period(ports, caller.workspace)
    if not within(plan.posts, posts_used(ports, caller.workspace, start), count):
        what = f"{plan.posts} posts a month"
        raise _exhausted(ports, "validation.post_limit_exhausted", (plan, what, plan.posts), end)


@dataclass(frozen=True, slots=True)
class PostMeter:
    """Notes on a post when it was counted. ``refusal``: what is said instead, because none is left."""

    now: datetime
    refusal: Limited | None

    def __call__(self, before: Post | None, after: Post) -> Post:
        """``after``, counted if it became more than a draft, or is tried again. Raises Limited."""
        first = after.metered_at is None and str(after.status) not in FREE
        again = before is not None and after.retry_count > before.retry_count
        if not first and not again:
            return after
        if self.refusal:
            raise self.refusal
        return replace(after, metered_at=self.now) if first else replace(after, retried_at=self.now)


def posts_meter(ports: Ports, caller: Caller) -> PostMeter:
    """What counts the posts of one request; reads what is used, where the plan has a limit. Raises store.Unavailable."""
    try:
        check_posts(ports, caller)
    except Limited as refusal:
        return PostMeter(ports.clock.now(), refusal)
    return PostMeter(ports.clock.now(), None)


def check_interactions(ports: Ports, caller: Caller, verb: str) -> None:
    """Whether this may be said. Raises Limited (``validation.interaction_limit_exhausted``)."""
    plan = _plan(ports, caller)
    if plan is None or plan.interactions == UNLIMITED or verb not in INTERACTIONS:
        return
    start, end = period(ports, caller.workspace)
    if not within(plan.interactions, interactions_used(ports, caller.workspace, start)):
        what = f"{plan.interactions} replies and messages a month"
        raise _exhausted(ports, "validation.interaction_limit_exhausted", (plan, what, plan.interactions), end)


def check_accounts(ports: Ports, caller: Caller, count: int = 1) -> None:
    """Whether so many more accounts may be connected. Raises Forbidden (``billing.profile_units_limit``)."""
    plan = _plan(ports, caller)
    if plan is None or within(plan.accounts, 0 if plan.accounts == UNLIMITED else accounts_used(ports, caller), count):
        return
    text = f"The plan {plan.name} has {plan.accounts} connected accounts: disconnect one first. {_MORE}"
    raise Forbidden("billing.profile_units_limit", text, plan=plan.tier, max=plan.accounts)


def check_new_accounts(ports: Ports, space: str, count: int = 1) -> None:
    """Whether so many more may be connected in ``space``; none always. Raises Forbidden (``billing.profile_units_limit``)."""
    workspace, _, mode = space.rpartition(".")
    if count:
        check_accounts(ports, Caller(workspace, "live" if mode == "live" else "test", ""), count)


def check_brands(ports: Ports, caller: Caller, count: int = 1) -> None:
    """Whether so many more brands may be made. Raises Forbidden (``billing.brands_limit``)."""
    plan = _plan(ports, caller)
    if plan is None or within(plan.brands, 0 if plan.brands == UNLIMITED else brands_used(ports, caller), count):
        return
    text = f"The plan {plan.name} has {plan.brands} brands: delete one first. {_MORE}"
    raise Forbidden("billing.brands_limit", text, plan=plan.tier, max=plan.brands)


def check_exports(ports: Ports, caller: Caller, count: int = 1) -> None:
    """Whether so many more exports may be asked for. Raises Limited (``billing.export_limit``)."""
    plan = _plan(ports, caller)
    if plan is None or plan.exports == UNLIMITED:
        return
    start, end = period(ports, caller.workspace)
    if not within(plan.exports, _exports(ports, caller, start), count):
        raise _exhausted(ports, "billing.export_limit", (plan, f"{plan.exports} exports a month", plan.exports), end)


def storage_limit(ports: Ports, caller: Caller) -> int:
    """How many bytes the library of this mode may hold, the sandbox's too; -1: any number."""
    return plans.of(ports, caller.workspace).storage_bytes


def check_storage(ports: Ports, caller: Caller, used: int, more: int) -> None:
    """Whether so many more bytes may be kept. Raises Invalid (``billing.storage_quota``, a 413)."""
    limit = storage_limit(ports, caller)
    if not within(limit, used, more):
        text = f"file: the plan's storage holds {limit} bytes, and {used} are used: delete files first. {_MORE}"
        raise Invalid("billing.storage_quota", text, field="file", limit=limit, used=used)


def posts_left(ports: Ports, caller: Caller) -> tuple[int, int] | None:
    """The posts of a month, and how many of them are left; None where there is no limit, and in the sandbox."""
    plan = _plan(ports, caller)
    if plan is None or plan.posts == UNLIMITED:
        return None
    start, _ = period(ports, caller.workspace)
    return plan.posts, max(0, plan.posts - posts_used(ports, caller.workspace, start))


def interactions_left(ports: Ports, caller: Caller) -> tuple[int, int] | None:
    """The interactions of a month, and how many of them are left; None where there is no limit, and in the sandbox."""
    plan = _plan(ports, caller)
    if plan is None or plan.interactions == UNLIMITED:
        return None
    start, _ = period(ports, caller.workspace)
    return plan.interactions, max(0, plan.interactions - interactions_used(ports, caller.workspace, start))


def metered(ports: Ports, verb: str) -> datetime | None:
    """When an action was counted: now if it costs an interaction, else never."""
    return ports.clock.now() if verb in INTERACTIONS else None


def period(ports: Ports, workspace: str) -> tuple[datetime, datetime]:
    """The period that allowances are counted in at this moment: from, until."""
    doc, now = ports.store.get(workspace_path(workspace)), ports.clock.now()
    return period_at(codec.decode(Workspace, doc.data) if doc else Workspace(workspace, "", now), now)


def posts_used(ports: Ports, workspace: str, start: datetime) -> int:
    """Posts that were scheduled or published since then, and those that were tried again."""
    first = _since(ports, _live(workspace), "posts", "metered_at", start)
    return first + _since(ports, _live(workspace), "posts", "retried_at", start)


def interactions_used(ports: Ports, workspace: str, start: datetime) -> int:
    """Replies and messages since then."""
    return _since(ports, _live(workspace), "targets", "metered_at", start)


def accounts_used(ports: Ports, caller: Caller) -> int:
    """Connected accounts."""
    where = (("status", "in", ["active", "reconnect_required"]),)
    return ports.store.count(Query(f"workspaces/{caller.workspace}.live/accounts", where=where))  # type: ignore[arg-type]


def brands_used(ports: Ports, caller: Caller) -> int:
    """Brands, the default one too."""
    collection = f"workspaces/{caller.workspace}.live/brands"
    every = ports.store.count(Query(collection, where=(("deleted_at", "==", None),)))
    named = ports.store.get(f"{collection}/{DEFAULT_BRAND}")
    return every + (named is None)


def _plan(ports: Ports, caller: Caller) -> Plan | None:
    """The plan that binds this caller; None in the sandbox."""
    return None if caller.sandbox else plans.of(ports, caller.workspace)


def _live(workspace: str) -> Caller:
    return Caller(workspace, "live", "")


def _since(ports: Ports, caller: Caller, collection: str, name: str, start: datetime) -> int:
    return ports.store.count(Query(f"workspaces/{caller.space}/{collection}", where=((name, ">=", start),)))


def _exports(ports: Ports, caller: Caller, start: datetime) -> int:
    """Those that were asked for, without those that failed: nobody got anything for them."""
    failed: tuple[tuple[str, Op, Any], ...] = (("status", "==", "failed"), ("created_at", ">=", start))
    nothing = Query(f"workspaces/{caller.space}/exports", where=failed, order_by=(("created_at", "desc"),))
    return _since(ports, caller, "exports", "created_at", start) - ports.store.count(nothing)


def _exhausted(ports: Ports, code: str, which: tuple[Plan, str, int], end: datetime) -> Limited:
    plan, what, limit = which
    text = (
        f"The plan {plan.name} has {what}, and they are used. The next period begins {end:%Y-%m-%d %H:%M} UTC. {_MORE}"
    )
    wait = max(1, int((end - ports.clock.now()).total_seconds()))
    return Limited(code, text, plan=plan.tier, max=limit, retry_after_seconds=wait)
