"""What a simulated network has sent to our webhook endpoint: the last ones, kept in its world, in order."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

from shared.platforms._kept import newest
from shared.platforms.contract import Push, World

KEPT = 200


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


def sent(world: World) -> Sequence[Push]:
    """The deliveries so far, oldest first."""
    log = world.get("pushes", "log") or {"entries": []}
    return tuple(
        Push(e["id"], datetime.fromisoformat(e["at"]), e["headers"], b64decode(e["body"]), e["path"])
        for e in log["entries"]
    )
