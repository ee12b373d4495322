"""A person with a channel on the simulated YouTube, connected as our own product would connect it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.accounts import Connected
from shared.domain.content import Act, MediaFacts, MediaFile, MediaType, Piece
from shared.platforms import registry
from shared.platforms.contract import Accepted, Actor, Armed, Call, Published, Ready
from shared.platforms.youtube import oauth, publish, simulator
from tests.support import simulated


class Person:
    """Connected on construction. ``world`` and ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        self.http = http or simulated.SimulatedHttp("youtube", simulated.MemoryWorld())
        self.world = self.http.world
        seed = simulator.seed(self.world, name)
        nobody = simulated.call_for(self.http, None)
        self.connected: Connected = oauth.exchange(nobody, seed["code"], seed["redirect_uri"], seed["verifier"])

    @property
    def id(self) -> str:
        """The channel's id."""
        return self.connected.platform_account_id

    @property
    def call(self) -> Call:
        who = self.connected
        view = simulated.view(who.platform_account_id, who.username, who.tokens, **who.metadata)
        return simulated.call_for(self.http, view)

    def refresh(self) -> None:
        """A new access token."""
        self.connected = replace(self.connected, tokens=oauth.refresh(self.call))

    def prepare(self, piece: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All steps of preparing, in the time they take."""
        known = dict(state or {})
        for _ in range(200):
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
        outcome = publish.commit(self.call, piece, state)
        while not isinstance(outcome, Published):
            self.world.pass_time(outcome.seconds)
            known = outcome.state
            step = publish.confirm(self.call, piece, known)
            outcome = step if isinstance(step, Published) else Accepted(step.state, step.seconds)
        return outcome, armed

    def do(self, module: str, act: Act) -> tuple[Published, Armed]:
        """Do something that is not a post."""
        actor: Actor = registry.actor("youtube", module)
        state = actor.prepare(self.call, act, {}).state
        armed = Armed(1, self.world.now, state)
        made = actor.commit(self.call, act, state)
        assert isinstance(made, Published)
        return made, armed

    def requests(self, method: str, part: str) -> int:
        """How many requests of this method to an address with this part have left."""
        return sum(sent.method == method and part in sent.url for sent in self.http.sent)


def film(
    size: int = 3000, seconds: float = 30.0, width: int = 1920, height: int = 1080, start: bytes = b""
) -> MediaFile:
    """A file of so many bytes that says that it is a video."""
    data = (start + bytes(range(256)) * (size // 256 + 1))[:size]
    facts = MediaFacts(MediaType.VIDEO, "video/mp4", size, width, height, seconds)
    return simulated.media_file(facts, data, f"https://{simulated.MEDIA_HOST}/media/film.mp4")
