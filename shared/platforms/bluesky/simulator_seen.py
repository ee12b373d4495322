"""What others see of a simulated account: its posts and replies, by record key; and what else it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.platforms.bluesky.wire import POSTS
from shared.platforms.contract import Done, Seen, World


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts, oldest first."""
    account = world.get("bluesky.account", platform_account_id) or {}
    listed = (world.get("bluesky.repo", platform_account_id) or {"listed": []})["listed"]
    posts = [_seen(world, where, str(account.get("handle", ""))) for where in sorted(listed) if f"|{POSTS}|" in where]
    return [post for post in posts if post]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """Replies (they are posts too), likes, hidden replies and messages of the account, oldest first."""
    found = [_replied(world, one) for one in seen(world, platform_account_id) if one.reply_to]
    for where in (world.get("bluesky.repo", platform_account_id) or {"listed": []})["listed"]:
        record = world.get("bluesky.record", where)
        if record:
            found += _others(world, where, record)
    for convo_id in (world.get("bluesky.convos", platform_account_id) or {}).get("with", {}).values():
        for one in (world.get("bluesky.convo", convo_id) or {"messages": []})["messages"]:
            if one["sender"]["did"] == platform_account_id:
                at = datetime.fromisoformat(one["sentAt"])
                found.append(Done("message.send", one["id"], convo_id, one["text"], at))
    return sorted(found, key=lambda one: one.at)


def _replied(world: World, one: Seen) -> Done:
    parent = _record(world, one.reply_to)
    verb = "comment.reply" if "reply" in parent.get("value", {}) else "comment.create"
    return Done(verb, one.id, one.reply_to, one.text, one.at)


def _others(world: World, where: str, record: Mapping[str, Any]) -> list[Done]:
    """A like is one effect per post, however many records say it; a gate hides each reply that it names."""
    value, at = record["value"], datetime.fromisoformat(record["at"])
    if "|app.bsky.feed.like|" in where:
        on = value["subject"]["uri"]
        verb = "comment.like" if "reply" in _record(world, on).get("value", {}) else "post.like"
        return [Done(verb, on, on, "", at)]
    if "|app.bsky.feed.threadgate|" in where:
        return [Done("comment.hide", uri, uri, "", at) for uri in value.get("hiddenReplies", ())]
    return []


def _record(world: World, uri: str) -> Mapping[str, Any]:
    return world.get("bluesky.record", uri.removeprefix("at://").replace("/", "|")) or {}


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
