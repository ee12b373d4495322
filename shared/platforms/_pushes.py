"""What a simulated network sends to our webhook endpoint: the last ones, kept in its world in order, and what is on its way.

``log`` is for whoever wants to look; of what was not handed over yet, each delivery is an entry of its own (``OUTBOX``), which
stays until whoever hands it over has deleted it: nothing is lost, however much of it there is. A delivery may lie in the
future: what followers will say under a post is known when it goes live, and goes out when they say it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.platforms._kept import newest
from shared.platforms.contract import Push, World
from shared.ports.http import Response

KEPT = 50  # each delivery rewrites them all
OUTBOX = "sandbox_pushes"  # a kind of the world, and so the collection's name in the simulators' store


def append(world: World, push: Push) -> None:
    """One more delivery, at its time. The id must be the same when the same thing is delivered again."""
    log, key = world.get("pushes", "log") or {"entries": []}, _key(_next(world))
    entry = {
        "key": key,
        "id": push.id,
        "at": push.at.isoformat(),
        "headers": dict(push.headers),
        "body": b64encode(push.body).decode(),
        "path": push.path,
    }
    world.put("pushes", "log", {"entries": newest([*log["entries"], entry], KEPT)})
    world.put(OUTBOX, key, entry)


def sent(world: World) -> Sequence[Push]:
    """The deliveries so far, oldest first."""
    log = world.get("pushes", "log") or {"entries": []}
    every = (read(entry) for entry in log["entries"])
    return tuple(sorted((push for push in every if push.at <= world.now), key=lambda push: push.at))


def read(entry: Mapping[str, Any]) -> Push:
    """A delivery, as it is kept."""
    at = datetime.fromisoformat(entry["at"])
    return Push(entry["id"], at, entry["headers"], b64decode(entry["body"]), entry["path"])


def last(world: World) -> int:
    """The number of the latest delivery, 0 when there was none."""
    return int((world.get("pushes", "number") or {"last": 0})["last"])


def repeat(world: World, after: int, times: int) -> int:
    """Send what went out after that number again, so many times: networks do. Answers how many there were at first."""
    made = [world.get(OUTBOX, _key(number)) for number in range(after + 1, last(world) + 1)]
    first = [entry for entry in made if entry and read(entry).at <= world.now]
    for entry in first * times:
        world.put(OUTBOX, _key(_next(world)), entry)
    return len(first)


@dataclass(frozen=True, slots=True)
class Later:
    """A world as it will be at another time, for what is told then."""

    world: World
    now: datetime

    def get(self, kind: str, id: str) -> dict[str, Any] | None:
        return self.world.get(kind, id)

    def put(self, kind: str, id: str, value: Mapping[str, Any]) -> None:
        self.world.put(kind, id, value)

    def delete(self, kind: str, id: str) -> None:
        self.world.delete(kind, id)

    def serial(self, name: str) -> int:
        return self.world.serial(name)

    def fetch(self, url: str) -> Response | None:
        return self.world.fetch(url)


def foretell(world: World, on: str, moments: Iterable[tuple[datetime, Callable[[World], None]]]) -> None:
    """What will be told of the post ``on``: when, and by what function."""
    before = last(world)
    for at, tell in moments:
        tell(Later(world, at))
    if last(world) > before:
        world.put("pushes.ahead", on, {"first": before + 1, "last": last(world)})


def take_back(world: World, on: str) -> None:
    """The post is gone: nothing more is told of it."""
    ahead = world.get("pushes.ahead", on)
    if ahead is None:
        return
    keys = {_key(number) for number in range(ahead["first"], ahead["last"] + 1)}
    waiting = {key: entry for key in keys if (entry := world.get(OUTBOX, key))}
    gone = {key for key, entry in waiting.items() if read(entry).at > world.now}
    for key in sorted(gone):
        world.delete(OUTBOX, key)
    log = world.get("pushes", "log") or {"entries": []}
    world.put("pushes", "log", {"entries": [one for one in log["entries"] if one.get("key") not in gone]})
    world.delete("pushes.ahead", on)


def _next(world: World) -> int:
    number = last(world) + 1
    world.put("pushes", "number", {"last": number})
    return number


def _key(number: int) -> str:
    """Sorted as text they are in order."""
    return f"{number:012d}"
