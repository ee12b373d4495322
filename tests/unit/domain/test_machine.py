"""The state machine of a target under any sequence of wishes and steps: what always holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.domain import codec, targets
from shared.domain.content import Kind, Role
from shared.domain.posts import Arm, Failure, Live, PieceDoc, Target, task_name
from shared.domain.states import ALLOWED, EDITABLE, TERMINAL, State, Status
from shared.domain.targets import WrongState

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NO = Failure("x.no", "No.", "platform", "platform", retryable=False, raw={"deep": {"list": [1, None, "a"]}})
BY_A_PERSON = {"retried", "resolved_live", "resolved_retry", "unpublished"}
seconds = st.integers(0, 100_000)


def piece(role: Role = Role.POST) -> PieceDoc:
    return PieceDoc(role, Kind.TEXT, "words", "ab" * 16, 1)


def draft(pieces: tuple[PieceDoc, ...]) -> Target:
    return Target("tgt_1", "post_1", "ws_1.test", "acc_1", "plain", True, 0, State.DRAFT, pieces, START)


class Machine(RuleBasedStateMachine):
    """A target, moved by everybody at random; each impossible move must be refused and change nothing."""

    @initialize(replies=st.integers(0, 2), comment=st.booleans())
    def begin(self, replies: int, comment: bool) -> None:
        """A post, with further items of a thread, and the first comment last: as posts are built."""
        self.now = START
        last = (piece(Role.FIRST_COMMENT),) if comment else ()
        self.target = draft((piece(), *(piece(Role.REPLY) for _ in range(replies)), *last))
        self.names: set[str] = set()
        self.events: dict[str, str] = {}
        self.live = 0

    def move(self, name: str, step: Callable[[], Target], *, enqueues: bool = True) -> None:
        """Try a transition. ``enqueues``: the operations make a task after it, so its name must be new."""
        before = self.target
        try:
            after = step()
        except WrongState:
            return
        if after.state is not before.state and not (before.current < after.current):
            assert after.state in ALLOWED[before.state] or after.pieces != before.pieces, (before.state, after.state)
        if before.state in TERMINAL and after.state is not before.state:
            assert name in BY_A_PERSON, name
        assert after.attempt >= before.attempt
        assert after.tick >= before.tick
        assert after.generation >= before.generation
        if enqueues:
            fresh = task_name(after)
            assert fresh not in self.names, name
            self.names.add(fresh)
        self._events(name, before, after)
        self.target = after

    def _events(self, name: str, before: Target, after: Target) -> None:
        new = after.events[len(before.events) :]
        assert after.events[: len(before.events)] == before.events or len(after.events) < len(before.events)
        for event in new:
            assert event.id not in self.events
            self.events[event.id] = event.type
        if after.state in TERMINAL and before.state not in TERMINAL:
            assert len(new) == 1
            broke = after.state is State.FAILED and after.first is not None  # a thread that broke is partly live
            assert new[0].type == ("target.partial" if broke else f"target.{after.state}")
        if name == "unpublished":
            assert [event.type for event in new] == ["target.unpublished"]

    # ------------------------------------------------------------------------------------------------ callers

    @rule(ahead=seconds)
    def schedule(self, ahead: int) -> None:
        due = self.now + timedelta(seconds=ahead)
        self.move("scheduled", lambda: targets.scheduled(self.target, due, self.now))

    @rule()
    def unschedule(self) -> None:
        self.move("unscheduled", lambda: targets.unscheduled(self.target))

    @rule()
    def edit(self) -> None:
        fresh = tuple(piece(old.role) for old in self.target.pieces)
        self.move("edited", lambda: targets.edited(self.target, fresh))

    @rule()
    def cancel(self) -> None:
        editable = self.target.state in EDITABLE
        self.move("cancelled", lambda: targets.cancelled(self.target, self.now))
        assert (self.target.state is State.CANCELLED) >= editable

    @rule()
    def retry(self) -> None:
        self.move("retried", lambda: targets.retried(self.target, self.now))

    @rule()
    def it_is_live(self) -> None:
        self.move("resolved_live", lambda: targets.resolved_live(self.target, self._live(), self.now))

    @rule()
    def send_again(self) -> None:
        self.move("resolved_retry", lambda: targets.resolved_retry(self.target, self.now))

    @rule()
    def unpublish(self) -> None:
        self.move("unpublished", lambda: targets.unpublished(self.target, self.now))

    # ----------------------------------------------------------------------------------------------- the engine

    @rule(ahead=seconds)
    def prepare(self, ahead: int) -> None:
        again = self.now + timedelta(seconds=ahead)
        self.move("preparing", lambda: targets.preparing(self.target, {"h": 1}, again, self.now))

    @rule()
    def arm(self) -> None:
        over = self.now + timedelta(seconds=15)
        arm = Arm(self.target.attempt + 1, "nonce", self.now, "f", over, over)
        self.move("armed", lambda: targets.armed(self.target, arm, {"h": 2}))

    @rule(failed=st.booleans(), doubted=st.booleans())
    def postpone(self, failed: bool, doubted: bool) -> None:
        failure = NO if failed else None
        self.move("postponed", lambda: targets.postponed(self.target, self.now, failure, doubted=doubted))

    @rule()
    def confirm(self) -> None:
        self.move("confirming", lambda: targets.confirming(self.target, {"h": 3}, self.now))

    @rule()
    def doubt(self) -> None:
        self.move("in_doubt", lambda: targets.in_doubt(self.target, NO, self.now))

    @rule()
    def look(self) -> None:
        self.move("looked", lambda: targets.looked(self.target, self.now))

    @rule()
    def publish(self) -> None:
        if self.target.state is not State.NEEDS_REVIEW:  # the engine's settling is fenced; a person's word: above
            self.move("published", lambda: targets.published(self.target, self._live(), self.now))

    @rule()
    def reject(self) -> None:
        self.move("rejected", lambda: targets.rejected(self.target, NO, self.now))

    @rule()
    def miss(self) -> None:
        if self.target.current == 0:
            self.move("missed", lambda: targets.missed(self.target, NO, self.now))

    @rule()
    def ask_a_person(self) -> None:
        self.move("for_review", lambda: targets.for_review(self.target, NO, self.now))

    @rule()
    def sweep(self) -> None:
        if self.target.wake_at and self.target.wake_at <= self.now:
            self.move("swept", lambda: targets.swept(self.target, self.now))
            assert self.target.wake_at is not None
            assert self.target.wake_at > self.now

    @rule()
    def announce(self) -> None:
        known = frozenset(event.id for event in self.target.events)
        self.move("announced", lambda: targets.announced(self.target, known), enqueues=False)
        assert not self.target.events

    @rule(passed=seconds)
    def wait(self, passed: int) -> None:
        self.now += timedelta(seconds=passed)

    # ---------------------------------------------------------------------------------------------- what holds

    def _live(self) -> Live:
        return Live("id", self.now, None, {"cid": "c"})

    @invariant()
    def round_trips(self) -> None:
        """A target reads back from its document as it was written."""
        assert codec.decode(Target, codec.encode(self.target)) == self.target

    @invariant()
    def nobody_is_forgotten(self) -> None:
        """Whatever is neither a draft nor over, and whatever has an event to tell, is on the sweeper's list."""
        waiting = self.target.state not in (*TERMINAL, State.DRAFT)
        over_and_untold = self.target.state in TERMINAL and self.target.events
        if waiting or over_and_untold:
            assert self.target.wake_at is not None, self.target.state

    @invariant()
    def an_arm_is_held_while_it_may_be_used(self) -> None:
        if self.target.state in (State.ARMED, State.CONFIRMING, State.UNKNOWN, State.RECONCILING):
            assert self.target.arm is not None

    @invariant()
    def what_is_published_is_live(self) -> None:
        if self.target.state is State.PUBLISHED:
            assert self.target.first is not None
            assert self.target.error is None
            assert all(one.live or one.role is Role.FIRST_COMMENT for one in self.target.pieces)

    @invariant()
    def live_pieces_stay_and_come_in_order(self) -> None:
        alive = [one.live is not None for one in self.target.pieces]
        count = sum(alive[: self.target.current])
        assert count == self.target.current
        assert sum(alive) >= self.live
        self.live = sum(alive)

    @invariant()
    def a_status_for_callers(self) -> None:
        partly = self.target.state is State.FAILED and self.target.first is not None
        assert (self.target.status is Status.PARTIAL) == partly


Machine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None, derandomize=True)
TestMachine = Machine.TestCase
