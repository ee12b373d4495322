"""A network that does what a test says, on an account that is really connected to a simulator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain import codec
from shared.domain.accounts import Account, account_path
from shared.domain.content import Kind, MediaFacts, Piece
from shared.domain.errors import CausedBy
from shared.domain.posts import Arm, Post, Target, post_path, target_path
from shared.domain.states import State
from shared.operations import publishing
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, Segment, TargetOrder
from shared.operations.publishing.advancing import Step
from shared.platforms import registry
from shared.platforms.contract import (
    Accepted,
    Armed,
    Call,
    ErrorRow,
    Fate,
    Published,
    Publisher,
    Ready,
    Refused,
    Unsure,
    Wait,
)
from shared.platforms.manifest import Timing
from shared.ports.queue import Task
from shared.ports.store import Write
from tests.operations import flows
from tests.support import memory_ports
from tests.support.memory_ports import Rig

SETTLE = 40.0  # seconds from the arm until absence proves something; the sender is over after 15
LIVE = Published("live-1", "https://network.test/live-1")


def refusal(
    fate: Fate,
    code: str = "said_no",
    *,
    retry_at: datetime | None = None,
    caused_by: CausedBy = "platform",
    status: int = 400,
) -> Refused:
    """The network's no, of one fate."""
    row = ErrorRow(fate, code, "The network said no.", caused_by=caused_by)
    return Refused(row, platform="bluesky", status=status, platform_code="E1", platform_message="no", retry_at=retry_at)


@dataclass
class Network:
    """``contract.Publisher`` from scripts: each call takes the next word of its list, the last ones are defaults.

    A word is an answer, an exception, or a function that is called (to let time pass, or to interfere) and answers one.
    """

    real: Publisher
    prepares: list[Any] = field(default_factory=list)
    commits: list[Any] = field(default_factory=list)
    confirms: list[Any] = field(default_factory=list)
    finds: list[Any] = field(default_factory=list)
    describes: list[Any] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    committed: list[Piece] = field(default_factory=list)

    def choose_kind(self, text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> Kind:
        return self.real.choose_kind(text, media, options)

    def prepare(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
        return self._say("prepare", self.prepares, Ready(dict(state)))

    def commit(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Accepted:
        self.committed.append(piece)
        number = len(self.committed)
        return self._say("commit", self.commits, Published(f"live-{number}", f"https://network.test/live-{number}"))

    def confirm(self, call: Call, piece: Piece, state: Mapping[str, Any]) -> Published | Wait:
        return self._say("confirm", self.confirms, LIVE)

    def find(self, call: Call, piece: Piece, armed: Armed) -> Any:
        return self._say("find", self.finds, Unsure("nothing is said."))

    def describe(self, call: Call, published: Published) -> Published:
        return self._say("describe", self.describes, replace(published, permalink="https://network.test/described"))

    def delete(self, call: Call, published: Published) -> None:
        self.calls.append("delete")

    def count(self, name: str) -> int:
        return self.calls.count(name)

    def _say(self, name: str, words: list[Any], default: Any) -> Any:
        self.calls.append(name)
        word = words.pop(0) if words else default
        if callable(word):
            word = word()
        if isinstance(word, BaseException):
            raise word
        return word


@dataclass
class Stage:
    """A world with one account on the scripted network; the test delivers the tasks and moves the clock."""

    rig: Rig
    network: Network
    account: Account
    post_id: str = ""

    def post(self, text: str = "Hello", **more: Any) -> Target:
        """A post on the account: now, unless ``scheduled_at`` says otherwise."""
        more.setdefault("publish_now", "scheduled_at" not in more)
        segments = tuple(Segment(words) for words in more.pop("thread", ()))
        command = CreatePost(text=text, targets=(TargetOrder(self.account.id),), segments=segments, **more)
        made = creating.create(self.rig.ports, flows.TEST, command)
        self.post_id = made.post.id
        return made.targets[0]

    def target(self) -> Target:
        """As it is stored now."""
        ids = list(self.stored_post().targets)
        return self.read(ids[0])

    def read(self, target_id: str) -> Target:
        doc = self.rig.store.get(target_path(flows.TEST.space, target_id))
        assert doc is not None
        return codec.decode(Target, doc.data)

    def arm(self) -> Arm:
        arm = self.target().arm
        assert arm is not None
        return arm

    def stored_post(self) -> Post:
        doc = self.rig.store.get(post_path(flows.TEST.space, self.post_id))
        assert doc is not None
        return codec.decode(Post, doc.data)

    def put(self, target: Target) -> None:
        """Write a target as a test wants it."""
        self.rig.store.commit([Write("set", target_path(target.space, target.id), codec.encode(target))])

    def change_account(self, **fields: Any) -> None:
        self.rig.store.commit([Write("update", account_path(self.account.space, self.account.id), fields)])

    def deliver(self, rounds: int = 20) -> None:
        """Everything that is due, each task twice, and what follows from it at once."""
        for _ in range(rounds):
            tasks = self.rig.queue.take(self.rig.clock.now())
            if not tasks:
                return
            for task in [*tasks, *tasks]:
                self.advance(task)
        raise AssertionError("tasks follow each other without end")

    def advance(self, task: Task) -> Step:
        return publishing.advance(self.rig.ports, dict(task.body))

    def pass_time(self, seconds: float, *, sweep: bool = True) -> None:
        """Let the clock run in steps of ten seconds; deliver what is due, sweep each minute."""
        end = self.rig.clock.now() + timedelta(seconds=seconds)
        while self.rig.clock.now() < end:
            self.rig.clock.advance(min(10.0, (end - self.rig.clock.now()).total_seconds()))
            self.deliver()
            if sweep and self.rig.clock.monotonic() % 60 == 0:
                publishing.sweep(self.rig.ports)
                self.deliver()

    def events(self) -> list[tuple[str, str]]:
        """(id, type) of every message about the latest post, in order."""
        about = [message for message in self.rig.bus.messages if message.data["post_id"] == self.post_id]
        return [(message.attributes["id"], message.attributes["type"]) for message in about]

    def told(self, kind: str) -> set[str]:
        """The ids under which this event was told."""
        return {told for told, what in self.events() if what == kind}

    def ended(self, state: State) -> Target:
        """The target, which is in this terminal state and has told its end under one id; its post agrees."""
        target = self.target()
        assert target.state is state, (target.state, target.error)
        assert len(self.told(f"target.{target.status}")) == 1
        assert not target.events
        assert self.stored_post().status == target.status
        return target


def stage(monkeypatch: pytest.MonkeyPatch, **timing: float) -> Stage:
    """A fresh stage. The network takes threads and first comments; ``timing`` differs where a test needs it."""
    rig = memory_ports.rig()
    account = flows.signed_in(rig)
    network = Network(registry.publisher("bluesky"))
    real = registry.manifest("bluesky")
    chosen = {"send_deadline": 5.0, "settle": SETTLE, "sandbox_settle": SETTLE, "confirm_within": 120.0}
    times = Timing(**{**chosen, "prepare_within": 300.0, **timing}, native_key=False, source=real.timing.source)
    manifest = replace(real, timing=times, thread=10, first_comment=True)
    monkeypatch.setattr(registry, "publisher", lambda name: network)
    monkeypatch.setattr(registry, "manifest", lambda name: manifest)
    return Stage(rig, network, account)
