"""The simulated networks in memory: an http port that answers with the simulators, for adapter and contract tests."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from shared.domain.accounts import AccountView, Tokens
from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType, Parent, Piece, Role
from shared.platforms import registry
from shared.platforms.contract import App, Call, Delayed, Lost
from shared.ports.http import AnswerLost, NotSent, Request, Response

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MEDIA_HOST = "sandbox.rostrum.test"


class MemoryWorld:
    """``contract.World`` in a dict, on a clock that only :meth:`pass_time` moves."""

    def __init__(self, now: datetime = START, media: Mapping[str, tuple[str, bytes]] | None = None) -> None:
        self.time = now
        self.values: dict[tuple[str, str], dict[str, Any]] = {}
        self.counters: dict[str, int] = {}
        self.media = dict(media or {})

    @property
    def now(self) -> datetime:
        return self.time

    def pass_time(self, seconds: float) -> None:
        """Let the simulated network grow older."""
        self.time += timedelta(seconds=seconds)

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        value = self.values.get((kind, id))
        return copy.deepcopy(value)

    def put(self, kind: str, id: str, value: Mapping[str, Any]) -> None:
        self.values[kind, id] = copy.deepcopy(dict(value))

    def delete(self, kind: str, id: str) -> None:
        self.values.pop((kind, id), None)

    def serial(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def fetch(self, url: str) -> Response | None:
        """``media`` by URL without its query."""
        found = self.media.get(url.partition("?")[0])
        return Response(200, {"content-type": found[0]}, found[1]) if found else None


class SimulatedHttp:
    """``ports.Http`` over one platform's simulator. ``sent`` keeps every request; ``intercept`` may answer or raise first."""

    def __init__(self, name: str, world: MemoryWorld) -> None:
        self.name = name
        self.world = world
        self.sent: list[Request] = []
        self.answers: list[Response] = []
        self.intercept: Callable[[Request], Response | None] | None = None

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        if self.intercept and (given := self.intercept(request)):
            self.answers.append(given)
            return given
        host = urlsplit(request.url).hostname or ""
        if registry.for_host(host, self.name) != self.name:
            raise NotSent(f"{host}: no such host in this test")
        answer = self._simulate(request)
        self.answers.append(answer)
        return answer

    def _simulate(self, request: Request) -> Response:
        try:
            return registry.simulator(self.name).handle(request, self.world)
        except Lost as lost:
            raise AnswerLost("lost on demand") from lost
        except Delayed as delayed:
            self.world.pass_time(delayed.seconds)
            return delayed.response


def call_for(http: SimulatedHttp, account: AccountView | None, app: App | None = None) -> Call:
    """A call at the world's present time."""
    return Call(http, account, app or App("client", "secret"), http.world.now)


def view(platform_account_id: str, username: str, tokens: Tokens, **metadata: Any) -> AccountView:
    """An account as adapters see it."""
    return AccountView(platform_account_id, username, metadata, tokens)


def media_file(facts: MediaFacts, data: bytes, url: str = f"https://{MEDIA_HOST}/media/photo.jpg") -> MediaFile:
    """A file in memory."""
    return MediaFile(facts, url, lambda start, length: data[start : start + length])


def image(data: bytes, width: int = 1080, height: int = 1080, alt_text: str = "") -> MediaFile:
    """A JPEG of these dimensions."""
    return media_file(MediaFacts(MediaType.IMAGE, "image/jpeg", len(data), width, height, None, alt_text), data)


def video(data: bytes, seconds: float = 10.0) -> MediaFile:
    """An MP4 of this duration, 1080 × 1920."""
    facts = MediaFacts(MediaType.VIDEO, "video/mp4", len(data), 1080, 1920, seconds)
    return media_file(facts, data, f"https://{MEDIA_HOST}/media/video.mp4")


def piece(
    kind: Kind,
    text: str = "Hello",
    media: tuple[MediaFile, ...] = (),
    *,
    role: Role = Role.POST,
    key: str = "0123456789abcdef0123456789abcdef",
    options: Mapping[str, Any] | None = None,
    root: Parent | None = None,
    parent: Parent | None = None,
) -> Piece:
    """A piece made at the start of the simulated time."""
    created = int(START.timestamp() * 1_000_000)
    return Piece(kind, role, text, media, options or {}, key, created, root, parent)
