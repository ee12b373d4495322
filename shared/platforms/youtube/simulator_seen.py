"""What followers see of a simulated channel: its public videos and broadcasts, and what it wrote under videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.domain.content import Kind
from shared.platforms.contract import Seen, World
from shared.platforms.youtube import simulator_comments as comments
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube import wire


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The channel's public videos and its own comments under them, oldest first."""
    found: list[Seen] = []
    for video in state.videos(world, platform_account_id):
        if not state.is_shown(world, video):
            continue
        found.append(_video(world, video))
        said = [one for one in comments.of_video(world, video) if one["author"] == platform_account_id]
        found += [_comment(video, one) for one in said if one["status"] == comments.SHOWN]
    return sorted(found, key=lambda one: one.at)


def _video(world: World, video: Mapping[str, Any]) -> Seen:
    media = int(bool(video.get("file"))) or int(bool(video.get("thumbnail")))
    link = wire.permalink(str(video["id"]), Kind.LIVE if video.get("live") else Kind.VIDEO)
    text = str(video["snippet"].get("description", ""))
    return Seen(str(video["id"]), text, media, state.went_public(world, video), link)


def _comment(video: Mapping[str, Any], comment: Mapping[str, Any]) -> Seen:
    link = wire.comment_link(str(video["id"]), str(comment["id"]))
    at = datetime.fromisoformat(comment["at"])
    return Seen(str(comment["id"]), str(comment["text"]), 0, at, link, str(comment["parent"] or video["id"]))
