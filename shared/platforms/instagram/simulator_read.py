"""What the simulated Instagram shows: profiles, media, listings, comments, insights.

https://developers.facebook.com/docs/instagram-platform/reference
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from shared.platforms._graph import simulated
from shared.platforms.contract import World
from shared.platforms.instagram import simulator_crowd as crowd
from shared.platforms.instagram import simulator_publish as publishing
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_state import Ask, Problem, Session
from shared.ports.http import Response

Document = dict[str, Any]
Row = Callable[[Document], Document]

_BASE = "https://graph.instagram.com/v26.0"

_FEED_METRICS = (
    "views",
    "reach",
    "likes",
    "comments",
    "saved",
    "shares",
    "total_interactions",
    "follows",
    "profile_visits",
)
_MEDIA_METRICS = {
    "FEED": (*_FEED_METRICS, "profile_activity", "reposts"),
    "REELS": (
        *_FEED_METRICS[:7],
        "reposts",
        "ig_reels_avg_watch_time",
        "ig_reels_video_view_total_time",
        "reels_skip_rate",
    ),
    "STORY": (
        *("views", "reach", "replies", "shares", "follows", "navigation", "profile_visits", "profile_activity"),
        *("total_interactions", "link_clicks", "reposts"),
    ),
}
_ACCOUNT_METRICS = ("views", "reach", "likes", "comments", "shares", "replies", "reposts", "total_interactions")
_CEILING = {"views": 2000, "reach": 1400, "likes": 180, "comments": 25, "saved": 40, "shares": 30, "replies": 9}
STORY_VIEWERS = 5


def profile(ask: Ask, who: Session, world: World, *, me: bool) -> Response:
    """GET /me and GET /{ig-user}: behind ``me`` the id is this app's alias, and ``user_id`` the account."""
    who.need("instagram_business_basic")
    ask.allow()
    account = who.account
    have = {
        "id": account["alias"] if me else account["id"],
        "user_id": account["id"],
        "username": account["username"],
        "name": account["name"],
        "account_type": "BUSINESS",
        "profile_picture_url": f"https://scontent.cdninstagram.com/v/{account['id']}.jpg",
        "followers_count": 100 + grown(account["id"], "followers", 900, state.now(world) - account["made"]),
        "follows_count": 42,
        "media_count": len(account["media"]),
        "biography": "Made in the sandbox.",
        "website": None,
    }
    return state.answer(state.chosen(ask, have, "IGUser"))


def quota(ask: Ask, who: Session, world: World) -> Response:
    """GET /{ig-user}/content_publishing_limit."""
    who.need("instagram_business_content_publish")
    ask.allow("since")
    config = {"quota_total": publishing.QUOTA, "quota_duration": state.DAY}
    have = {"id": None, "config": config, "quota_usage": publishing.used(who.account, world)}
    return state.answer({"data": [state.chosen(ask, have, "ContentPublishingLimit")]})


def media(ask: Ask, who: Session, document: Document, world: World) -> Response:
    """GET /{ig-media}."""
    who.need("instagram_business_basic")
    ask.allow()
    return state.answer(state.chosen(ask, shown(document, who, world), "IGMedia"))


def shown(document: Document, who: Session, world: World) -> Document:
    """Every field of a media."""
    age = state.now(world) - document["at"]
    video = document["type"] == "VIDEO"
    return {
        "id": document["id"],
        "caption": document["caption"] or None,
        "alt_text": document["alt_text"] or None,
        "comments_count": counted(document, world),
        "like_count": grown(document["id"], "likes", _CEILING["likes"], age),
        "is_ai_generated": document["ai"],
        "is_comment_enabled": document["product"] != "STORY",
        "is_shared_to_feed": document["to_feed"] if document["product"] == "REELS" else None,
        "media_product_type": document["product"],
        "media_type": document["type"],
        "media_url": document["url"] or None,
        "owner": {"id": document["account"]},
        "permalink": document["permalink"],
        "shortcode": document["shortcode"],
        "thumbnail_url": document["url"] if video else None,
        "timestamp": state.stamp(document["at"]),
        "username": who.account["username"],
    }


def timeline(ask: Ask, who: Session, edge: str, world: World) -> Response:
    """GET /{ig-user}/media and /stories, newest first; stories of the last 24 hours only."""
    who.need("instagram_business_basic")
    ask.allow("limit", "after", "before", "since", "until")
    documents = [found for id_ in who.account[edge] if (found := world.get("media", id_))]
    if edge == "stories":
        documents = [found for found in documents if found["at"] > state.now(world) - state.DAY]
    if since := ask.text("since"):
        documents = [found for found in documents if found["at"] >= float(since)]
    if until := ask.text("until"):
        documents = [found for found in documents if found["at"] <= float(until)]
    row: Row = lambda found: state.chosen(ask, shown(found, who, world), "IGMedia")  # noqa: E731
    return simulated.page(ask, documents, row, f"{_BASE}/{who.account['id']}/{edge}")


def tagged(ask: Ask, who: Session, world: World) -> Response:
    """GET /{ig-user}/tags: posts of others that tag the account."""
    who.need("instagram_business_basic")
    ask.allow("limit", "after", "before")
    row: Row = lambda found: state.chosen(ask, _of_another(found), "IGMedia")  # noqa: E731
    return simulated.page(ask, crowd.tagged(world, who.account), row, f"{_BASE}/{who.account['id']}/tags")


def _of_another(post: Document) -> Document:
    """What is shown of a post of somebody else's."""
    shown = {name: post[name] for name in ("id", "caption", "permalink", "username")}
    return shown | {"timestamp": state.stamp(post["at"]), "media_type": "IMAGE"}


def counted(document: Document, world: World) -> int:
    """How many comments the post has, answers too."""
    return len(document["comments"]) + len(crowd.comments(world, document))


def media_insights(ask: Ask, who: Session, document: Document, world: World) -> Response:
    """GET /{ig-media}/insights."""
    who.need("instagram_business_manage_insights")
    ask.allow("metric", "period", "breakdown")
    product, age = document["product"], state.now(world) - document["at"]
    names = _metrics(ask, _MEDIA_METRICS[product], product)
    viewers = grown(document["id"], "reach", _CEILING["reach"], age)
    if product == "STORY" and viewers < STORY_VIEWERS:
        raise Problem(10, "(#10) Not enough viewers for the media to show insights")
    data = []
    for name in names:
        value = counted(document, world) if name == "comments" else _count(document["id"], name, age)
        data.append(_metric(document["id"], name, "lifetime", {"values": [{"value": value}]}))
    return state.answer({"data": data})


def account_insights(ask: Ask, who: Session, world: World) -> Response:
    """GET /{ig-user}/insights?metric_type=total_value."""
    who.need("instagram_business_manage_insights")
    ask.allow("metric", "period", "metric_type", "since", "until", "breakdown", "timeframe")
    if ask.text("period") != "day" or ask.text("metric_type") != "total_value":
        raise Problem(100, "(#100) These metrics need period=day and metric_type=total_value")
    id_, age = who.account["id"], state.now(world) - who.account["made"]
    names = _metrics(ask, _ACCOUNT_METRICS, "IGUser")
    return state.answer(
        {"data": [_metric(id_, name, "day", {"total_value": {"value": _count(id_, name, age)}}) for name in names]}
    )


def grown(id_: str, name: str, ceiling: int, age: float) -> int:
    """A count that grows with age towards a number of its own, by half of the rest each twelve hours."""
    own = int(sha256(f"{id_}.{name}".encode()).hexdigest()[:8], 16) % max(ceiling // 2, 1) + ceiling // 2
    return int(own * (1 - 0.5 ** (max(age, 0) / (12 * state.HOUR))))


def _count(id_: str, name: str, age: float) -> int:
    if name == "total_interactions":
        return sum(_count(id_, part, age) for part in ("likes", "comments", "saved", "shares"))
    return grown(id_, name, _CEILING.get(name, 20), age)


def _metrics(ask: Ask, allowed: tuple[str, ...], of: str) -> list[str]:
    names = [str(name) for name in ask.items("metric")]
    if not names:
        raise Problem(100, "(#100) The parameter metric is required")
    if unknown := [name for name in names if name not in allowed]:
        raise Problem(
            100, f"(#100) metric[0] must be one of the following values: {', '.join(allowed)} ({of}: {unknown[0]})"
        )
    return names


def _metric(id_: str, name: str, period: str, values: Document) -> Document:
    title = name.replace("_", " ").capitalize()
    entry = {"name": name, "period": period, **values, "title": title, "description": title}
    return entry | {"id": f"{id_}/insights/{name}/{period}"}
