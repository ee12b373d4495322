"""A person with an account on the simulated Pinterest, connected as our own product would connect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from shared.domain.content import Act, Piece
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure
from shared.platforms.pinterest import oauth, publish, simulator
from tests.support import files, simulated

BOARD = "549755885175000001"
MEDIA = f"https://{simulated.MEDIA_HOST}/media"
KEY = "0123456789abcdef0123456789abcdef"


class Person:
    """Connected on construction. ``world`` and ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        self.http = http or simulated.SimulatedHttp("pinterest", simulated.MemoryWorld())
        self.world = self.http.world
        self.world.media[f"{MEDIA}/photo.jpg"] = ("image/jpeg", files.jpeg())
        seed = simulator.seed(self.world, name)
        nobody = simulated.call_for(self.http, None)
        self.connected = oauth.exchange(nobody, seed["code"], seed["redirect_uri"], "")

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
        for _ in range(50):
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

    def find(self, piece: Piece, armed: Armed) -> Published | Absent | Unsure:
        """Settle a Pin."""
        return publish.find(self.call, piece, armed)

    def act(self, module: ModuleType, verb: str, on: str, text: str = "", **arguments: Any) -> Published:
        """Do something."""
        act = Act(verb, on, text, arguments, key=KEY)
        ready = module.prepare(self.call, act, {})
        done: Published = module.commit(self.call, act, ready.state)
        return done
