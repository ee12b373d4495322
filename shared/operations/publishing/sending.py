"""The arm, the one visible request, and what its answer means.

Only the invocation that wrote the arm may send, once, within the send window. A clear success is published; only a
refusal that proves that there was no effect goes back or fails; everything else is in doubt, never failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain import targets
from shared.domain.accounts import Account
from shared.domain.content import Act, Piece
from shared.domain.errors import RostrumError
from shared.domain.payloads import storable
from shared.domain.posts import Arm, Failure, Live, Target, fingerprint
from shared.domain.states import IN_DOUBT, State
from shared.operations import sessions
from shared.operations.publishing import failures, pieces
from shared.operations.publishing.announcing import follow_up
from shared.operations.publishing.back_off import back_off
from shared.operations.publishing.records import Loaded, put, settle
from shared.platforms import registry
from shared.platforms.contract import Accepted, Call, Fate, Published, Refused
from shared.platforms.manifest import Timing
from shared.ports.http import HttpFailure, NotSent
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports

SEND_WINDOW = 5.0  # seconds between deciding to arm and sending: later, the arm is given back unused
SANDBOX_REACH = 10.0  # seconds a simulator may take: it answers in this process
CONNECT = 5.0  # seconds, the request's connect timeout
MARGIN = 10.0  # seconds beyond all deadlines (a name's resolution, a large answer) until a sender is certainly over
FIRST_LOOK = timedelta(seconds=5)
log = logging.getLogger(__name__)
Verdict = Callable[[Target], Target]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready to be sent: the piece as the adapter sees it, and the handles that prepare left."""

    piece: Piece | Act
    handles: Mapping[str, Any]


def arm_and_send(ports: Ports, loaded: Loaded, account: Account, call: Call, prepared: Prepared) -> Target | None:
    """Arm by compare-and-set, then send. None when somebody else was faster: then it is theirs."""
    started = ports.clock.monotonic()
    arm = _arm(ports, loaded.target)
    mine = put(ports, loaded, targets.armed(loaded.target, arm, prepared.handles))
    if mine is None:
        return None
    if _passed(ports, started, arm) > SEND_WINDOW:
        return _settle(ports, mine, arm, lambda now: targets.postponed(now, ports.clock.now()))
    return _settle(ports, mine, arm, _send(ports, mine, account, call, prepared.piece))


def _passed(ports: Ports, started: float, arm: Arm) -> float:
    """Seconds since it was decided to arm, by whichever clock says more: a monotonic clock stands still while the machine
    sleeps (Linux's does), and the other may be set back."""
    return max(ports.clock.monotonic() - started, (ports.clock.now() - arm.at).total_seconds())


def _arm(ports: Ports, target: Target) -> Arm:
    timing, now = registry.manifest(target.platform).timing, ports.clock.now()
    settle_after = timing.sandbox_settle if target.sandbox else timing.settle
    over = timedelta(seconds=SEND_WINDOW + (SANDBOX_REACH if target.sandbox else reach(timing)))
    return Arm(
        attempt=target.attempt + 1,
        nonce=ports.ids.token(128),
        at=now,
        fingerprint=fingerprint(target.piece),
        over_at=now + over,
        settles_at=now + max(timedelta(seconds=settle_after), over),
    )


def reach(timing: Timing) -> float:
    """Seconds after which a request that was begun is certainly over: the http port's own bound for an exchange."""
    return CONNECT + 2 * timing.send_deadline + MARGIN


def _send(ports: Ports, target: Target, account: Account, call: Call, piece: Piece | Act) -> Verdict:
    """The one visible request. Answers what to settle with; nothing that happens here can escape but a crash."""
    try:
        outcome = pieces.steps(target).commit(call, piece, target.piece.handles)
        return _accepted(ports, outcome)
    except Refused as refusal:
        return _answered(ports, target, account, refusal)
    except NotSent as error:
        failure = failures.unreachable(target, error)
        return lambda now: targets.postponed(now, ports.clock.now() + back_off(ports, now), failure)
    except HttpFailure as error:
        return _doubt(ports, failures.lost(target, error))
    except Exception as error:  # an adapter that broke may have sent before it broke: that is doubt, not failure
        log.exception("adapter failed while sending", extra={"target_id": target.id})
        return _doubt(ports, failures.lost(target, error))


def _accepted(ports: Ports, outcome: Published | Accepted) -> Verdict:
    if isinstance(outcome, Published):
        live = live_of(ports, outcome)
        return lambda now: targets.published(now, live, ports.clock.now())
    again = ports.clock.now() + timedelta(seconds=outcome.seconds)
    return lambda now: targets.confirming(now, outcome.state, again)


def _answered(ports: Ports, target: Target, account: Account, refusal: Refused) -> Verdict:
    """A refusal of the visible request: definite only when the platform's table says so."""
    failure = failures.refused(refusal)
    if refusal.fate is Fate.REJECTED:
        return lambda now: targets.rejected(now, failure, ports.clock.now())
    return after_refusal(ports, target, account, refusal) or _doubt(ports, failure)


def after_refusal(ports: Ports, target: Target, account: Account, refusal: Refused) -> Verdict | None:
    """A limit: wait for its end, with all of the account's that goes through the same module. A refused token: refresh it once, then the account is dead.

    None when the refusal is neither.
    """
    failure = failures.refused(refusal)
    if refusal.fate is Fate.LIMITED:
        until = _limit_ends(ports, target, refusal)
        with suppress(StoreError):  # this answer must not get lost; the account's other targets would meet the limit
            sessions.block(ports, account, until, target.module)
        return lambda now: targets.postponed(now, until, failure)
    if refusal.fate is not Fate.UNAUTHORISED:
        return None
    if target.refreshed:
        return lambda now: targets.rejected(now, failure, ports.clock.now())
    return _refreshed(ports, target, account, failure)


def _limit_ends(ports: Ports, target: Target, refusal: Refused) -> datetime:
    """When the network says; by our own back-off where it says nothing, or names a time that is past."""
    now = ports.clock.now()
    return refusal.retry_at if refusal.retry_at and refusal.retry_at > now else now + back_off(ports, target)


def _refreshed(ports: Ports, target: Target, account: Account, failure: Failure) -> Verdict:
    later = ports.clock.now() + back_off(ports, target)
    try:
        sessions.refresh(ports, account)
    except RostrumError as error:
        if error.retryable:
            return lambda now: targets.postponed(now, later, failure)
        dead = failures.ours(error)
        return lambda now: targets.rejected(now, dead, ports.clock.now())
    except (HttpFailure, VaultError, StoreError):  # the refusal is certain knowledge: whatever fails here, it is kept
        return lambda now: targets.postponed(now, later, failure)
    return lambda now: replace(targets.postponed(now, ports.clock.now()), refreshed=True)


def _doubt(ports: Ports, failure: Failure) -> Verdict:
    def verdict(now: Target) -> Target:
        doubted_already = now.state is not State.ARMED
        return now if doubted_already else targets.in_doubt(now, failure, ports.clock.now() + FIRST_LOOK)

    return verdict


def _settle(ports: Ports, target: Target, arm: Arm, verdict: Verdict) -> Target | None:
    return follow_up(ports, settle(ports, target, arm, IN_DOUBT, verdict))


def live_of(ports: Ports, published: Published) -> Live:
    """What is remembered of a published piece."""
    return Live(published.id, ports.clock.now(), published.permalink, dict(published.state), storable(published.raw))
