"""A person with a location on the simulated Google, connected as our own product would connect it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.domain.accounts import Connected
from shared.domain.content import Act, Piece
from shared.platforms.contract import Accepted, Armed, Call, Candidates, Published
from shared.platforms.google_business import inbox, oauth, publish, simulator
from tests.support import files, simulated

PHOTO = f"https://{simulated.MEDIA_HOST}/media/photo.jpg"


class Person:
    """Connected on construction, with the first of their locations. ``world`` and ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        world = simulated.MemoryWorld(media={PHOTO: ("image/jpeg", files.jpeg())})
        self.http = http or simulated.SimulatedHttp("google_business", world)
        self.world = self.http.world
        seed = simulator.seed(self.world, name)
        nobody = simulated.call_for(self.http, None)
        given = oauth.exchange(nobody, seed["code"], seed["redirect_uri"], seed["verifier"])
        self.all: tuple[Connected, ...] = given.accounts if isinstance(given, Candidates) else (given,)
        self.connected = self.all[0]

    @property
    def id(self) -> str:
        """The location's id."""
        return self.connected.platform_account_id

    @property
    def call(self) -> Call:
        who = self.connected
        view = simulated.view(who.platform_account_id, who.username, who.tokens, **who.metadata)
        return simulated.call_for(self.http, view)

    def refresh(self) -> None:
        """A new access token."""
        self.connected = replace(self.connected, tokens=oauth.refresh(self.call))

    def post(self, piece: Piece) -> tuple[Published, Armed]:
        """Arm, commit and confirm."""
        armed = Armed(1, self.world.now, {})
        outcome = publish.commit(self.call, piece, {})
        while not isinstance(outcome, Published):
            self.world.pass_time(outcome.seconds)
            known: Mapping[str, Any] = outcome.state
            step = publish.confirm(self.call, piece, known)
            outcome = step if isinstance(step, Published) else Accepted(step.state, step.seconds)
        return outcome, armed

    def do(self, act: Act) -> tuple[Published, Armed]:
        """Do something that is not a post."""
        armed = Armed(1, self.world.now, {})
        return inbox.commit(self.call, act, inbox.prepare(self.call, act, {}).state), armed
