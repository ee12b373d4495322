"""What others see of a simulated channel beside its videos: its comments, its moderation, its playlists, its captions.

``yt.done/{channel}`` lists the last 300 effects that stand; of those that undo each other only the latest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.platforms.contract import Done, World
from shared.platforms.youtube.simulator_state import KEPT

_STATES: Final = ("comment.hide", "comment.unhide", "comment.delete", "thumbnail.set")


def note(world: World, channel: str, verb: str, id: str, on: str = "", text: str = "") -> None:
    """One more effect; the same state again is no news, another state of the same thing takes its place."""
    entries = _entries(world, channel)
    if verb in _STATES:
        if any((one["verb"], one["id"]) == (verb, id) for one in entries):
            return
        entries = [one for one in entries if one["id"] != id]
    made = {"verb": verb, "id": id, "on": on or id, "text": text, "at": world.now.isoformat()}
    world.put("yt.done", channel, {"entries": [*entries, made][-KEPT:]})


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The channel's effects that stand, oldest first."""
    entries = _entries(world, platform_account_id)
    return [Done(e["verb"], e["id"], e["on"], e["text"], datetime.fromisoformat(e["at"])) for e in entries]


def _entries(world: World, channel: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = (world.get("yt.done", channel) or {"entries": []})["entries"]
    return found
