"""A person with an account on the simulated TikTok, connected as our own product would connect them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.domain.content import Piece
from shared.platforms import _oauth2
from shared.platforms.contract import Absent, Accepted, App, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.tiktok import MANIFEST, oauth, publish
from shared.ports.http import Request
from tests.support import files, simulated

REDIRECT = "https://rostrum.example/oauth/callback"
VERIFIER = "0123456789abcdef" * 4
APP = App("client-key", "client-secret")
PHOTO = "https://sandbox.rostrum.test/media/photo.jpg"


class Person:
    """Connected on construction. ``http`` can be shared with others."""

    def __init__(self, name: str = "rostrum", http: simulated.SimulatedHttp | None = None) -> None:
        media = {PHOTO: ("image/jpeg", files.jpeg())}
        self.http = http or simulated.SimulatedHttp("tiktok", simulated.MemoryWorld(media=media))
        self.world = self.http.world
        nobody = simulated.call_for(self.http, None, APP)
        self.connected = oauth.exchange(nobody, self.consent(name)["code"], REDIRECT, VERIFIER)

    def consent(self, name: str, **more: str) -> dict[str, str]:
        """The consent page, and the query that the person comes back with."""
        challenge = _oauth2.challenge(VERIFIER, MANIFEST.oauth.challenge)
        url = oauth.authorize_url(APP, REDIRECT, "state", challenge, MANIFEST.oauth.scopes)
        extra = "".join(f"&{key}={value}" for key, value in {"sandbox_user": name, **more}.items())
        back = self.http.send(Request("GET", url + extra)).headers["location"]
        return {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}

    @property
    def call(self) -> Call:
        who = self.connected
        account = simulated.view(who.platform_account_id, who.username, who.tokens)
        return simulated.call_for(self.http, account, APP)

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

    def confirm(self, piece: Piece, accepted: Accepted) -> Published:
        """Until TikTok has posted it."""
        step: Accepted | Wait = accepted
        for _ in range(100):
            self.world.pass_time(step.seconds)
            outcome = publish.confirm(self.call, piece, step.state)
            if isinstance(outcome, Published):
                return outcome
            step = outcome
        raise AssertionError("confirm never ends")

    def publish(self, piece: Piece) -> Published:
        """The whole way."""
        outcome = publish.commit(self.call, piece, self.prepare(piece))
        assert isinstance(outcome, Accepted)
        return self.confirm(piece, outcome)

    def find(self, piece: Piece, state: Mapping[str, Any], **armed: Any) -> Published | Absent | Unsure:
        """Ten seconds after an arm of this instant."""
        at = armed.pop("at", self.world.now)
        self.world.pass_time(10)
        return publish.find(self.call, piece, Armed(1, at, state, **armed))

    def sent(self, path: str) -> list[Request]:
        """The requests to an endpoint so far."""
        return [request for request in self.http.sent if f"/v2/{path}" in request.url]
