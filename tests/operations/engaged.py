"""The stage of the engaging tests: an account on the explorer's plain network, with a post that somebody has commented on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.posts import Target, target_path
from shared.operations import accounts, publishing
from shared.operations.engaging import acting, reading
from shared.operations.engaging.commands import Order
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.platforms import registry
from shared.platforms.contract import Done
from shared.platforms.contract_inbox import Comment
from shared.ports.http import AnswerLost, Request
from tests.operations import flows
from tests.support import memory_ports
from tests.support.memory_ports import Rig

CAMPAIGN = {"ad_account_id": "ads-1", "objective": "traffic"}


@dataclass
class Stage:
    """A world with one account on the plain network."""

    rig: Rig
    account: Account

    def act(self, verb: str, on: str = "talk-1", **fields: Any) -> Target:
        return acting.act(self.rig.ports, flows.TEST, self.order(verb, on, **fields))

    def order(self, verb: str, on: str = "talk-1", **fields: Any) -> Order:
        return Order(self.account.id, verb, on, **fields)

    def post(self, text: str = "A post") -> Target:
        """A live post."""
        command = CreatePost(text, targets=(TargetOrder(self.account.id),), publish_now=True)
        target = creating.create(self.rig.ports, flows.TEST, command).targets[0]
        self.pass_time(5)
        return self.read(target)

    def comment(self) -> str:
        """Somebody's comment on a fresh post, by its id."""
        target = self.post()
        self.pass_time(120)
        return self.comments(target)[0].id

    def comments(self, target: Target) -> tuple[Comment, ...]:
        """What is said below a live post."""
        assert target.first
        return reading.comments(self.rig.ports, flows.TEST, self.account.id, target.first.id).items

    def read(self, target: Target) -> Target:
        doc = self.rig.store.get(target_path(target.space, target.id))
        assert doc is not None
        return codec.decode(Target, doc.data)

    def done(self) -> list[Done]:
        world = self.rig.sandbox.world("plain")
        return list(registry.simulator("plain").done(world, self.account.platform_account_id))

    def pass_time(self, seconds: int, *, sweep: bool = True) -> None:
        """Second by second: what is due is delivered, twice; each minute the sweeper looks."""
        for _ in range(seconds):
            for task in self.rig.queue.take(self.rig.clock.now()):
                publishing.advance(self.rig.ports, dict(task.body))
                publishing.advance(self.rig.ports, dict(task.body))
            self.rig.clock.advance(1)
            if sweep and self.rig.clock.monotonic() % 60 < 1:
                publishing.sweep(self.rig.ports)

    def lose(self, answers: int, *, effect: bool = True) -> None:
        """So many answers to writes get lost; the writes have their effect, or not."""
        left = [answers]

        def intercept(request: Request) -> None:
            if request.method == "GET" or not left[0]:
                return
            left[0] -= 1
            if effect:
                registry.simulator("plain").handle(request, self.rig.sandbox.world("plain"))
            raise AnswerLost("lost on the way")

        self.rig.sandbox.intercept = intercept

    def events(self, target: Target) -> list[dict[str, Any]]:
        return [dict(m.data) for m in self.rig.bus.messages if m.data.get("action_id") == target.id]


def stage() -> Stage:
    """A fresh one; the plain network must be installed."""
    rig = memory_ports.rig()
    made = accounts.connect(rig.ports, flows.TEST, accounts.Connect("plain", metadata={"name": "rostrum"}))
    assert isinstance(made, Account)
    return Stage(rig, made)
