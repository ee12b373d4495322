"""The simulated AppView's threads and notifications. Source: the lexicons at d6296a1, read 2026-11-22.

Replies that the thread's author hid are shown with the rest, and named by the gate, as getPostThread has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.platforms.bluesky import simulator_appview as appview
from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import simulator_people as people
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.platforms.bluesky.wire import POSTS
from shared.ports.http import Response

GATES = "app.bsky.feed.threadgate"
_VIEW = "app.bsky.feed.defs#threadViewPost"


def get_post_thread(ask: Ask) -> Response:
    """app.bsky.feed.getPostThread: the post and what is below it."""
    appview.reachable(ask)
    uri = ask.param("uri")
    post = people.record(ask.world, uri)
    if post is None:
        raise Fail(400, "NotFound", f"Post not found: {uri}")
    depth = number(ask, "depth", 6, 1000)
    root = people.root_of(post)["uri"]
    for one in [post, *_replies(ask, root)]:
        people.comment(ask.world, one)
    replies = _replies(ask, root)
    body: dict[str, Any] = {"thread": _view(ask, post, replies, depth)}
    if gate := people.record(ask.world, root.replace(POSTS, GATES)):
        body["threadgate"] = {"uri": gate["uri"], "cid": gate["cid"], "record": gate["value"], "lists": []}
    return answer(body)


def list_notifications(ask: Ask) -> Response:
    """app.bsky.notification.listNotifications: mentions and quotes, newest first."""
    account = core.authenticate(ask)
    appview.reachable(ask)
    people.mention(ask.world, account)
    reasons = set(ask.query.get("reasons") or ["mention", "quote"])
    limit, start = number(ask, "limit", 50, 100), number(ask, "cursor", 0, 1 << 31)
    uris = people.listed(ask.world, "bluesky.mentions", account["did"]) if "mention" in reasons else []
    found = [one for uri in uris if (one := people.record(ask.world, uri))]
    found.sort(key=lambda one: (str(one["at"]), str(one["uri"])), reverse=True)
    body: dict[str, Any] = {"notifications": [_notification(ask, one) for one in found[start : start + limit]]}
    if len(found) > start + limit:
        body["cursor"] = str(start + limit)
    return answer(body)


def _replies(ask: Ask, root: str) -> list[dict[str, Any]]:
    uris = people.listed(ask.world, "bluesky.replies", root)
    return [one for uri in uris if (one := people.record(ask.world, uri))]


def _view(ask: Ask, post: Mapping[str, Any], replies: list[dict[str, Any]], depth: int) -> dict[str, Any]:
    below = [one for one in replies if one["value"]["reply"]["parent"]["uri"] == post["uri"]] if depth else []
    shown = [_view(ask, one, replies, depth - 1) for one in below]
    return {"$type": _VIEW, "post": appview.post_view(ask, str(post["uri"])), "replies": shown, "threadContext": {}}


def _notification(ask: Ask, one: Mapping[str, Any]) -> dict[str, Any]:
    account = ask.world.get("bluesky.account", one["uri"].split("/")[2]) or {}
    return {
        "uri": one["uri"],
        "cid": one["cid"],
        "author": appview.author(account),
        "reason": "mention",
        "record": one["value"],
        "isRead": False,
        "indexedAt": one["at"],
    }


def number(ask: Ask, name: str, otherwise: int, most: int) -> int:
    """A query parameter that is a number. Raises Fail."""
    given = (ask.query.get(name) or [str(otherwise)])[0]
    if not given.isdecimal() or int(given) > most:
        raise Fail(400, "InvalidRequest", f"Error: {name} must be an integer of at most {most}")
    return int(given)
