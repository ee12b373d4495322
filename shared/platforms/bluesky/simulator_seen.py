"""What followers see of a simulated account: its posts and replies, by record key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shared.platforms.bluesky.wire import POSTS
from shared.platforms.contract import Seen, World


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts, oldest first."""
    account = world.get("bluesky.account", platform_account_id) or {}
    listed = (world.get("bluesky.repo", platform_account_id) or {"listed": []})["listed"]
    posts = [_seen(world, where, str(account.get("handle", ""))) for where in sorted(listed) if f"|{POSTS}|" in where]
    return [post for post in posts if post]


def _seen(world: World, where: str, handle: str) -> Seen | None:
    record = world.get("bluesky.record", where)
    if record is None:
        return None
    did, collection, rkey = where.split("|")
    value, embed = record["value"], record["value"].get("embed", {})
    media = len(embed.get("images", ())) + ("video" in embed) + len(embed.get("media", {}).get("images", ()))
    reply_to = value.get("reply", {}).get("parent", {}).get("uri", "")
    link = f"https://bsky.app/profile/{handle}/post/{rkey}"
    at = datetime.fromisoformat(record["at"])
    return Seen(f"at://{did}/{collection}/{rkey}", value["text"], media, at, link, reply_to)
