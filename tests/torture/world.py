"""One installation in memory, run as it is deployed: callers with patience, tasks, messages and schedules, all of them brought
again until they are taken, on the virtual clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from shared.operations import housekeeping, publishing, recording, refreshing, sandboxing, subscribing
from shared.operations.exports import processing as exporting
from shared.operations.ingesting import processing
from shared.operations.syncing import running
from shared.operations.webhooks import delivering, fanning_out
from shared.ports.bus import Message
from shared.ports.queue import Task
from tests.api.client import Answer, Api, api
from tests.operations.webhook_world import Receiver

TASKS: Mapping[str, Callable[..., Any]] = {
    "publish": publishing.advance,
    "deliver": delivering.deliver,
    "export": exporting.advance,
    "subscribe": subscribing.subscribe,
    "sync": running.advance,
    "hand_over": sandboxing.hand_over,
    "refresh": refreshing.refresh,
}
LISTENERS: Mapping[str, tuple[Callable[..., Any], ...]] = {
    "events": (recording.observe, fanning_out.notify),
    "webhooks": (processing.process,),
}
SCHEDULES: tuple[Callable[..., Any], ...] = (
    housekeeping.keep,
    sandboxing.due,
    running.hand_out,
    refreshing.refresh_due,
)
AGAIN = timedelta(seconds=10)
PATIENCE = 8  # times that a caller asks, and a message or a task is brought, per fault
MINUTE = 60.0


@dataclass
class World:
    """The installation, its caller, and a receiver of webhooks. ``raised``: what was brought again, by what it met."""

    api: Api
    receiver: Receiver
    raised: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    refused: list[str] = field(default_factory=list)  # what the caller was told to be at fault with
    known: set[tuple[str, str]] = field(default_factory=set)  # network and id of every account that was ever connected
    _heard: int = 0
    _again: list[tuple[Callable[..., Any], Message, int]] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """As an SDK does: the same request under the same key, until the answer is not that we are at fault."""
        self.asked += 1
        key = f"request-{self.asked}"
        answer = None
        for _ in range(PATIENCE):
            given = {name: value() if callable(value) else value for name, value in more.items()}
            answer = self.api(method, path, body, Idempotency_Key=key, **given)
            if answer.status < 500 and not _in_progress(answer):
                self.refused += [f"{method} {path}: {answer.error}"] if answer.status >= 400 else []
                return answer
            self.raised[f"{method} {path.partition('?')[0]}"] += 1
            self.pass_time(90)
        raise AssertionError(f"{method} {path} is never answered: {answer}")

    def insist(self, act: Callable[[], Any]) -> Any:
        """What is no request: done again while our own infrastructure fails it."""
        for _ in range(PATIENCE):
            try:
                return act()
            except Exception as error:  # noqa: BLE001 - whatever it raised, whoever asked asks again
                self.raised[type(error).__name__] += 1
                self.pass_time(10)
        return act()

    def pass_time(self, seconds: float) -> None:
        """Tasks and messages as they come, and the schedules: each minute, and of a long time fewer (they may be skipped)."""
        rig = self.api.rig
        until = rig.clock.now() + timedelta(seconds=seconds)
        pause = timedelta(seconds=max(MINUTE, seconds / 12))
        scheduled = rig.clock.now() + pause
        while True:
            self._work()
            self.known |= _accounts(self.api)
            now = rig.clock.now()
            if now >= until:
                return
            rig.clock.move_to(min(filter(None, (rig.queue.next_at(), scheduled, until))))
            if rig.clock.now() >= scheduled:
                scheduled += pause
                self._schedules()

    def _schedules(self) -> None:
        for schedule in SCHEDULES:
            try:
                schedule(self.api.rig.ports, {})
            except Exception:  # noqa: BLE001 - the next minute's run goes on
                self.raised[f"schedule {schedule.__module__.rpartition('.')[2]}"] += 1

    def _work(self) -> None:
        """What is due now, and what follows from it at once."""
        for _ in range(200):
            due = self.api.rig.queue.take(self.api.rig.clock.now())
            for task in due:
                self._task(task)
            if not (self._messages() or due):
                return

    def _task(self, task: Task) -> None:
        try:
            TASKS[task.function](self.api.rig.ports, dict(task.body))
        except Exception:  # noqa: BLE001 - as the queue sees a handler: whatever it raises is «not 200»
            self.raised[f"task {task.function}"] += 1
            self.api.rig.queue.put_back(replace(task, at=self.api.rig.clock.now() + AGAIN))

    def _messages(self) -> int:
        messages = self.api.rig.bus.messages[self._heard :]
        self._heard = len(self.api.rig.bus.messages)
        pending = [(listen, one, PATIENCE) for one in messages for listen in LISTENERS.get(one.topic, ())]
        pending, self._again = self._again + pending, []
        for listen, message, left in pending:
            try:
                listen(self.api.rig.ports, message.data, message.attributes)
            except Exception:  # noqa: BLE001 - the bus brings it again
                self.raised[f"message {message.topic}"] += 1
                self._again += [(listen, message, left - 1)] if left else []
        return len(pending)


def _accounts(api: Api) -> set[tuple[str, str]]:
    return {(doc.data["platform"], doc.data["platform_account_id"]) for doc in api.stored("accounts")}


def _in_progress(answer: Answer) -> bool:
    return answer.status == 409 and "progress" in answer.error["code"]


def world() -> World:
    """A fresh one."""
    made = api()
    return World(made, Receiver(made.rig))
