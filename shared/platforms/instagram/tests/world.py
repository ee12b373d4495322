"""A connected account in a simulated Instagram, and the engine's part played by a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.accounts import AccountView, Connected
from shared.domain.content import Act, Kind, MediaFile, Piece
from shared.platforms.contract import Armed, Call, Published, Ready, Wait
from shared.platforms.instagram import inbox, oauth, publish, simulator
from tests.support import files, simulated
from tests.support.simulated import MEDIA_HOST, MemoryWorld, SimulatedHttp

PHOTO, VIDEO = f"https://{MEDIA_HOST}/media/photo.jpg", f"https://{MEDIA_HOST}/media/video.mp4"
REDIRECT = "https://example.test/callback"


@dataclass
class Stage:
    """One account, connected through the simulator's own login."""

    world: MemoryWorld
    http: SimulatedHttp
    account: AccountView

    @property
    def call(self) -> Call:
        return simulated.call_for(self.http, self.account)

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

    def published(self, piece: Piece) -> Published:
        return publish.commit(self.call, piece, self.prepared(piece))

    def ready(self, act: Act) -> dict[str, Any]:
        """An act, prepared."""
        outcome = inbox.prepare(self.call, act, {})
        assert isinstance(outcome, Ready)
        return dict(outcome.state)

    def done(self, act: Act) -> Published:
        """An act, from prepare to commit."""
        return inbox.commit(self.call, act, self.ready(act))

    def found(self, piece: Piece, state: Mapping[str, Any], at: datetime) -> Any:
        return publish.find(self.call, piece, Armed(1, at, state))

    def requests(self, method: str, ending: str) -> int:
        return sum(1 for sent in self.http.sent if sent.method == method and sent.url.split("?")[0].endswith(ending))

    def live(self) -> list[str]:
        """The ids of what followers see."""
        account = self.world.get("account", self.account.platform_account_id) or {}
        return [*account["media"], *account["stories"]]


def stage(name: str = "rostrum") -> Stage:
    """A fresh world with a photo and a video to fetch, and a connected account."""
    media = {PHOTO: ("image/jpeg", files.jpeg()), VIDEO: ("video/mp4", files.mp4())}
    world = MemoryWorld(media=media)
    http = SimulatedHttp("instagram", world)
    connected = connect(http, simulator.seed(world, name)["code"])
    http.sent.clear()
    http.answers.clear()
    return Stage(world, http, viewed(connected))


def joined(stage: Stage, name: str) -> Stage:
    """Another account in the same world."""
    connected = connect(stage.http, simulator.seed(stage.world, name)["code"])
    return Stage(stage.world, stage.http, viewed(connected))


def connect(http: SimulatedHttp, code: str) -> Connected:
    return oauth.exchange(simulated.call_for(http, None), code, REDIRECT, "")


def viewed(connected: Connected) -> AccountView:
    return simulated.view(connected.platform_account_id, connected.username, connected.tokens, **connected.metadata)


def photo(alt_text: str = "") -> MediaFile:
    return replace(simulated.image(files.jpeg(), alt_text=alt_text), url=PHOTO)


def video() -> MediaFile:
    return replace(simulated.video(files.mp4()), url=VIDEO)


def pieces() -> dict[Kind, Piece]:
    """One piece of each kind."""
    return {
        Kind.IMAGE: simulated.piece(Kind.IMAGE, "An image", (photo(),)),
        Kind.CAROUSEL: simulated.piece(Kind.CAROUSEL, "A carousel", (photo(), video(), photo())),
        Kind.REEL: simulated.piece(Kind.REEL, "A reel", (video(),)),
        Kind.STORY: simulated.piece(Kind.STORY, "", (photo(),)),
    }


def stepped(outcome: Ready | Wait) -> dict[str, Any]:
    return dict(outcome.state)
