"""The simulated AppView: views of posts and profiles, with counts that grow with a post's age."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky.simulator_core import Ask, Fail, answer
from shared.ports.http import Response

SERVICE = "did:web:api.bsky.app#bsky_appview"
_LIKES = "app.bsky.feed.like"
_MOST_URIS = 25
_HALF_DAY = 43_200.0


def get_posts(ask: Ask) -> Response:
    """app.bsky.feed.getPosts: what is gone is left out."""
    reachable(ask)
    uris = ask.query.get("uris") or []
    if not uris:
        ask.param("uris")
    if len(uris) > _MOST_URIS:
        raise Fail(400, "InvalidRequest", f"Error: uris must not have more than {_MOST_URIS} elements")
    views = (post_view(ask, uri) for uri in uris)
    return answer({"posts": [view for view in views if view]})


def get_profile(ask: Ask) -> Response:
    """app.bsky.actor.getProfile"""
    reachable(ask)
    account = core.find_account(ask.world, ask.param("actor"))
    if account is None:
        raise Fail(400, "InvalidRequest", "Profile not found")
    repo = ask.world.get("bluesky.repo", account["did"]) or {"count": 0}
    grown = _grown(ask, account["did"], datetime.fromisoformat(account["created_at"]))
    counts = {"followersCount": grown("followers", 400), "followsCount": grown("follows", 120)}
    return answer({**author(account), "postsCount": repo["count"], **counts, "indexedAt": account["created_at"]})


def reachable(ask: Ask) -> None:
    """A PDS passes these on for its own users; one without an AppView only where the request names one."""
    if ask.host == core.OWN_PDS and ask.headers.get("atproto-proxy") != SERVICE:
        raise Fail(400, "InvalidRequest", f"No service configured for {ask.nsid}")
    if ask.host != core.APPVIEW:
        core.authenticate(ask)


def post_view(ask: Ask, uri: str) -> dict[str, Any] | None:
    """A post as it is shown, None when it is gone."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, rkey = rest.partition("/")
    record = ask.world.get("bluesky.record", f"{did}|{collection}|{rkey}")
    account = ask.world.get("bluesky.account", did)
    if record is None or account is None:
        return None
    grown = _grown(ask, uri, datetime.fromisoformat(record["at"]))
    return {
        "uri": uri,
        "cid": record["cid"],
        "author": author(account),
        "record": record["value"],
        "likeCount": grown("like", 90),
        "repostCount": grown("repost", 20),
        "replyCount": grown("reply", 12),
        "quoteCount": grown("quote", 6),
        "bookmarkCount": grown("bookmark", 9),
        "indexedAt": record["at"],
        "viewer": _viewer(ask, uri),
    }


def _viewer(ask: Ask, uri: str) -> dict[str, Any]:
    """What the account that asks did with the post; nothing for a request without a token."""
    if "authorization" not in ask.headers:
        return {}
    for where in reversed((ask.world.get("bluesky.repo", core.authenticate(ask)["did"]) or {"listed": []})["listed"]):
        record = ask.world.get("bluesky.record", where) if f"|{_LIKES}|" in where else None
        if record and record["value"]["subject"]["uri"] == uri:
            return {"like": f"at://{where.replace('|', '/')}"}
    return {}


def author(account: Mapping[str, Any]) -> dict[str, Any]:
    """An account as it is shown beside what it wrote."""
    return {"did": account["did"], "handle": account["handle"], "displayName": account["name"]}


def _grown(ask: Ask, thing: str, since: datetime) -> Any:
    """How much of its final count, which its name decides, a thing has reached by now."""
    age = max((ask.now - since).total_seconds(), 0.0)
    share = 1 - math.exp(-age / _HALF_DAY)

    def count(what: str, most: int) -> int:
        final = int.from_bytes(hashlib.sha256(f"{thing} {what}".encode()).digest()[:4], "big") % (most + 1)
        return int(final * share)

    return count
