"""What followers see of a simulated Page: its posts, videos, reels and stories, and its own comments below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from shared.platforms._graph.simulated import DAY, Document, now
from shared.platforms.contract import Seen, World
from shared.platforms.facebook import simulator_read as reading


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """What the Page has live, oldest first."""
    page = world.get("page", platform_account_id) or {"posts": [], "stories": []}
    stories = [story for story in reading.live_stories(page, world) if now(world) - story["at"] <= DAY]
    documents = [*reading.live_posts(page, world), *stories]
    return sorted((item for document in documents for item in _post(world, document)), key=lambda item: item.at)


def _post(world: World, post: Document) -> Iterator[Seen]:
    address, at = reading.permalink(post), datetime.fromtimestamp(post["at"], UTC)
    if post["kind"] == "story":
        yield Seen(post["id"], "", 1, at, address)
        return
    shown = post["video"] or post["id"]
    yield Seen(shown, post["message"], len(post["photos"]) or bool(post["video"]) + 0, at, address)
    for id_ in post["comments"]:
        comment = world.get("comment", id_)
        if comment and comment["own"]:
            when = datetime.fromtimestamp(comment["at"], UTC)
            yield Seen(comment["id"], comment["message"], 0, when, address, shown)
