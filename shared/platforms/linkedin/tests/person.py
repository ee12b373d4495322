"""A connected account of the simulated LinkedIn, and the ways that its tests go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.domain.accounts import AccountView, Connected
from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Piece
from shared.platforms.contract import App, Armed, Candidates, Published, Ready
from shared.platforms.linkedin import oauth, publish
from shared.ports.http import Request
from tests.support import files
from tests.support.simulated import MemoryWorld, SimulatedHttp, call_for, piece

APP = App("client", "sandbox-secret")
REDIRECT = "https://rostrum.example/callback"
MEMBER, PAGES, SELF_SERVE = "rostrum", "many", "selfserve"


class Person:
    """Somebody of this name; ``page`` takes the first page that they administer."""

    def __init__(self, name: str = MEMBER, *, page: bool = False, scopes: tuple[str, ...] = ()) -> None:
        self.world = MemoryWorld()
        self.scopes = scopes
        self.http = SimulatedHttp("linkedin", self.world)
        self.candidates = self._connect(name)
        self.connected = self.candidates[1 if page else 0]
        self.account = self._view(self.connected)

    def _connect(self, name: str) -> tuple[Connected, ...]:
        url = oauth.authorize_url(APP, REDIRECT, "state", "", self.scopes)
        location = self.http.send(Request("GET", f"{url}&sandbox_user={name}")).headers["location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        given = oauth.exchange(call_for(self.http, None, APP), code, REDIRECT, "")
        return given.accounts if isinstance(given, Candidates) else (given,)

    def _view(self, connected: Connected) -> AccountView:
        return AccountView(connected.platform_account_id, connected.username, connected.metadata, connected.tokens)

    @property
    def urn(self) -> str:
        return self.account.platform_account_id

    @property
    def call(self) -> Any:
        return call_for(self.http, self.account, APP)

    def prepare(self, made: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """All steps."""
        known = dict(state or {})
        for _ in range(60):
            step = publish.prepare(self.call, made, known)
            known = dict(step.state)
            if isinstance(step, Ready):
                return known
            self.world.pass_time(step.seconds)
        raise AssertionError("never ready")

    def publish(self, text: str = "Hello", kind: Kind = Kind.TEXT, **fields: Any) -> Published:
        """The whole way."""
        made = piece(kind, text, **fields)
        return publish.commit(self.call, made, self.prepare(made))

    def armed(self, state: Mapping[str, Any], attempt: int = 1, **more: Any) -> Armed:
        """Armed now."""
        return Armed(attempt, self.world.now, state, **more)


def document(data: bytes | None = None) -> MediaFile:
    """A PDF."""
    held = files.pdf() if data is None else data
    facts = MediaFacts(MediaType.DOCUMENT, "application/pdf", len(held))
    return MediaFile(facts, "https://sandbox.rostrum.test/media/document.pdf", lambda at, size: held[at : at + size])
