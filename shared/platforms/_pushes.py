"""What a simulated network sends to our webhook endpoint: the last ones, kept in its world in order, and what is on its way.

``log`` is for whoever wants to look; of what was not handed over yet, each delivery is an entry of its own (``OUTBOX``), which
stays until whoever hands it over has deleted it: nothing is lost, however much of it there is.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.platforms._kept import newest
from shared.platforms.contract import Push, World

KEPT = 200
OUTBOX = "sandbox_pushes"  # a kind of the world, and so the collection's name in the simulators' store


def append(world: World, push: Push) -> None:
    """One more delivery. The id must be the same when the same thing is delivered again."""
    log = world.get("pushes", "log") or {"entries": []}
    entry = {
        "id": push.id,
        "at": push.at.isoformat(),
        "headers": dict(push.headers),
        "body": b64encode(push.body).decode(),
        "path": push.path,
    }
    world.put("pushes", "log", {"entries": newest([*log["entries"], entry], KEPT)})
    world.put(OUTBOX, _key(_next(world)), entry)


def sent(world: World) -> Sequence[Push]:
    """The deliveries so far, oldest first."""
    log = world.get("pushes", "log") or {"entries": []}
    return tuple(read(entry) for entry in log["entries"])


def read(entry: Mapping[str, Any]) -> Push:
    """A delivery, as it is kept."""
    at = datetime.fromisoformat(entry["at"])
    return Push(entry["id"], at, entry["headers"], b64decode(entry["body"]), entry["path"])


def last(world: World) -> int:
    """The number of the latest delivery, 0 when there was none."""
    return int((world.get("pushes", "number") or {"last": 0})["last"])


def repeat(world: World, after: int, times: int) -> int:
    """Send every delivery after that number again, so many times: networks do. Answers how many there were at first."""
    first = range(after + 1, last(world) + 1)
    for number in [number for _ in range(times) for number in first]:
        if entry := world.get(OUTBOX, _key(number)):
            world.put(OUTBOX, _key(_next(world)), entry)
    return len(first)


def _next(world: World) -> int:
    number = last(world) + 1
    world.put("pushes", "number", {"last": number})
    return number


def _key(number: int) -> str:
    """Sorted as text they are in order."""
    return f"{number:012d}"
