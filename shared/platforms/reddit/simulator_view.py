"""The simulated Reddit's things as its listings show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.platforms.reddit import simulator_state as state

SITE: Final = "https://www.reddit.com"


def listing(world: World, kind: str, items: Iterable[Mapping[str, Any]], after: str | None = None) -> dict[str, Any]:
    """A listing of posts (``t3``) or comments (``t1``)."""
    del world
    children = [{"kind": kind, "data": dict(item)} for item in items]
    data = {"after": after, "dist": len(children), "modhash": None, "geo_filter": "", "children": children}
    return {"kind": "Listing", "data": {**data, "before": None}}


def post(world: World, one: Mapping[str, Any], viewer: Mapping[str, Any]) -> dict[str, Any]:
    """A post, as this person sees it; one's own is upvoted by oneself unless one took that back."""
    own = one["author_id"] == viewer["id"]
    points, gone = state.score(world, one), bool(one["deleted"])
    permalink = path(one)
    shown = {
        "approved_at_utc": None,
        "subreddit": one["sr"],
        "subreddit_id": "t5_" + str(one["sr_id"]),
        "subreddit_name_prefixed": prefixed(str(one["sr"])),
        "selftext": "[deleted]" if gone else one["selftext"],
        "title": one["title"],
        "author": "[deleted]" if gone else one["author"],
        "name": "t3_" + str(one["id"]),
        "id": one["id"],
        "created_utc": float(one["created"]),
        "created": float(one["created"]),
        "ups": points,
        "downs": 0,
        "score": points,
        "upvote_ratio": 0.97,
        "num_comments": len(state.comments_of(world, one)),
        "num_crossposts": _alive.reception(f"reddit/{one['id']}", state.at(one["live_at"]), world.now).shares // 4,
        "view_count": None,
        "likes": _likes(world, viewer, f"t3_{one['id']}", own=own),
        "can_mod_post": state.moderates(str(viewer["name"]), str(one["sr"])),
        "over_18": one["nsfw"],
        "spoiler": one["spoiler"],
        "locked": False,
        "archived": False,
        "pinned": False,
        "stickied": False,
        "is_self": one["kind"] in {"self", "poll"},
        "is_video": one["kind"] == "video",
        "is_reddit_media_domain": one["kind"] in {"image", "video"},
        "domain": one["domain"],
        "permalink": permalink,
        "url": one["url"] or SITE + permalink,
        "link_flair_text": one["flair_text"] or None,
        "link_flair_template_id": one["flair_id"] or None,
        "send_replies": one["sendreplies"],
        "removed_by_category": "deleted" if gone else None,
        "distinguished": None,
        "edited": False,
        "comment_limit": 2048,
        "comment_sort": "confidence",
    }
    return shown | _of_its_kind(one)


def _of_its_kind(one: Mapping[str, Any]) -> dict[str, Any]:
    if one["kind"] == "gallery":
        items = [{"media_id": asset, "id": 1000 + number} for number, asset in enumerate(one["assets"])]
        known = {asset: {"status": "valid", "e": "Image", "id": asset} for asset in one["assets"]}
        return {"is_gallery": True, "gallery_data": {"items": items}, "media_metadata": known}
    if one["kind"] == "poll":
        options = [{"id": str(9000 + number), "text": text} for number, text in enumerate(one["poll"]["options"])]
        ends = int((one["created"] + 86_400 * one["poll"]["duration"]) * 1000)
        body = f"{one['selftext']}\n\n[View Poll]({SITE}/poll/{one['id']})"
        text = {} if one["deleted"] else {"selftext": body}
        return text | {"poll_data": {"options": options, "total_vote_count": 0, "voting_end_timestamp": ends}}
    if one["kind"] == "video":
        return {
            "media": {"reddit_video": {"fallback_url": f"{one['url']}/DASH_720.mp4", "transcoding_status": "completed"}}
        }
    return {}


def comment(
    world: World, one: Mapping[str, Any], owner: Mapping[str, Any], viewer: Mapping[str, Any]
) -> dict[str, Any]:
    """A comment, as this person sees it."""
    gone, own = bool(one["deleted"]), one["author_id"] == viewer["id"]
    return {
        "id": one["id"],
        "name": "t1_" + str(one["id"]),
        "link_id": "t3_" + str(owner["id"]),
        "link_title": owner["title"],
        "link_author": owner["author"],
        "parent_id": one["parent"],
        "subreddit": owner["sr"],
        "subreddit_id": "t5_" + str(owner["sr_id"]),
        "subreddit_name_prefixed": prefixed(str(owner["sr"])),
        "author": "[deleted]" if gone else one["author"],
        "author_fullname": "t2_" + str(one["author_id"]),
        "body": "[deleted]" if gone else one["body"],
        "created_utc": float(one["created"]),
        "created": float(one["created"]),
        "ups": one["points"],
        "downs": 0,
        "score": one["points"],
        "likes": _likes(world, viewer, f"t1_{one['id']}", own=own),
        "can_mod_post": state.moderates(str(viewer["name"]), str(owner["sr"])),
        "score_hidden": False,
        "banned_by": one.get("removed_by") or None,
        "removed": bool(one["removed"]),
        "locked": False,
        "archived": False,
        "stickied": False,
        "distinguished": None,
        "edited": False,
        "permalink": f"{path(owner)}{one['id']}/",
        "replies": "",
        "depth": 0,
    }


def _likes(world: World, viewer: Mapping[str, Any], fullname: str, *, own: bool) -> bool | None:
    found = world.get("reddit.vote", f"{viewer['id']}.{fullname}")
    return found["likes"] if found else True if own else None


def tree(world: World, owner: Mapping[str, Any], viewer: Mapping[str, Any]) -> dict[str, Any]:
    """All comments under a post, each with its replies inside."""
    found = [
        one for one in state.comments_of(world, owner) if not (one["deleted"] and not _answered(world, owner, one))
    ]
    return _branch(world, owner, viewer, found, f"t3_{owner['id']}", 0)


def _answered(world: World, owner: Mapping[str, Any], one: Mapping[str, Any]) -> bool:
    return any(other["parent"] == f"t1_{one['id']}" for other in state.comments_of(world, owner))


def _branch(
    world: World,
    owner: Mapping[str, Any],
    viewer: Mapping[str, Any],
    found: Sequence[Mapping[str, Any]],
    parent: str,
    depth: int,
) -> dict[str, Any]:
    shown = []
    for one in found:
        if one["parent"] == parent:
            below = _branch(world, owner, viewer, found, f"t1_{one['id']}", depth + 1)
            replies = below if below["data"]["children"] else ""
            shown.append({**comment(world, one, owner, viewer), "replies": replies, "depth": depth})
    return listing(world, "t1", shown)


def path(one: Mapping[str, Any]) -> str:
    """A post's permalink without the site."""
    slug = "_".join("".join(c if c.isalnum() and c.isascii() else " " for c in str(one["title"]).lower()).split())[:50]
    return f"/{prefixed(str(one['sr']))}/comments/{one['id']}/{slug or '_'}/"


def prefixed(subreddit: str) -> str:
    """``r/name``, or ``user/name`` for a profile."""
    return f"user/{subreddit[2:]}" if subreddit.startswith("u_") else f"r/{subreddit}"
