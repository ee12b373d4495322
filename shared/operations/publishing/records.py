"""Reading and writing targets: every change goes through :func:`put`, :func:`change` or :func:`settle`.

A target's document and what its post's document knows of it change in one transaction; when the post comes to its end,
the post's event is put beside the target's in the same write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from shared.domain import codec
from shared.domain.posts import Arm, EventDoc, Post, Target, TargetNote, event_id, post_path, status_now, target_path
from shared.domain.states import State, Status
from shared.ports.store import Conflict, Doc, NotFound, Transaction, Unavailable, Write
from shared.ports.world import Ports

OVER = frozenset(
    {Status.PUBLISHED, Status.PARTIAL, Status.FAILED, Status.CANCELLED, Status.MISSED, Status.NEEDS_REVIEW}
)
SETTLE_TRIES = 3


@dataclass(frozen=True, slots=True)
class Loaded:
    """A target and the version of the document it was read from."""

    target: Target
    version: str


@dataclass(frozen=True, slots=True)
class Unless:
    """Another step to take, where this holds of the target in the very transaction that settles it."""

    holds: Callable[[Transaction, Target], bool]
    step: Callable[[Target], Target]


def load(ports: Ports, space: str, target_id: str) -> Loaded | None:
    """The target, None when it is gone. Raises store.Unavailable."""
    doc = ports.store.get(target_path(space, target_id))
    return Loaded(codec.decode(Target, doc.data), doc.version) if doc else None


def put(ports: Ports, before: Loaded, after: Target) -> Target | None:
    """Write ``after`` if nobody changed the document since ``before`` was read: compare-and-set.

    The arm is put without telling the post (one write, no read): what callers read is derived from the targets. Answers
    what was written, None when somebody was faster. Raises store.Unavailable: nobody knows.
    """
    if not _to_be_noted(after) or after.state is State.ARMED:
        return _swap(ports, before, after)

    def body(txn: Transaction) -> Target | None:
        doc = txn.get(target_path(after.space, after.id))
        unchanged = doc is not None and doc.version == before.version
        return _write(txn, ports, after) if unchanged else None

    return ports.store.transact(body)


def change(ports: Ports, target: Target, step: Callable[[Target], Target | None]) -> Target | None:
    """Apply ``step`` to the target as it is now, and carry it over to its post, in one transaction.

    ``step`` answers None to leave everything as it is (it was too late, or it is done already); it may run several
    times. Answers the new target, None when nothing was changed. Raises store.Unavailable.
    """
    return _changed(ports, target, lambda _, now: step(now))


def settle(
    ports: Ports,
    target: Target,
    arm: Arm,
    states: frozenset[State],
    step: Callable[[Target], Target],
    unless: Unless | None = None,
) -> Target | None:
    """``change``, fenced by the arm: only while this very attempt is in one of ``states``. None when it is not.

    Tried a few times, because what the network said is known to nobody else. Raises store.Unavailable at last.
    """

    def fenced(txn: Transaction, now: Target) -> Target | None:
        if now.arm is None or now.arm.nonce != arm.nonce or now.state not in states:
            return None
        return unless.step(now) if unless and unless.holds(txn, now) else step(now)

    for left in reversed(range(SETTLE_TRIES)):
        try:
            return _changed(ports, target, fenced)
        except Unavailable:
            if not left:
                raise
    return None


def _changed(ports: Ports, target: Target, step: Callable[[Transaction, Target], Target | None]) -> Target | None:
    def body(txn: Transaction) -> Target | None:
        doc = txn.get(target_path(target.space, target.id))
        after = step(txn, codec.decode(Target, doc.data)) if doc else None
        return _write(txn, ports, after) if after else None

    return ports.store.transact(body)


def _swap(ports: Ports, before: Loaded, after: Target) -> Target | None:
    path = target_path(after.space, after.id)
    try:
        ports.store.commit([Write("update", path, codec.encode(after), if_version=before.version)])
    except (Conflict, NotFound):
        return None
    return after


def _write(txn: Transaction, ports: Ports, target: Target) -> Target:
    if _to_be_noted(target):
        target = _carry_over(txn, ports, replace(target, noted=target.status))
    txn.write(Write("set", target_path(target.space, target.id), codec.encode(target)))
    return target


def _to_be_noted(target: Target) -> bool:
    """Whether a post's document has yet to hear of the target's status; an action has no post."""
    return bool(target.post_id) and target.noted is not target.status


def _carry_over(txn: Transaction, ports: Ports, target: Target) -> Target:
    """The post's document follows; its own event joins the target's when this was the last one."""
    doc = txn.get(post_path(target.space, target.post_id))
    before = codec.decode(Post, doc.data) if doc else None
    if doc is None or before is None or target.id not in before.targets:
        return target  # the post is gone, or an edit took this account out of it
    after = noted(before, target)
    txn.write(Write("update", doc.path, _changes(doc, after, ports)))
    if after.status is before.status or after.status not in OVER:
        return target
    event = post_event(target, after, ports)
    return replace(target, events=(*target.events, event))


def noted(post: Post, target: Target) -> Post:
    """The post with this target's present status."""
    note = TargetNote(target.account_id, target.platform, target.status)
    notes = {**post.targets, target.id: note}
    first = post.published_at or target.published_at
    return replace(post, targets=notes, status=status_now(post, notes), published_at=first)


def post_event(target: Target, post: Post, ports: Ports) -> EventDoc:
    """``post.published``, ``post.partial`` …: the post came to its end with this target."""
    data = {
        "post_id": post.id,
        "status": str(post.status),
        "targets": [codec.encode(note) | {"target_id": key} for key, note in sorted(post.targets.items())],
    }
    kind = f"post.{post.status}"
    return EventDoc(event_id(target, kind), kind, ports.clock.now(), data)


def _changes(doc: Doc, post: Post, ports: Ports) -> dict[str, object]:
    fields = codec.encode(post)
    wanted = ("targets", "status", "published_at")
    return {name: fields[name] for name in wanted if doc.data.get(name) != fields[name]} | {
        "updated_at": ports.clock.now()
    }
