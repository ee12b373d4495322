"""Before the arm: everything that no follower can see, as often as it takes."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain import targets
from shared.domain.accounts import Account
from shared.domain.errors import Missing, Reconnect, RostrumError
from shared.domain.posts import MAX_DOUBTS, Failure, Target
from shared.operations import sessions
from shared.operations.publishing import failures, pieces, sending, turns
from shared.operations.publishing.announcing import follow_up
from shared.operations.publishing.back_off import back_off
from shared.operations.publishing.records import Loaded, load, put
from shared.operations.publishing.sending import Prepared
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Ready, Refused, Wait
from shared.ports.blobs import BlobsError
from shared.ports.http import HttpFailure
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports

log = logging.getLogger(__name__)
MAX_STEPS = 40  # prepare steps in one invocation: then the queue brings us back


def proceed(ports: Ports, loaded: Loaded) -> Target | None:
    """A due target: give it up if it is too late, else prepare its piece, and arm and send it once it is ready."""
    target, now = loaded.target, ports.clock.now()
    if verdict := _verdict(target, now):
        return _store(ports, loaded, verdict)
    if until := turns.wait_until(ports, target):
        return _store(ports, loaded, targets.postponed(target, until))
    try:
        account = sessions.open_account(ports, target.space, target.account_id)
        until = sessions.blocked_until(account, target.module)
        if until and until > now:
            return _store(ports, loaded, targets.postponed(target, until))
        call = sessions.call(ports, account)
    except (Missing, Reconnect) as error:
        return _store(ports, loaded, targets.rejected(target, failures.ours(error), now))
    except RostrumError as error:
        return _store(ports, loaded, _later(ports, target, failures.ours(error)))
    except (HttpFailure, VaultError) as error:
        return _store(ports, loaded, _later(ports, target, failures.unreachable(target, error)))
    return _prepare(ports, loaded, account, call)


def _verdict(target: Target, now: datetime) -> Target | None:
    """The end of a target that is too late, or was in doubt too often; None to go on."""
    if target.doubts >= MAX_DOUBTS:
        return targets.rejected(target, target.error or failures.not_taken(None), now)
    since = _wanted_since(target)
    if since is None or now <= since + timedelta(seconds=target.max_lateness):
        return None
    if target.error:
        return targets.rejected(target, target.error, now)
    if _network_took_it(target, since, now):
        return targets.rejected(target, failures.timed_out("preparing it"), now)
    ours = failures.late()
    return targets.rejected(target, ours, now) if target.current else targets.missed(target, ours, now)


def _network_took_it(target: Target, since: datetime, now: datetime) -> bool:
    """Whether more of the time went into the network's preparing than was lost before, and nobody was late to look at it."""
    began = target.began_at
    return began is not None and not target.swept and now - began > began - since


def _wanted_since(target: Target) -> datetime | None:
    """When the piece at hand became due: at the target's time, or once the piece before it was live. A retry makes the
    target due anew, however long its first pieces have been live."""
    before = target.pieces[target.current - 1].live if target.current else None
    return max(before.at, target.due_at or before.at) if before else target.due_at


def _prepare(ports: Ports, loaded: Loaded, account: Account, call: Call) -> Target | None:
    """Prepare steps one after the other, each saved; then the arm."""
    for _ in range(MAX_STEPS):
        outcome = _one_step(ports, loaded, account, call)
        if isinstance(outcome, Prepared):
            mine = _still_ours(ports, loaded)
            return sending.arm_and_send(ports, mine, account, call, outcome) if mine else None
        if not isinstance(outcome, Loaded):
            return outcome
        loaded = outcome
    return _store(ports, loaded, targets.postponed(loaded.target, ports.clock.now()))


def _one_step(ports: Ports, loaded: Loaded, account: Account, call: Call) -> Prepared | Loaded | Target | None:
    """One step: Prepared to arm; Loaded to go on at once; a target (or None) when this invocation is over."""
    target, now = loaded.target, ports.clock.now()
    try:
        piece = pieces.view(ports, target)
        outcome = pieces.steps(target).prepare(call, piece, target.piece.handles)
    except Refused as refusal:
        return _refused(ports, loaded, account, refusal)
    except pieces.Orphaned:
        return _store(ports, loaded, targets.rejected(target, failures.orphaned(), now))
    except RostrumError as error:
        return _store(ports, loaded, _ours(ports, target, error))
    except (HttpFailure, BlobsError) as error:
        return _store(ports, loaded, _later(ports, target, failures.unreachable(target, error)))
    except StoreError:
        raise
    except Exception as error:  # an adapter's bug: nothing is visible yet, and the queue is not to suffer for it
        log.exception("adapter failed while preparing", extra={"target_id": target.id})
        return _store(ports, loaded, _later(ports, target, failures.unreachable(target, error)))
    return Prepared(piece, outcome.state) if isinstance(outcome, Ready) else _waited(ports, loaded, outcome)


def _waited(ports: Ports, loaded: Loaded, wait: Wait) -> Loaded | Target | None:
    """Save what was done; go on at once when the network needs no time."""
    mine = _still_ours(ports, loaded)
    if mine is None:
        return None
    loaded, target, now = mine, mine.target, ports.clock.now()
    if target.swept:  # it was left alone for a while: that was not the network's time
        target = replace(target, began_at=now)
    within = timedelta(seconds=registry.manifest(target.platform).timing.prepare_within)
    if target.began_at and now > target.began_at + within:
        return _store(ports, loaded, targets.rejected(target, failures.timed_out("processing the media"), now))
    saved = targets.preparing(target, wait.state, now + timedelta(seconds=wait.seconds), now)
    if wait.seconds > 0:
        return _store(ports, loaded, saved)
    return _reloaded(ports, saved) if put(ports, loaded, saved) else None


def _still_ours(ports: Ports, loaded: Loaded) -> Loaded | None:
    """The target as it is after a step that took so long that the sweeper looked in. Its mark must not throw the work
    away; whatever else changed meanwhile (an edit, another invocation's step) makes the target theirs: None."""
    before = loaded.target
    if before.wake_at is None or ports.clock.now() < before.wake_at:
        return loaded
    again = load(ports, before.space, before.id)
    if again is None:
        return None
    seen = again.target
    marked = replace(before, tick=seen.tick, swept=seen.swept, wake_at=seen.wake_at, noted=seen.noted)
    return again if seen == marked else None


def _reloaded(ports: Ports, saved: Target) -> Loaded | None:
    """The target as it was just saved, with its version; None when somebody changed it since: then it is theirs."""
    again = load(ports, saved.space, saved.id)
    if again is None:
        return None
    now = again.target
    mine = (now.state, now.generation, now.tick) == (saved.state, saved.generation, saved.tick)
    return again if mine else None


def _refused(ports: Ports, loaded: Loaded, account: Account, refusal: Refused) -> Target | None:
    """Nothing is visible yet: a rejection ends the target, everything else may pass."""
    target, now = loaded.target, ports.clock.now()
    failure = failures.refused(refusal)
    if refusal.fate is Fate.REJECTED:
        return _store(ports, loaded, targets.rejected(target, failure, now))
    verdict = sending.after_refusal(ports, target, account, refusal)
    return _store(ports, loaded, verdict(target) if verdict else _later(ports, target, failure))


def _ours(ports: Ports, target: Target, error: RostrumError) -> Target:
    """One of our own errors: what will not pass by itself ends the target."""
    failure = failures.ours(error)
    return _later(ports, target, failure) if error.retryable else targets.rejected(target, failure, ports.clock.now())


def _later(ports: Ports, target: Target, failure: Failure) -> Target:
    return targets.postponed(target, ports.clock.now() + back_off(ports, target), failure)


def _store(ports: Ports, loaded: Loaded, after: Target) -> Target | None:
    return follow_up(ports, put(ports, loaded, after))
