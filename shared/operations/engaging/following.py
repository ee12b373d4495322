"""What became of actions, and a person's word on them: call it off, try again, say how it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain import codec, targets
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Clash, Invalid
from shared.domain.posts import Live, Target, target_path
from shared.domain.states import EDITABLE, State
from shared.operations import brands, lookup, paging
from shared.operations.engaging import ids
from shared.operations.engaging.commands import Verdict
from shared.operations.publishing import dispatch
from shared.ports.store import Doc, Query, Transaction, Unavailable, Write
from shared.ports.world import Ports

MOST = 100  # actions on one page


@dataclass(frozen=True, slots=True)
class Page:
    """Some actions, newest first; ``next`` is the cursor of the page after, empty at the end."""

    actions: tuple[Target, ...]
    next: str = ""


def get(ports: Ports, caller: Caller, action_id: str) -> Target:
    """The action as it is now. Raises Missing (``action.not_found``; also for a post's target, and another brand's)."""
    return _read(_document(ports, caller, action_id), action_id)


def list_(ports: Ports, caller: Caller, account_id: str, limit: int = 25, cursor: str = "") -> Page:
    """The actions of one account, newest first; ``cursor`` is a page's ``next``. Raises Invalid for one of another list."""
    if not brands.sees_account(ports, caller, account_id):
        return Page(())
    collection, list_of = f"workspaces/{caller.space}/targets", ["actions", caller.space, account_id]
    query = Query(
        collection=collection,
        where=(("post_id", "==", ""), ("account_id", "==", account_id)),
        order_by=(("created_at", "desc"),),
        limit=max(1, min(limit, MOST)) + 1,
        start_after=paging.after(cursor, list_of, collection, "created_at"),
    )
    docs = ports.store.query(query)
    shown = docs[: query.limit - 1] if query.limit else docs
    more = paging.cursor(list_of, shown[-1], "created_at") if len(docs) > len(shown) else ""
    return Page(tuple(codec.decode(Target, doc.data) for doc in shown), more)


def cancel(ports: Ports, caller: Caller, action_id: str) -> Target:
    """Call off what was not sent yet. Raises Missing, Clash (it was), Broken (nobody knows: ask again)."""

    def step(target: Target) -> Target:
        if target.state is State.CANCELLED:
            return target
        if target.state not in EDITABLE:
            raise _clash(target, "cancel", "only one that waits can be cancelled")
        return targets.cancelled(target, ports.clock.now())

    return _change(ports, caller, action_id, step)


def retry(ports: Ports, caller: Caller, action_id: str) -> Target:
    """Try a failed or missed action again, now. Raises Missing, Clash, Broken."""

    def step(target: Target) -> Target:
        if target.state not in (State.FAILED, State.MISSED):
            raise _clash(target, "retry", "only one that failed or was missed can be tried again")
        return targets.retried(target, ports.clock.now())

    return _change(ports, caller, action_id, step)


def resolve(ports: Ports, caller: Caller, action_id: str, verdict: Verdict) -> Target:
    """Settle an action that ``needs_review``. Raises Missing, Clash (it is not in review), Invalid, Broken."""
    if verdict.outcome not in ("done", "retry"):
        raise Invalid(
            "validation.field_invalid", "outcome: done or retry.", field="outcome", accepted=["done", "retry"]
        )
    ids.check(platform_id=verdict.platform_id)

    def step(target: Target) -> Target:
        if target.state is not State.NEEDS_REVIEW:
            raise _clash(target, "resolve", "only one that needs_review can be resolved")
        now = ports.clock.now()
        if verdict.outcome == "retry":
            return targets.resolved_retry(target, now)
        live = Live(verdict.platform_id, now, verdict.permalink, dict(target.piece.handles))
        return targets.resolved_live(target, live, now)

    return _change(ports, caller, action_id, step)


# ------------------------------------------------------------------------------------------------ details


def _change(ports: Ports, caller: Caller, action_id: str, step: Callable[[Target], Target]) -> Target:
    """Apply ``step`` to the action as it is now, in one transaction; then hand what follows to the queue."""
    path = _document(ports, caller, action_id).path

    def body(txn: Transaction) -> Target:
        before = _read(txn.get(path), action_id)
        after = step(before)
        if after is not before:
            txn.write(Write("set", target_path(after.space, after.id), codec.encode(after)))
        return after

    try:
        after = ports.store.transact(body)
    except Unavailable as error:
        text = "Whether the change was stored is not known. Read the action, or send the request again: it is safe."
        raise Broken("system.unavailable", text) from error
    if after.next_at is not None or after.events:
        dispatch.enqueue(ports, after)
    return after


def _document(ports: Ports, caller: Caller, action_id: str) -> Doc:
    doc = lookup.document(ports, f"workspaces/{caller.space}/targets", action_id, "action")
    if caller.brand_ids and not brands.sees_account(ports, caller, codec.of(Target, doc).account_id):
        raise lookup.missing("action", action_id)
    return doc


def _read(doc: Doc | None, action_id: str) -> Target:
    target = codec.decode(Target, doc.data) if doc else None
    if target is None or target.post_id:
        raise lookup.missing("action", action_id)
    return target


def _clash(target: Target, verb: str, rule: str) -> Clash:
    said = targets.action_status(target)
    text = f"This action is {said}, so there is nothing to {verb}: {rule}."
    return Clash("action.state_invalid", text, state=said)
