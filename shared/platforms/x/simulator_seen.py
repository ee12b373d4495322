"""What followers see of a simulated account: its posts and replies, with links as they were written, and files as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared.platforms.contract import Done, Seen, World


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts, oldest first."""
    ids = (world.get("x.timeline", platform_account_id) or {}).get("ids", ())
    posts = [world.get("x.post", post_id) for post_id in ids]
    username = (world.get("x.user", platform_account_id) or {}).get("username", "i")
    return [_seen(post, username) for post in posts if post]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """Replies (they are posts too), likes, hidden replies and messages of the account, oldest first."""
    found = [*_replies(world, platform_account_id), *_likes(world, platform_account_id)]
    for post_id, at in (world.get("x.hidden", platform_account_id) or {}).items():
        found.append(Done("comment.hide", post_id, post_id, "", datetime.fromisoformat(at)))
    for event in (world.get("x.dms", platform_account_id) or {}).get("events", ()):
        if "verb" in event:
            at, on = datetime.fromisoformat(event["created_at"]), event["dm_conversation_id"]
            found.append(Done(event["verb"], event["id"], on, event["text"], at))
    return sorted(found, key=lambda one: one.at)


def _replies(world: World, account_id: str) -> list[Done]:
    found = []
    for one in seen(world, account_id):
        if one.reply_to:
            parent = world.get("x.post", one.reply_to) or {}
            is_root = parent.get("conversation_id") == one.reply_to
            verb = "comment.create" if is_root else "comment.reply"
            found.append(Done(verb, one.id, one.reply_to, one.text, one.at))
    return found


def _likes(world: World, account_id: str) -> list[Done]:
    found = []
    for post_id, at in (world.get("x.likes", account_id) or {}).get("entries", ()):
        post = world.get("x.post", post_id) or {}
        verb = "post.like" if post.get("conversation_id") == post_id else "comment.like"
        found.append(Done(verb, post_id, post_id, "", datetime.fromisoformat(at)))
    return found


def _seen(post: dict[str, Any], username: str) -> Seen:
    source = next((r["id"] for r in post["references"] if r["type"] == "retweeted"), None)  # X names a repost by it
    text = "" if source else post["text"].removeprefix(post.get("addressed", ""))
    for url in post["urls"]:
        if "media_key" in url:  # X appends the link of each file to the text, and shows the file instead
            text = text.removesuffix(url["url"]).removesuffix(" ")
        else:
            text = text.replace(url["url"], url.get("expanded_url", url["url"]))
    parent = next((r["id"] for r in post["references"] if r["type"] == "replied_to"), "")
    link = f"https://x.com/{username}/status/{post['id']}"
    at = datetime.fromisoformat(post["created_at"])
    return Seen(source or post["id"], text, len(post["media_keys"]), at, link, parent)
