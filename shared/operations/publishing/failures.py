"""Refusals, lost answers and our own verdicts, as the failures that callers see."""

from __future__ import annotations

from dataclasses import replace

from shared.domain.errors import Category, CausedBy, RostrumError
from shared.domain.payloads import plain_text, storable
from shared.domain.posts import Failure, Target
from shared.domain.targets import RESTORED
from shared.platforms.contract import Fate, Refused


def refused(error: Refused) -> Failure:
    """What the network said, in our words and in its own."""
    row = error.row
    return Failure(
        code=f"platform.{error.platform}.{row.code}",
        message=row.message,
        category=row.category,
        caused_by=row.caused_by,
        retryable=error.fate in (Fate.LIMITED, Fate.TRANSIENT),
        platform_code=plain_text(error.platform_code),
        platform_message=plain_text(error.platform_message),
        raw=storable(error.raw),
    )


def ours(error: RostrumError) -> Failure:
    """One of our own errors, met while publishing."""
    return Failure(error.code, error.message, error.category, error.caused_by, error.retryable)


def unreachable(target: Target, error: Exception) -> Failure:
    """The network did not answer, and certainly nothing was published."""
    return _ours(
        f"platform.{target.platform}.unreachable",
        f"The network could not be reached: {error}. Nothing was published.",
        "platform",
        "platform",
        retryable=True,
    )


def lost(target: Target, error: Exception) -> Failure:
    """The answer to the visible request is missing or makes no sense."""
    if isinstance(error, Refused):
        return refused(error)
    return _ours(
        f"platform.{target.platform}.outcome_unknown",
        f"The network's answer was lost ({type(error).__name__}). Whether it is live is being checked.",
        "platform",
        "platform",
    )


def abandoned() -> Failure:
    """The invocation that had the arm never reported."""
    return _ours(
        "publishing.outcome_unknown",
        "Publishing was interrupted at the moment of sending. Whether it is live is being checked.",
        "system",
        "system",
    )


def unknowable(reason: str) -> Failure:
    """Reading did not settle it."""
    return _ours(
        "publishing.outcome_unknown",
        f"It cannot be told from here whether it is live: {reason} Look at the account, then resolve it.",
        "system",
        "platform",
    )


def brought_back() -> Failure:
    """It was due between a backup and its restoring."""
    return _ours(
        RESTORED,
        "This installation was restored from a backup, and this was due after the backup was made: it may be live, in full "
        "or in part, or not at all. Look at the account, then resolve it.",
        "system",
        "system",
    )


def late() -> Failure:
    """Found too late to be welcome."""
    return _ours(
        "publishing.missed",
        "It was found too long after its time and was not sent. Send it again if it is still wanted.",
        "system",
        "system",
        retryable=True,
    )


def timed_out(what: str) -> Failure:
    """The network never finished something invisible."""
    return _ours(
        "publishing.delivery.timeout",
        f"The network did not finish {what} in time.",
        "platform",
        "platform",
        retryable=True,
    )


def not_taken(last: Failure | None) -> Failure:
    """Sent in vain: its absence was proven each time. ``last``: what the network said, if it said anything.

    What it asks of the user (a duplicate: change the text) is the better remedy, and stays.
    """
    if last is not None and last.caused_by == "user":
        return last
    failure = _ours(
        "publishing.not_taken",
        "The network did not take it: each time that it was sent, it was proven not to be live afterwards.",
        "platform",
        "platform",
        retryable=True,
    )
    if last is None:
        return failure
    return replace(
        failure, platform_code=last.platform_code, platform_message=last.platform_message, raw=dict(last.raw)
    )


def orphaned() -> Failure:
    """A reply whose parent is live, but nobody knows under which id."""
    return _ours(
        "publishing.parent_unknown",
        "The piece before this one is live, but the network did not say under which id, so it cannot be answered.",
        "platform",
        "platform",
    )


def _ours(code: str, message: str, category: Category, caused_by: CausedBy, *, retryable: bool = False) -> Failure:
    return Failure(code, message, category, caused_by, retryable)
