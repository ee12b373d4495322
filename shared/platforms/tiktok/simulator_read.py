"""The simulated TikTok is read: profile, public posts, and how they do; and what followers see.

https://developers.tiktok.com/doc/tiktok-api-v2-video-list, read 2026-11-22. Chosen: photos are listed beside videos, with
a duration of 0 and their description; README.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.contract import Seen, World
from shared.platforms.tiktok import simulator_state as state
from shared.platforms.tiktok.simulator_state import Ask, Document, Problem, Session, epoch
from shared.ports.http import Response

PUBLIC: Final = "PUBLIC_TO_EVERYONE"
_USER_SCOPES: Final = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"),
    "user.info.profile": ("bio_description", "profile_deep_link", "is_verified", "username", "profile_web_link"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_VIDEO_FIELDS: Final = (
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
)


def user(ask: Ask, who: Session, world: World) -> Response:
    """GET /v2/user/info/: only the fields that were asked for, each with its scope."""
    state.use(world, who, "user", 600)
    fields = _fields(ask)
    for scope, names in _USER_SCOPES.items():
        if set(fields) & set(names):
            who.need(scope)
    known = {name for names in _USER_SCOPES.values() for name in names}
    if not set(fields) <= known:
        raise Problem(400, "invalid_params", f"Fields {sorted(set(fields) - known)} are not valid.")
    whole = _profile(who.account, world)
    return state.enveloped(world, {"user": {name: whole[name] for name in fields}})


def listed(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/video/list/: public posts, newest first; ``cursor`` is an instant in milliseconds."""
    who.need("video.list")
    state.use(world, who, "list", 600)
    body, fields = ask.json(), _video_fields(ask)
    _only(body, max_count=int, cursor=int)
    most = body.get("max_count", 10)
    if not 1 <= most <= 20:
        raise Problem(400, "invalid_params", "max_count must be between 1 and 20.")
    before = body.get("cursor") or epoch(world.now) * 1000 + 1
    found = [made for made in reversed(public(who.account, world)) if made["shown_at"] * 1000 < before]
    page = found[:most]
    cursor = int(page[-1]["shown_at"] * 1000) if page else 0
    videos = [_video(made, who.account, world, fields) for made in page]
    return state.enveloped(world, {"videos": videos, "cursor": cursor, "has_more": len(found) > most})


def queried(ask: Ask, who: Session, world: World) -> Response:
    """POST /v2/video/query/: of the account's own, those of these ids that are public."""
    who.need("video.list")
    state.use(world, who, "query", 600)
    body, fields = ask.json(), _video_fields(ask)
    _only(body, filters=dict)
    ids = (body.get("filters") or {}).get("video_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 20:
        raise Problem(400, "invalid_params", "filters.video_ids must have 1 to 20 ids.")
    found = [made for made in public(who.account, world) if made["post_id"] in {str(one) for one in ids}]
    return state.enveloped(world, {"videos": [_video(made, who.account, world, fields) for made in found]})


def public(account: Document, world: World) -> list[Document]:
    """The account's posts that everybody sees now, oldest first."""
    return [made for made in _shown(account, world) if made["privacy"] == PUBLIC]


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """What followers see. A post that is not public has no id for anybody: its publish_id stands for it."""
    account = world.get("account", platform_account_id)
    shown = [made for made in _shown(account, world) if made["privacy"] != "SELF_ONLY"] if account else []
    return [_seen(made, account or {}) for made in shown]


def _shown(account: Document, world: World) -> list[Document]:
    made = [found for one in account["posts"] if (found := world.get("publish", one))]
    return [one for one in made if one["shown_at"] <= epoch(world.now)]


def _seen(made: Document, account: Document) -> Seen:
    id_ = made["post_id"] if made["privacy"] == PUBLIC else made["id"]
    at = datetime.fromtimestamp(made["shown_at"], UTC)
    return Seen(id_, made["text"], made["media"], at, _link(made, account))


def _link(made: Document, account: Document) -> str:
    kind = "photo" if made["media_type"] == "PHOTO" else "video"
    return f"https://www.tiktok.com/@{account['username']}/{kind}/{made['post_id']}"


def _video(made: Document, account: Document, world: World, fields: Sequence[str]) -> dict[str, Any]:
    since = datetime.fromtimestamp(made["shown_at"], UTC)
    figures = _alive.reception(made["id"], since, world.now)
    said = len(_alive.comments(made["id"], since, world.now))
    photos = made["media_type"] == "PHOTO"
    whole = {
        "id": made["post_id"],
        "create_time": int(made["shown_at"]),
        "cover_image_url": f"https://p16-sign.tiktokcdn.com/{made['post_id']}.jpeg",
        "share_url": f"{_link(made, account)}?utm_campaign=tt4d_open_api",
        "video_description": made["text"],
        "duration": 0 if photos else 10,
        "height": 1920,
        "width": 1080,
        "title": made["title"],
        "embed_html": "",
        "embed_link": f"https://www.tiktok.com/static/profile-video?id={made['post_id']}",
        "like_count": figures.likes,
        "comment_count": said,
        "share_count": figures.shares,
        "view_count": figures.views,
    }
    return {name: whole[name] for name in fields}


def _profile(account: Document, world: World) -> dict[str, Any]:
    since = datetime.fromtimestamp(account["since"], UTC)
    mine = public(account, world)
    likes = sum(_alive.reception(m["id"], datetime.fromtimestamp(m["shown_at"], UTC), world.now).likes for m in mine)
    avatar = f"https://p16-sign.tiktokcdn.com/{account['open_id']}.jpeg"
    return {
        "open_id": account["open_id"],
        "union_id": account["union_id"],
        "avatar_url": avatar,
        "avatar_url_100": avatar,
        "avatar_large_url": avatar,
        "display_name": account["display_name"],
        "bio_description": "",
        "profile_deep_link": f"https://vm.tiktok.com/{account['username']}/",
        "profile_web_link": f"https://www.tiktok.com/@{account['username']}",
        "is_verified": False,
        "username": account["username"],
        "follower_count": _alive.followers(account["open_id"], since, world.now),
        "following_count": 20 + _alive.luck(account["open_id"], 200),
        "likes_count": likes,
        "video_count": len(mine),
    }


def _fields(ask: Ask) -> list[str]:
    found = [name for name in ask.query.get("fields", "").split(",") if name]
    if not found:
        raise Problem(400, "invalid_params", "Fields is required.")
    return found


def _video_fields(ask: Ask) -> list[str]:
    found = _fields(ask)
    if not set(found) <= set(_VIDEO_FIELDS):
        raise Problem(400, "invalid_params", f"Fields {sorted(set(found) - set(_VIDEO_FIELDS))} are not valid.")
    return found


def _only(body: Document, **types: type) -> None:
    try:
        state.only(body, "body", **types)
    except Problem as problem:
        raise Problem(400, "invalid_params", problem.message) from problem
