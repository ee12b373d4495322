"""A connected account in a simulated Threads, and the engine's part played by a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from shared.domain.accounts import AccountView, Connected
from shared.domain.content import Act, Kind, MediaFile, Piece
from shared.platforms.contract import Armed, Call, Published, Ready
from shared.platforms.threads import inbox, oauth, publish, simulator
from tests.support import files, simulated
from tests.support.simulated import MEDIA_HOST, MemoryWorld, SimulatedHttp

PHOTO, VIDEO = f"https://{MEDIA_HOST}/media/photo.jpg", f"https://{MEDIA_HOST}/media/video.mp4"
REDIRECT = "https://example.test/callback"
SOMEBODYS = "18000000000000002"  # a post that the simulator always has


@dataclass
class Stage:
    """One account, connected through the simulator's own window."""

    world: MemoryWorld
    http: SimulatedHttp
    account: AccountView

    @property
    def call(self) -> Call:
        return simulated.call_for(self.http, self.account)

    def prepared(self, piece: Piece, state: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Prepare to the end, with the time passing that is asked for."""
        known = dict(state or {})
        for _ in range(100):
            outcome = publish.prepare(self.call, piece, known)
            known = dict(outcome.state)
            if isinstance(outcome, Ready):
                return known
            self.world.pass_time(outcome.seconds)
        raise AssertionError("never ready")

    def published(self, piece: Piece) -> Published:
        return publish.commit(self.call, piece, self.prepared(piece))

    def found(self, piece: Piece, state: Mapping[str, Any], at: datetime) -> Any:
        return publish.find(self.call, piece, Armed(1, at, state))

    def done(self, act: Act) -> Published:
        """An act, from prepare to commit."""
        known: dict[str, Any] = {}
        for _ in range(100):
            outcome = inbox.prepare(self.call, act, known)
            known = dict(outcome.state)
            if isinstance(outcome, Ready):
                return inbox.commit(self.call, act, known)
            self.world.pass_time(outcome.seconds)
        raise AssertionError("never ready")

    def requests(self, method: str, ending: str) -> int:
        return sum(1 for sent in self.http.sent if sent.method == method and sent.url.split("?")[0].endswith(ending))

    def live(self) -> list[str]:
        """The ids of what followers see."""
        return [post.id for post in simulator.seen(self.world, self.account.platform_account_id)]


def stage(name: str = "rostrum") -> Stage:
    """A fresh world with a photo and a video to fetch, and a connected account."""
    media = {PHOTO: ("image/jpeg", files.jpeg()), VIDEO: ("video/mp4", files.mp4())}
    world = MemoryWorld(media=media)
    http = SimulatedHttp("threads", world)
    connected = connect(http, simulator.seed(world, name)["code"])
    http.sent.clear()
    http.answers.clear()
    view = simulated.view(connected.platform_account_id, connected.username, connected.tokens, **connected.metadata)
    return Stage(world, http, view)


def connect(http: SimulatedHttp, code: str) -> Connected:
    return oauth.exchange(simulated.call_for(http, None), code, REDIRECT, "")


def photo(alt_text: str = "") -> MediaFile:
    return replace(simulated.image(files.jpeg(), alt_text=alt_text), url=PHOTO)


def video() -> MediaFile:
    return replace(simulated.video(files.mp4()), url=VIDEO)


def pieces() -> dict[Kind, Piece]:
    """One piece of each kind."""
    poll = {"poll_attachment": {"option_a": "Tea", "option_b": "Coffee"}}
    return {
        Kind.TEXT: simulated.piece(Kind.TEXT, "A text"),
        Kind.POLL: simulated.piece(Kind.POLL, "A poll", options=poll),
        Kind.IMAGE: simulated.piece(Kind.IMAGE, "An image", (photo("A lake"),)),
        Kind.VIDEO: simulated.piece(Kind.VIDEO, "A video", (video(),)),
        Kind.CAROUSEL: simulated.piece(Kind.CAROUSEL, "A carousel", (photo(), video(), photo())),
        Kind.REPOST: simulated.piece(Kind.REPOST, "", options={"repost_of": SOMEBODYS}),
    }
