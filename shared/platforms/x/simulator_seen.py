"""What followers see of a simulated account: its posts and replies, with links as they were written, and files as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.platforms.contract import Seen, World


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts, oldest first."""
    ids = (world.get("x.timeline", platform_account_id) or {}).get("ids", ())
    posts = [world.get("x.post", post_id) for post_id in ids]
    username = (world.get("x.user", platform_account_id) or {}).get("username", "i")
    return [_seen(post, username) for post in posts if post]


def _seen(post: dict[str, Any], username: str) -> Seen:
    text = post["text"]
    for url in post["urls"]:
        if "media_key" in url:  # X appends the link of each file to the text, and shows the file instead
            text = text.removesuffix(url["url"]).removesuffix(" ")
        else:
            text = text.replace(url["url"], url.get("expanded_url", url["url"]))
    parent = next((r["id"] for r in post["references"] if r["type"] == "replied_to"), "")
    link = f"https://x.com/{username}/status/{post['id']}"
    at = datetime.fromisoformat(post["created_at"])
    return Seen(post["id"], text, len(post["media_keys"]), at, link, parent)
