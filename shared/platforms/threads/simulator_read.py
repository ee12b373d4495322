"""What the simulated Threads shows: profiles, posts, replies, mentions, insights, quotas, places.

https://developers.facebook.com/docs/threads/reference
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.platforms import _alive as alive
from shared.platforms._graph.simulated import Ask
from shared.platforms.contract import World
from shared.platforms.threads import simulator_crowd as crowd
from shared.platforms.threads import simulator_publish as publishing
from shared.platforms.threads import simulator_state as state
from shared.platforms.threads.simulator_find import conversation
from shared.platforms.threads.simulator_state import Document, Session, plain
from shared.ports.http import Response

_MEDIA_METRICS = ("views", "likes", "replies", "reposts", "quotes", "shares")
_ACCOUNT_METRICS = ("views", "likes", "replies", "reposts", "quotes", "clicks", "followers_count")
_PLACES = (
    {
        "id": "378002895391234",
        "name": "Harbour Café",
        "city": "Bergen",
        "country": "NO",
        "latitude": 60.39,
        "longitude": 5.32,
    },
    {
        "id": "378002895391235",
        "name": "Hill Park",
        "city": "Lisbon",
        "country": "PT",
        "latitude": 38.71,
        "longitude": -9.14,
    },
    {
        "id": "378002895391236",
        "name": "Old Mill",
        "city": "Menlo Park",
        "country": "US",
        "latitude": 37.45,
        "longitude": -122.18,
    },
)


def profile(ask: Ask, who: Session) -> Response:
    """GET /me and GET /{user}."""
    ask.allow()
    account = who.account
    have = {
        "id": account["id"],
        "username": account["username"],
        "name": account["name"],
        "threads_profile_picture_url": f"https://scontent.cdninstagram.com/v/{account['id']}.jpg",
        "threads_biography": "",
        "is_verified": False,
        "is_eligible_for_geo_gating": False,
        "recently_searched_keywords": None,
    }
    return state.answer(state.picked(ask, have, "THUser"))


def quota(ask: Ask, who: Session, world: World) -> Response:
    """GET /{user}/threads_publishing_limit."""
    who.need("threads_content_publish")
    ask.allow()
    prefixes = {"post": "", "reply": "reply_", "delete": "delete_", "location": "location_search_"}
    needed = {"reply": "threads_manage_replies", "delete": "threads_delete", "location": "threads_location_tagging"}
    have: Document = {}
    for what, prefix in prefixes.items():
        if what in needed and f"{prefix}quota_usage" in ask.text("fields").split(","):
            who.need(needed[what])
        have[f"{prefix}quota_usage"] = state.used(who.account, what, world)
        have[f"{prefix}config"] = {"quota_total": publishing.QUOTAS[what], "quota_duration": state.DAY}
    return state.answer({"data": [state.picked(ask, have, "THPublishingLimit")]})


def media(ask: Ask, who: Session, document: Document, world: World) -> Response:
    """GET /{media}."""
    ask.allow()
    return state.answer(state.picked(ask, shown(document, who, world), "THMedia"))


def shown(document: Document, who: Session, world: World) -> Document:
    """Every field of a post or reply."""
    video, own = document["type"] == "VIDEO", document["account"] == who.account["id"]
    root, quoted, reposted = document.get("root"), document.get("quote_post_id"), document.get("reposted")
    address = document.get("image_url") or document.get("video_url")
    return {
        "id": document["id"],
        "media_product_type": "THREADS",
        "media_type": document["type"],
        "media_url": address,
        "thumbnail_url": address if video else None,
        "gif_url": f"https://media.giphy.com/media/{document['gif']}/200.gif" if document.get("gif") else None,
        "permalink": document["permalink"],
        "owner": {"id": document["account"]} if own else None,
        "username": document["username"],
        "text": document["text"] or None,
        "timestamp": state.stamp(document["at"]),
        "shortcode": state.shortcode(document["id"]),
        "children": None,
        "is_quote_post": bool(quoted),
        "quoted_post": {"id": quoted} if quoted else None,
        "reposted_post": {"id": reposted} if reposted else None,
        "has_replies": bool(conversation(world, document)) if document["account"] else False,
        "alt_text": document.get("alt_text"),
        "link_attachment_url": document.get("link_attachment"),
        "poll_attachment": _poll(document),
        "location_id": document.get("location_id"),
        "topic_tag": document.get("topic_tag"),
        "is_verified": False,
        "profile_picture_url": f"https://scontent.cdninstagram.com/v/{document['username']}.jpg",
        "is_reply": bool(root),
        "is_reply_owned_by_me": own if root else None,
        "root_post": {"id": root} if root else None,
        "replied_to": {"id": document["parent"]} if root else None,
        "hide_status": _hide_status(document) if root else None,
        "reply_audience": document.get("reply_audience", "EVERYONE") if own else None,
    }


def listing(ask: Ask, who: Session, edge: str, world: World) -> Response:
    """GET /{user}/threads, /replies and /mentions, newest first."""
    if edge != "threads":
        who.need({"replies": "threads_read_replies", "mentions": "threads_manage_mentions"}[edge])
    ask.allow("limit", "after", "before", "since", "until")
    rows = [document for id_ in who.account[edge] if (document := world.get("media", id_))]
    if edge == "mentions":
        rows = sorted([*rows, *crowd.mentions(world, who.account)], key=lambda row: row["at"], reverse=True)
    rows = [row for row in rows if _bound(ask, "since", 0) <= row["at"] <= _bound(ask, "until", 1e12)]
    return state.page(ask, rows, lambda row: shown(row, who, world), "THMedia")


def answers(ask: Ask, who: Session, root: Document, edge: str, world: World) -> Response:
    """GET /{media}/replies (the top ones) and /conversation (all); newest first unless ``reverse=false``."""
    who.need("threads_read_replies")
    ask.allow("limit", "after", "before", "reverse")
    rows = conversation(world, root)
    if edge == "replies":
        rows = [row for row in rows if row["parent"] == root["id"]]
    if ask.text("reverse").lower() not in {"false", "0"}:
        rows = rows[::-1]
    return state.page(ask, rows, lambda row: shown(row, who, world), "THMedia")


def media_insights(ask: Ask, who: Session, document: Document, world: World) -> Response:
    """GET /{media}/insights; of a repost, an empty list."""
    who.need("threads_manage_insights")
    ask.allow("metric")
    names = _metrics(ask, _MEDIA_METRICS)
    if document["type"] == "REPOST_FACADE":
        return state.answer({"data": []})
    counts = _reception(document["id"], document["at"], world) | {"replies": len(conversation(world, document))}
    rows = [_metric(document["id"], name, "lifetime", {"values": [{"value": counts[name]}]}) for name in names]
    return state.answer({"data": rows})


def account_insights(ask: Ask, who: Session, world: World) -> Response:
    """GET /{user}/threads_insights: views by day, the rest as totals."""
    who.need("threads_manage_insights")
    ask.allow("metric", "since", "until", "breakdown")
    id_, made = who.account["id"], who.account["made"]
    counts = _reception(id_, made, world) | {"clicks": int(world.now.timestamp() - made) // 7200}
    counts["followers_count"] = alive.followers(id_, datetime.fromtimestamp(made, UTC), world.now)
    rows = []
    for name in _metrics(ask, _ACCOUNT_METRICS):
        total: dict[str, Any] = {"total_value": {"value": counts[name]}}
        if name == "views":
            total = {"values": [{"value": counts[name], "end_time": state.stamp(state.now(world))}]}
        if name == "clicks":
            total = {"link_total_values": [{"value": counts[name], "link_url": "https://example.org/"}]}
        rows.append(_metric(id_, name, "day", total))
    return state.answer({"data": rows})


def places(ask: Ask, who: Session, world: World) -> Response:
    """GET /location_search."""
    who.need("threads_location_tagging")
    ask.allow("q", "latitude", "longitude")
    if not (ask.text("q") or (ask.text("latitude") and ask.text("longitude"))):
        raise plain("Either q or latitude and longitude is required")
    world.put("account", who.account["id"], state.spend(who.account, "location", world))
    words = ask.text("q").lower()
    rows = [place for place in _PLACES if words in f"{place['name']} {place['city']}".lower()]
    blank = {"address": None, "postal_code": None}
    return state.answer({"data": [state.picked(ask, blank | place, "THLocation") for place in rows]})


def _reception(id_: str, at: float, world: World) -> dict[str, int]:
    one = alive.reception(id_, datetime.fromtimestamp(at, UTC), world.now)
    shares = {"shares": one.shares, "reposts": one.shares // 2, "quotes": one.shares // 4}
    return {"views": one.views, "likes": one.likes, "replies": one.saves} | shares


def _metrics(ask: Ask, allowed: tuple[str, ...]) -> list[str]:
    names = [str(name) for name in ask.items("metric")]
    if not names:
        raise plain("The parameter metric is required")
    if unknown := [name for name in names if name not in allowed]:
        raise plain(f"metric[0] must be one of the following values: {', '.join(allowed)} - got {unknown[0]}")
    return names


def _metric(id_: str, name: str, period: str, values: Document) -> Document:
    title = name.replace("_", " ").capitalize()
    entry = {"name": name, "period": period, **values, "title": title, "description": title}
    return entry | {"id": f"{id_}/insights/{name}/{period}"}


def _poll(document: Document) -> Document | None:
    options = document.get("poll")
    if not options:
        return None
    votes = {f"{name}_votes_percentage": 1 / len(options) for name in options}
    return {**options, **votes, "total_votes": 0, "expiration_timestamp": state.stamp(document["at"] + state.DAY)}


def _hide_status(document: Document) -> str:
    if document.get("hidden"):
        return "HIDDEN"
    return "UNHUSHED" if document.get("shown_again") else "NOT_HUSHED"


def _bound(ask: Ask, name: str, otherwise: float) -> float:
    try:
        return float(ask.text(name)) if ask.text(name) else otherwise
    except ValueError:
        raise plain(f"Param {name} must be a Unix timestamp") from None
