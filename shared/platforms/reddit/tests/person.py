"""A person with an account on the simulated Reddit, connected as our own product would connect them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act, Piece
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.reddit import inbox, oauth, publish, simulator
from tests.support import simulated

KEY = "0123456789abcdef0123456789abcdef"


class Person:
    """Connected on construction. ``world`` and ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        self.http = http or simulated.SimulatedHttp("reddit", simulated.MemoryWorld())
        self.world = self.http.world
        seed = simulator.seed(self.world, name)
        nobody = simulated.call_for(self.http, None)
        self.connected = oauth.exchange(nobody, seed["code"], seed["redirect_uri"], "")

    @property
    def call(self) -> Call:
        who = self.connected
        return simulated.call_for(self.http, simulated.view(who.platform_account_id, who.username, who.tokens))

    def prepare(self, piece: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All steps of preparing, in the time they take."""
        known = dict(state or {})
        for _ in range(50):
            step = publish.prepare(self.call, piece, known)
            known = dict(step.state)
            if isinstance(step, Ready):
                return known
            self.world.pass_time(step.seconds)
        raise AssertionError("prepare never ends")

    def post(self, piece: Piece) -> tuple[Published, Armed]:
        """Prepare, arm, commit and confirm."""
        state = self.prepare(piece)
        armed = Armed(1, self.world.now, state)
        made: Published | Accepted | Wait = publish.commit(self.call, piece, state)
        while not isinstance(made, Published):
            self.world.pass_time(made.seconds)
            made = publish.confirm(self.call, piece, made.state)
        return made, armed

    def act(self, verb: str, on: str, text: str = "", **fields: Any) -> Published:
        """Do something and confirm it."""
        act = Act(verb, on, text, key=KEY, **fields)
        ready = inbox.prepare(self.call, act, {})
        made: Published | Accepted | Wait = inbox.commit(self.call, act, ready.state)
        while not isinstance(made, Published):
            self.world.pass_time(made.seconds)
            made = inbox.confirm(self.call, act, made.state)
        return made

    def find(self, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
        """Settle a post."""
        return publish.find(self.call, piece, armed)
