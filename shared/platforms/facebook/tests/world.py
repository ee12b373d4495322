"""A connected Page in a simulated Facebook, and the engine's part played by a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.accounts import AccountView, Connected
from shared.domain.content import Kind, MediaFile, Parent, Piece, Role
from shared.platforms.contract import Accepted, App, Armed, Call, Candidates, Published, Ready
from shared.platforms.facebook import oauth, publish, simulator
from tests.support import files, simulated
from tests.support.simulated import MEDIA_HOST, MemoryWorld, SimulatedHttp

PHOTO, VIDEO = f"https://{MEDIA_HOST}/media/photo.jpg", f"https://{MEDIA_HOST}/media/video.mp4"
REDIRECT = "https://example.test/callback"
APP = App("client", "secret")


@dataclass
class Stage:
    """One Page, connected through the simulator's own login."""

    world: MemoryWorld
    http: SimulatedHttp
    account: AccountView

    @property
    def call(self) -> Call:
        return simulated.call_for(self.http, self.account, APP)

    @property
    def page(self) -> str:
        return self.account.platform_account_id

    def prepared(self, piece: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Prepare to the end, with the time passing that is asked for."""
        state = dict(state or {})
        for _ in range(100):
            outcome = publish.prepare(self.call, piece, state)
            state = dict(outcome.state)
            if isinstance(outcome, Ready):
                return state
            self.world.pass_time(outcome.seconds)
        raise AssertionError("never ready")

    def committed(self, piece: Piece, state: Mapping[str, Any]) -> Published:
        outcome = publish.commit(self.call, piece, state)
        while isinstance(outcome, Accepted):
            self.world.pass_time(outcome.seconds)
            confirmed = publish.confirm(self.call, piece, outcome.state)
            outcome = confirmed if isinstance(confirmed, Published) else Accepted(confirmed.state, confirmed.seconds)
        return outcome

    def published(self, piece: Piece) -> Published:
        return self.committed(piece, self.prepared(piece))

    def found(self, piece: Piece, state: Mapping[str, Any], at: datetime, attempt: int = 1) -> Any:
        return publish.find(self.call, piece, Armed(attempt, at, state))

    def requests(self, method: str, ending: str) -> int:
        return sum(1 for sent in self.http.sent if sent.method == method and sent.url.split("?")[0].endswith(ending))

    def live(self) -> list[str]:
        """The ids of what followers see, comments too."""
        return [item.id for item in simulator.seen(self.world, self.page)]


def stage(name: str = "rostrum") -> Stage:
    """A fresh world with a photo and a video to fetch, and a connected Page."""
    world = MemoryWorld(media={PHOTO: ("image/jpeg", files.jpeg()), VIDEO: ("video/mp4", files.mp4())})
    http = SimulatedHttp("facebook", world)
    connected = connect(http, simulator.seed(world, name)["code"])[0]
    http.sent.clear()
    http.answers.clear()
    return Stage(world, http, viewed(connected))


def connect(http: SimulatedHttp, code: str) -> tuple[Connected, ...]:
    given = oauth.exchange(simulated.call_for(http, None, APP), code, REDIRECT, "")
    return given.accounts if isinstance(given, Candidates) else (given,)


def viewed(connected: Connected) -> AccountView:
    return simulated.view(connected.platform_account_id, connected.username, connected.tokens, **connected.metadata)


def photo(alt_text: str = "") -> MediaFile:
    return replace(simulated.image(files.jpeg(), alt_text=alt_text), url=PHOTO)


def video() -> MediaFile:
    return replace(simulated.video(files.mp4()), url=VIDEO)


def pieces() -> dict[str, Piece]:
    """One piece of each kind; stories are of a photo or of a video."""
    return {
        "text": simulated.piece(Kind.TEXT, "A text"),
        "link": simulated.piece(Kind.LINK, "A link", options={"link": "https://example.test/page"}),
        "image": simulated.piece(Kind.IMAGE, "A photo", (photo("A lake"),)),
        "carousel": simulated.piece(Kind.CAROUSEL, "Two photos", (photo(), photo())),
        "video": simulated.piece(Kind.VIDEO, "A video", (video(),), options={"title": "Title"}),
        "reel": simulated.piece(Kind.REEL, "A reel", (video(),)),
        "photo story": simulated.piece(Kind.STORY, "", (photo(),)),
        "video story": simulated.piece(Kind.STORY, "", (video(),)),
    }


def comment_on(published: Published, text: str = "First!") -> Piece:
    parent = Parent(published.id, published.state)
    return simulated.piece(Kind.TEXT, text, role=Role.FIRST_COMMENT, root=parent, parent=parent)
