"""Request limits in HTTP: three headers on every answer to a caller that is known, 429 when the minute is used up, 402
when the workspace owes."""

from __future__ import annotations

import re
from contextlib import suppress

from shared.api.engine.routes import Route
from shared.domain.callers import Caller
from shared.domain.errors import Forbidden, Limited
from shared.domain.instants import rfc3339
from shared.operations import budgets
from shared.operations.budgets import Taken
from shared.ports.store import StoreError
from shared.ports.world import Ports

_POSTS, _INTERACTIONS = "validation.post_limit_exhausted", "validation.interaction_limit_exhausted"
# What a workspace that owes may still do: pay, see and change who it is, take back a key that leaked, and leave.
_OPEN = re.compile(r"[A-Z]+ (/v1/users/me|/v1/billing/.*|/v1/auth(/.*)?|/oauth/.*)|(GET|DELETE) /v1/keys(/\{id\})?")


def count(ports: Ports, caller: Caller, route: Route, headers: dict[str, str]) -> None:
    """Count the request; what the answer's ``headers`` say of it is there also when this raises.

    Raises Limited (``ratelimit.exceeded``), Forbidden (``billing.past_due``), store.Unavailable.
    """
    taken = budgets.take(ports, caller.workspace)
    headers["X-RateLimit-Limit"] = str(taken.limit)
    headers["X-RateLimit-Remaining"] = str(taken.remaining)
    headers["X-RateLimit-Reset"] = str(taken.reset)
    if not taken.granted:
        raise _exceeded(taken)
    since = taken.past_due_since
    if since is not None and not open_to_debtors(route):
        text = "The last payment failed. Pay at POST /v1/billing/portal: everything works again then, nothing is lost."
        raise Forbidden("billing.past_due", text, since=rfc3339(since))


def tell_allowances(ports: Ports, caller: Caller, route: Route, headers: dict[str, str]) -> None:
    """What is left of the month after a write that a plan counts; nothing where the plan has no limit."""
    if route.method == "GET":
        return
    counted = [code for code in (_POSTS, _INTERACTIONS) if code in route.errors]
    if not counted:
        return
    from shared.operations import allowances

    with suppress(StoreError):  # it is done: that must not fail because a figure is not to be had
        if _POSTS in counted and (left := allowances.posts_left(ports, caller)):
            headers["X-Posts-Limit"], headers["X-Posts-Remaining"] = map(str, left)
        if _INTERACTIONS in counted and (left := allowances.interactions_left(ports, caller)):
            headers["X-Interactions-Limit"], headers["X-Interactions-Remaining"] = map(str, left)


def open_to_debtors(route: Route) -> bool:
    """Whether it is answered also while the last payment is missing."""
    return _OPEN.fullmatch(f"{route.method} {route.path}") is not None


def _exceeded(taken: Taken) -> Limited:
    text = (
        f"This workspace has used its {taken.limit} requests of this minute: send it again in {taken.reset} s. "
        "All of its keys and sessions share them (GET /v1/billing/plans)."
    )
    return Limited("ratelimit.exceeded", text, limit=taken.limit, retry_after_seconds=taken.reset)
