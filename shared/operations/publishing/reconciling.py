"""After the arm: what became of a piece, found out by reading only.

A piece that is found is settled at once. A piece that is not found is sent again only when its absence is proven after
the arm's settling time, when no late effect is possible any more. What cannot be known is handed to a person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from shared.domain import targets
from shared.domain.accounts import Account
from shared.domain.errors import Missing, Reconnect, RostrumError
from shared.domain.posts import Arm, Target
from shared.domain.states import State
from shared.operations import sessions
from shared.operations.publishing import claims, evidence, failures, pieces
from shared.operations.publishing.announcing import follow_up
from shared.operations.publishing.records import Unless, settle
from shared.operations.publishing.sending import live_of
from shared.platforms import registry
from shared.platforms.contract import Absent, Fate, Published, Refused, Unsure, Wait
from shared.ports.blobs import BlobsError
from shared.ports.http import HttpFailure
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports

LOOKS = (5, 15, 30, 60, 120, 300, 600)  # seconds between one look and the next
GIVE_UP = timedelta(minutes=30)  # after the settling time, a person is asked
log = logging.getLogger(__name__)
Verdict = Callable[[Target], Target]
ARMED = frozenset({State.ARMED})
DOUBTED = frozenset({State.UNKNOWN, State.RECONCILING})
CONFIRMING = frozenset({State.CONFIRMING})
Finding = Published | Absent | Unsure


def reconcile(ports: Ports, target: Target) -> Target | None:
    """A target that is armed beyond its sender's time, or in doubt: look, and settle what the look proves."""
    arm = _arm(target)
    if target.state is State.ARMED:
        taken = settle(ports, target, arm, ARMED, lambda now: _abandoned(ports, now))
        if taken is None:
            return None
        target = taken
    began = ports.clock.now()
    finding = _look(ports, target)
    if isinstance(finding, Unsure):
        finding = evidence.of(ports, target) or finding
    if isinstance(finding, Absent) and began < arm.settles_at <= ports.clock.now():
        finding = Unsure("the look began before the settling time was over.")  # it proves nothing about what came after
    unless = _unless(ports, target, arm, finding)
    return follow_up(ports, settle(ports, target, arm, DOUBTED, _verdict(ports, arm, finding), unless))


def confirm(ports: Ports, target: Target) -> Target | None:
    """A piece that the network accepted and was still working on."""
    arm = _arm(target)
    outcome = _ask(ports, target)
    verdict = _confirmed(ports, target, arm, outcome)
    return follow_up(ports, settle(ports, target, arm, CONFIRMING, verdict, _unless_taken(ports, target, arm, outcome)))


def _unless_taken(ports: Ports, target: Target, arm: Arm, outcome: Published | Wait | Refused | None) -> Unless | None:
    """A post that is told to be live, but is another target's already (two alike, processed at once): asked again for a
    while, then a person is."""
    if not isinstance(outcome, Published) or not outcome.id:
        return None
    post_id, instead = outcome.id, _confirmed(ports, target, arm, None)
    if ports.clock.now() > arm.settles_at + GIVE_UP:
        instead = partial(_another_s, ports)
    return Unless(lambda txn, now: claims.taken(txn, now, post_id), instead)


def _abandoned(ports: Ports, target: Target) -> Target:
    return targets.in_doubt(target, failures.abandoned(), ports.clock.now())


def _look(ports: Ports, target: Target) -> Finding:
    """The adapter's find; whatever keeps us from looking is Unsure."""
    try:
        account = sessions.open_account(ports, target.space, target.account_id)
    except Missing:
        return Unsure("the account is no longer connected")
    try:
        call = sessions.call(ports, account)
        return pieces.steps(target).find(call, pieces.view(ports, target), pieces.armed(ports, target))
    except Refused as refusal:
        _heal(ports, account, refusal)
        return Unsure(f"the network refused the question ({refusal.row.code})")
    except Reconnect:
        return Unsure("the account must be connected again")
    except StoreError:
        raise
    except (HttpFailure, RostrumError, VaultError, BlobsError, pieces.Orphaned) as error:
        return Unsure(f"the network could not be asked ({type(error).__name__})")
    except Exception as error:  # an adapter that breaks at every look must not keep its target in doubt for ever
        log.exception("adapter failed while looking", extra={"target_id": target.id})
        return Unsure(f"the network's answer could not be read ({type(error).__name__})")


def _heal(ports: Ports, account: Account, refusal: Refused) -> None:
    """A refused token is refreshed, so that the next look can see."""
    if not sessions.worth_renewing(ports, account, refusal):
        return
    try:
        sessions.refresh(ports, account)
    except (RostrumError, HttpFailure, VaultError):
        return  # the next look says so


def _verdict(ports: Ports, arm: Arm, finding: Finding) -> Verdict:
    now = ports.clock.now()
    if isinstance(finding, Published):
        return lambda target: targets.published(target, live_of(ports, finding), now)
    if isinstance(finding, Absent) and now >= arm.settles_at:
        return lambda target: _absent(target, now)
    if isinstance(finding, Unsure) and now >= arm.settles_at + GIVE_UP:
        failure = failures.unknowable(finding.reason)
        return lambda target: targets.for_review(target, failure, now)
    return lambda target: targets.looked(target, _next_look(target, arm, now))


def _unless(ports: Ports, target: Target, arm: Arm, finding: Finding) -> Unless | None:
    """What was found may be another target's post: then nothing was found, and the next look is told so.

    Not where the piece was found under a key of its own, nor where nothing new was to be made.
    """
    deed = target.piece.deed
    by_key = deed.repeatable if deed else registry.manifest(target.platform).timing.native_key
    if not isinstance(finding, Published) or not finding.id or by_key:
        return None
    instead = _verdict(ports, arm, Unsure("the one post like it is, or may be, that of another target."))
    return Unless(lambda txn, now: claims.contested(txn, now, finding.id), instead)


def _absent(target: Target, now: datetime) -> Target:
    """Proven not to be live: to be sent again, and no longer said to be in the course of being checked.

    A refusal that asks something of the author (a duplicate: change the text) was definite, as is now known: sending
    the same again would be refused again.
    """
    if target.error and target.error.caused_by == "user":
        return targets.rejected(target, target.error, now)
    again = targets.postponed(target, now, doubted=True)
    return replace(again, error=failures.not_taken(target.error))


def _next_look(target: Target, arm: Arm, now: datetime) -> datetime:
    """Ever less often; but right when the settling time is over."""
    then = now + timedelta(seconds=LOOKS[min(target.probes, len(LOOKS) - 1)])
    return arm.settles_at if now < arm.settles_at < then else then


def _another_s(ports: Ports, target: Target) -> Target:
    failure = failures.unknowable("the one post like it is that of another target.")
    return targets.for_review(target, failure, ports.clock.now())


def _confirmed(ports: Ports, target: Target, arm: Arm, outcome: Published | Wait | Refused | None) -> Verdict:
    now, within = ports.clock.now(), registry.manifest(target.platform).timing.confirm_within
    if isinstance(outcome, Published):
        return lambda t: targets.published(t, live_of(ports, outcome), now)
    if isinstance(outcome, Refused) and outcome.fate is Fate.REJECTED and 200 <= outcome.status < 300:
        # A verdict comes inside a success. A read that is refused (a lost permission, a 404) says nothing of the post.
        failure = failures.refused(outcome)
        return lambda t: targets.rejected(t, failure, now)
    if now > arm.at + timedelta(seconds=within):
        return lambda t: targets.for_review(t, failures.unknowable("the network is still working on it."), now)
    state, seconds = (outcome.state, outcome.seconds) if isinstance(outcome, Wait) else (target.piece.handles, 15.0)
    return lambda t: targets.confirming(t, state, now + timedelta(seconds=seconds))


def _ask(ports: Ports, target: Target) -> Published | Wait | Refused | None:
    """The adapter's confirm; None when it could not be asked."""
    try:
        account = sessions.open_account(ports, target.space, target.account_id)
    except Missing:
        return None
    try:
        call = sessions.call(ports, account)
        return pieces.steps(target).confirm(call, pieces.view(ports, target), target.piece.handles)
    except Refused as refusal:
        _heal(ports, account, refusal)
        return refusal
    except StoreError:
        raise
    except (HttpFailure, RostrumError, VaultError, BlobsError, pieces.Orphaned):
        return None
    except Exception:  # as above: the limit of ``confirm_within`` must still be reached
        log.exception("adapter failed while confirming", extra={"target_id": target.id})
        return None


def _arm(target: Target) -> Arm:
    if target.arm is None:
        raise TypeError(f"{target.id} is {target.state} without an arm")
    return target.arm
