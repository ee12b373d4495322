"""The state machine of a target, and what a post's status follows from.

    draft → scheduled → preparing → armed → confirming → published
              ↑            |          |          └→ failed
              |            |          ├→ published | failed | scheduled (a definite refusal that will pass)
              |            └→ failed  └→ unknown → reconciling → published | scheduled | needs_review
              └── edit and cancel up to here;   cancelled and missed are terminal too

``published`` goes back to ``scheduled`` only inside a target of several pieces, for the next piece.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    """Where a target is."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PREPARING = "preparing"
    ARMED = "armed"
    CONFIRMING = "confirming"
    UNKNOWN = "unknown"
    RECONCILING = "reconciling"
    PUBLISHED = "published"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    NEEDS_REVIEW = "needs_review"


class Status(StrEnum):
    """What callers see, of a target and of a post (``partial`` of a target: a thread that broke after its first piece).

    Only a post is ``awaiting_approval``: its targets are drafts, which nothing publishes.
    """

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSED = "missed"
    NEEDS_REVIEW = "needs_review"


S = State
TERMINAL = frozenset({S.PUBLISHED, S.FAILED, S.CANCELLED, S.MISSED, S.NEEDS_REVIEW})
EDITABLE = frozenset({S.DRAFT, S.SCHEDULED, S.PREPARING})
IN_DOUBT = frozenset({S.ARMED, S.UNKNOWN, S.RECONCILING})

ALLOWED: dict[State, frozenset[State]] = {
    S.DRAFT: frozenset({S.SCHEDULED, S.CANCELLED}),
    S.SCHEDULED: frozenset({S.DRAFT, S.SCHEDULED, S.PREPARING, S.ARMED, S.FAILED, S.CANCELLED, S.MISSED}),
    S.PREPARING: frozenset({S.DRAFT, S.SCHEDULED, S.PREPARING, S.ARMED, S.FAILED, S.CANCELLED, S.MISSED}),
    S.ARMED: frozenset({S.CONFIRMING, S.PUBLISHED, S.SCHEDULED, S.FAILED, S.UNKNOWN}),
    S.CONFIRMING: frozenset({S.CONFIRMING, S.PUBLISHED, S.SCHEDULED, S.FAILED, S.NEEDS_REVIEW}),
    # A sender that was given up may still report: its refusal or acceptance is better knowledge than our reading.
    S.UNKNOWN: frozenset({S.RECONCILING, S.CONFIRMING, S.PUBLISHED, S.SCHEDULED, S.FAILED, S.NEEDS_REVIEW}),
    S.RECONCILING: frozenset({S.RECONCILING, S.CONFIRMING, S.PUBLISHED, S.SCHEDULED, S.FAILED, S.NEEDS_REVIEW}),
    S.NEEDS_REVIEW: frozenset({S.PUBLISHED, S.SCHEDULED}),  # a person resolved it
    S.FAILED: frozenset({S.SCHEDULED}),  # a person asked to retry
    S.MISSED: frozenset({S.SCHEDULED}),
    S.PUBLISHED: frozenset({S.CANCELLED}),  # unpublished on request
    S.CANCELLED: frozenset(),
}

_STATUS = {
    S.DRAFT: Status.DRAFT,
    S.SCHEDULED: Status.SCHEDULED,
    S.PUBLISHED: Status.PUBLISHED,
    S.FAILED: Status.FAILED,
    S.CANCELLED: Status.CANCELLED,
    S.MISSED: Status.MISSED,
    S.NEEDS_REVIEW: Status.NEEDS_REVIEW,
}


def status_of(state: State) -> Status:
    """What callers see of a target in this state."""
    return _STATUS.get(state, Status.PUBLISHING)


def overall(statuses: Iterable[Status]) -> Status:
    """A post's status, from its targets'. A post without targets is a draft."""
    seen = set(statuses)
    if not seen:
        return Status.DRAFT
    if len(seen) == 1:
        return seen.pop()
    seen.discard(Status.CANCELLED)
    if len(seen) == 1:
        return seen.pop()
    for still in (Status.PUBLISHING, Status.SCHEDULED, Status.DRAFT):
        if still in seen:
            return Status.PUBLISHING if seen & _BEGUN else still
    if Status.NEEDS_REVIEW in seen:
        return Status.NEEDS_REVIEW
    return Status.PARTIAL if seen & {Status.PUBLISHED, Status.PARTIAL} else Status.FAILED


_BEGUN = {Status.PUBLISHING, Status.PUBLISHED, Status.PARTIAL, Status.FAILED, Status.MISSED, Status.NEEDS_REVIEW}
