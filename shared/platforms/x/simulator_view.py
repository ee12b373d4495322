"""How the simulated X shows posts and people: the fields asked for, the expansions, and counts that grow with age.

In the vocabulary of ``post.fields``: references and authors are expansions, not fields. What is asked for and unknown
is left out without a word, as X does (2026-09, measured by others: see README).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from shared.platforms.x.simulator_checks import token_at
from shared.platforms.x.simulator_wire import Asked, epoch

_HALF_OF_ALL_VIEWS: Final = 6 * 3600.0  # seconds
_PRIVATE_DAYS: Final = 30


def one(asked: Asked, post: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a lookup."""
    return {"data": _post(asked, post), **_includes(asked, [post])}


def many(asked: Asked, posts: Sequence[Mapping[str, Any]], *, more: bool) -> dict[str, Any]:
    """The body of a listing; ``data`` is left out when it is empty."""
    meta: dict[str, Any] = {"result_count": len(posts)}
    if not posts:
        return {"meta": meta}
    meta |= {"newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"]}
    if more:
        meta["next_token"] = token_at(str(posts[-1]["id"]))
    return {"data": [_post(asked, post) for post in posts], **_includes(asked, posts), "meta": meta}


def user(asked: Asked, person: Mapping[str, Any], posts: int) -> dict[str, Any]:
    """A person, with the fields asked for."""
    fields = _asked_for(asked, "user.fields")
    shown = {name: person[name] for name in ("id", "username", "name")}
    days = (epoch(asked.world.now) - datetime.fromisoformat(str(person["created_at"])).timestamp()) / 86_400
    more: dict[str, Any] = {
        "created_at": person["created_at"],
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{person['id']}/normal.jpg",
        "protected": False,
        "verified": False,
        "subscription_type": "None",
        "public_metrics": {
            "followers_count": int(person["reach"] + 3 * days),
            "following_count": int(person["reach"] / 4),
            "post_count": posts,
            "listed_count": int(person["reach"] / 100),
        },
    }
    return {**shown, **{name: more[name] for name in fields if name in more}}


def metrics(asked: Asked, post: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """(public, private) counts: a function of the post's id and age alone, never falling."""
    luck = int(sha256(str(post["id"]).encode()).hexdigest()[:8], 16)
    age = max(0.0, epoch(asked.world.now) - post["made"])
    views = int((50 + luck % 2000) * age / (age + _HALF_OF_ALL_VIEWS))
    public = {
        "repost_count": views // (60 + luck % 40),
        "reply_count": views // (90 + luck % 50),
        "like_count": views // (20 + luck % 20),
        "quote_count": views // (200 + luck % 100),
        "bookmark_count": views // (150 + luck % 70),
        "impression_count": views,
    }
    clicks = {"url_link_clicks": views // 40 if post["urls"] else 0, "user_profile_clicks": views // 70}
    engagements = sum(public.values()) - views + sum(clicks.values())
    return public, {"impression_count": views, "engagements": engagements, **clicks}


def _post(asked: Asked, post: Mapping[str, Any]) -> dict[str, Any]:
    fields, expanded = _asked_for(asked, "post.fields"), _asked_for(asked, "expansions")
    public, private = metrics(asked, post)
    own = post["author_id"] == asked.user_id and epoch(asked.world.now) - post["made"] < _PRIVATE_DAYS * 86_400
    optional: dict[str, Any] = {
        "attachments": _attachments(post),
        "conversation_id": post["conversation_id"],
        "created_at": post["created_at"],
        "entities": {"urls": _entities(post)} if post["urls"] else None,
        "public_metrics": public,
        "non_public_metrics": private if own else None,
        "reply_settings": post["reply_settings"],
    }
    by_expansion = {
        "referenced_posts": post["references"],
        "author_id": post["author_id"],
        "in_reply_to_user_id": post.get("in_reply_to_user_id"),
    }
    shown = {"id": post["id"], "text": post["text"], "edit_history_post_ids": [post["id"]]}
    shown |= {name: optional[name] for name in fields if optional.get(name)}
    return shown | {name: by_expansion[name] for name in expanded if by_expansion.get(name)}


def _attachments(post: Mapping[str, Any]) -> dict[str, Any] | None:
    kept = {name: post[name] for name in ("media_keys", "poll_ids") if post[name]}
    return kept or None


def _entities(post: Mapping[str, Any]) -> list[dict[str, Any]]:
    shown = []
    for link in post["urls"]:
        start = post["text"].find(link["url"])
        place = {"start": start, "end": start + len(link["url"])}
        shown.append({**place, **link, "display_url": link["expanded_url"].split("://")[-1][:27]})
    return shown


def _includes(asked: Asked, posts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    expanded = _asked_for(asked, "expansions")
    found: dict[str, Any] = {}
    if "referenced_posts" in expanded:
        ids = dict.fromkeys(reference["id"] for post in posts for reference in post["references"])
        known = [asked.world.get("x.post", post_id) for post_id in ids]
        found["posts"] = [_post(asked, post) for post in known if post]
    if "attachments.media_keys" in expanded:
        keys = dict.fromkeys(key for post in posts for key in post["media_keys"])
        found["media"] = [{"media_key": key, "type": "photo" if key.startswith("3_") else "video"} for key in keys]
    if "author_id" in expanded:
        authors = [asked.world.get("x.user", author) for author in dict.fromkeys(post["author_id"] for post in posts)]
        found["users"] = [user(asked, author, 0) for author in authors if author]
    kept = {name: value for name, value in found.items() if value}
    return {"includes": kept} if kept else {}


def _asked_for(asked: Asked, name: str) -> list[str]:
    return [field for field in asked.query.get(name, "").split(",") if field]
