"""What others see of a simulated account: its live posts and what it said under posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.platforms.contract import Seen, World
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit.simulator_view import SITE, path


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts and comments, oldest first."""
    posts = [_post(one) for one in state.posts_of(world, platform_account_id)]
    stored = [world.get("reddit.comment", one) for one in state.ids(world, "reddit.said", platform_account_id)]
    said = [_comment(world, one) for one in stored if one and not one["deleted"]]
    return sorted([*posts, *said], key=lambda item: (item.at, item.id))


def _post(one: dict[str, Any]) -> Seen:
    text = one["selftext"] or one["title"]
    return Seen("t3_" + one["id"], text, len(one["assets"]), state.at(one["live_at"]), SITE + path(one))


def _comment(world: World, one: dict[str, Any]) -> Seen:
    owner = world.get("reddit.post", str(one["post"])) or {}
    link = f"{SITE}{path(owner)}{one['id']}/" if owner else SITE
    return Seen("t1_" + one["id"], one["body"], 0, state.at(one["created"]), link, one["parent"])
