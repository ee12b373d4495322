"""What customers see of a simulated location: its posts, and its answers to reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.platforms.contract import Done, Seen, World
from shared.platforms.google_business import simulator_posts as posts
from shared.platforms.google_business import simulator_state as state


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The location's posts, oldest first."""
    found = []
    for post in posts.live(world, platform_account_id):
        body, at = post["body"], datetime.fromisoformat(post["at"])
        link = f"https://local.google.com/place?id={platform_account_id}&use=posts&lpsid={post['id']}"
        found.append(Seen(post["id"], body.get("summary", ""), len(body.get("media") or ()), at, link))
    return found


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The answers to reviews that stand, oldest first. One that was taken back leaves nothing to see."""
    kept = sorted(state.replies(world, platform_account_id).items(), key=lambda one: one[1]["at"])
    return [
        Done("review.reply", review, review, answer["comment"], datetime.fromisoformat(answer["at"]))
        for review, answer in kept
    ]
