"""A person with an account on the simulated X, connected as our own product would connect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.content import Parent, Piece, Role
from shared.platforms.contract import Armed, Call, Published, Ready
from shared.platforms.x import oauth, publish, simulator
from tests.support import simulated


class Person:
    """Connected on construction. ``world`` and ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        self.http = http or simulated.SimulatedHttp("twitter", simulated.MemoryWorld())
        self.world = self.http.world
        seed = simulator.seed(self.world, name)
        nobody = simulated.call_for(self.http, None)
        self.connected = oauth.exchange(nobody, seed["code"], seed["redirect_uri"], seed["verifier"])

    @property
    def call(self) -> Call:
        who = self.connected
        return simulated.call_for(self.http, simulated.view(who.platform_account_id, who.username, who.tokens))

    def refresh(self) -> None:
        """Trade the tokens."""
        self.connected = replace(self.connected, tokens=oauth.refresh(self.call))

    def prepare(self, piece: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All steps of preparing, in the time they take."""
        known = dict(state or {})
        for _ in range(500):
            step = publish.prepare(self.call, piece, known)
            known = dict(step.state)
            if isinstance(step, Ready):
                return known
            self.world.pass_time(step.seconds)
        raise AssertionError("prepare never ends")

    def post(self, piece: Piece) -> tuple[Published, Armed]:
        """Prepare, arm and commit."""
        state = self.prepare(piece)
        armed = Armed(1, self.world.now, state)
        return publish.commit(self.call, piece, state), armed

    def stored(self) -> list[str]:
        """The ids on the person's timeline, as the simulated network keeps them."""
        timeline = self.world.get("x.timeline", self.connected.platform_account_id) or {}
        return list(timeline.get("ids", ()))

    def posts_sent(self) -> int:
        """How many requests to publish have left."""
        return sum(request.method == "POST" and request.url.endswith("/2/tweets") for request in self.http.sent)


def reply_to(piece: Piece, before: Published, root: Published | None = None, **changes: Any) -> Piece:
    """The piece as an answer to what was published before it."""
    first = root or before
    parent, top = Parent(before.id, before.state), Parent(first.id, first.state)
    return replace(piece, role=changes.pop("role", Role.REPLY), parent=parent, root=top, **changes)
