"""What the simulated Facebook shows: Pages, posts, videos, stories, listings."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, answer, now
from shared.platforms.contract import World
from shared.platforms.facebook import simulator_media as files
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

BASE = f"https://graph.facebook.com/{simulated.VERSION}"
WEB = "https://www.facebook.com"


def page(document: Document, world: World) -> Document:
    """Every field of a Page that anybody sees."""
    picture = f"https://scontent.xx.fbcdn.net/v/{document['id']}.jpg"
    born = datetime.fromtimestamp(document["made"], UTC)
    followers = _alive.followers(document["id"], born, world.now)
    return {
        "id": document["id"],
        "name": document["name"],
        "username": document["username"],
        "category": document["category"],
        "link": f"{WEB}/{document['username']}",
        "picture": {"data": {"url": picture, "height": 50, "width": 50, "is_silhouette": False}},
        "about": None,
        "is_published": True,
        "verification_status": "not_verified",
        "followers_count": followers,
        "fan_count": followers,
    }


def live_posts(document: Document, world: World) -> list[Document]:
    """The Page's posts that are out, newest first."""
    found = [post for id_ in document["posts"] if (post := world.get("post", id_))]
    return sorted((post for post in found if post["at"] <= now(world)), key=lambda post: -post["at"])


def live_stories(document: Document, world: World) -> list[Document]:
    """The Page's stories that are out, newest first: archived ones too."""
    found = [post for id_ in document["stories"] if (post := world.get("post", id_))]
    return [post for post in found if post["at"] <= now(world)]


def posts(ask: Ask, who: Session, world: World, edge: str) -> Response:
    """GET /{page}/published_posts and /feed."""
    who.need("pages_read_engagement")
    ask.allow("limit", "after", "before", "since", "until", "include_hidden", "show_expired", "with")
    rows = live_posts(who.page, world)
    response = simulated.page(
        ask,
        rows,
        lambda row: simulated.chosen(ask, post(row, who, world), "PagePost"),
        f"{BASE}/{who.page['id']}/{edge}",
    )
    return counted(ask, response, len(rows))


def stories(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/stories."""
    who.need("pages_read_engagement")
    ask.allow("limit", "after", "before", "since", "until", "status")
    rows = live_stories(who.page, world)
    path = f"{BASE}/{who.page['id']}/stories"
    return simulated.page(ask, rows, lambda row: _chosen_story(ask, row, world), path)


def photos(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/photos: those of its posts, newest first."""
    who.need("pages_read_engagement")
    ask.allow("limit", "after", "before", "type")
    if ask.text("type") not in {"", "uploaded"}:
        return answer({"data": []})  # the Page is tagged in none, and has no more than its own
    rows = [found for one in live_posts(who.page, world) for id_ in one["photos"] if (found := world.get("photo", id_))]
    path = f"{BASE}/{who.page['id']}/photos"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, photo(row, who), "Photo"), path)


def videos(ask: Ask, who: Session, world: World) -> Response:
    """GET /{page}/videos: those that are out, reels too, newest first."""
    who.need("pages_read_engagement")
    ask.allow("limit", "after", "before", "type")
    named = [one["video"] for one in live_posts(who.page, world) if one["video"]]
    rows = [found for id_ in named if (found := world.get("video", id_))]
    path = f"{BASE}/{who.page['id']}/videos"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, video(row, who, world), "Video"), path)


def post(document: Document, who: Session, world: World) -> Document:
    """Every field of a post."""
    name = document["id"].partition("_")[2]
    attachments = _attachments(document, world)
    return {
        "id": document["id"],
        "message": document["message"] or None,
        "created_time": simulated.stamp(document["at"]),
        "updated_time": simulated.stamp(document["at"]),
        "permalink_url": permalink(document),
        "application": {"id": document["app"], "name": "Sandbox", "category": "Business"},
        "from": {"id": who.page["id"], "name": who.page["name"]},
        "attachments": {"data": attachments} if attachments else None,
        "is_published": True,
        "is_hidden": False,
        "status_type": "added_photos"
        if document["photos"]
        else "added_video"
        if document["video"]
        else "mobile_status_update",
        "promotable_id": f"{document['page']}_{name}",
    }


def video(document: Document, who: Session, world: World) -> Document:
    """Every field of a video."""
    at = now(world)
    live = files.live_at(document)
    out = live is not None and at >= live
    path = (
        f"/reel/{document['id']}/"
        if document["flow"] == "video_reels"
        else f"/{who.page['id']}/videos/{document['id']}/"
    )
    return {
        "id": document["id"],
        "status": files.status(document, at),
        "published": out,
        "post_id": document["post"].partition("_")[2] or document["post"] or None if out else None,
        "permalink_url": path,
        "description": document["description"] or None,
        "title": document["title"] or None,
        "created_time": simulated.stamp(document["made"]),
        "from": {"id": who.page["id"], "name": who.page["name"]},
    }


def photo(document: Document, who: Session) -> Document:
    """Every field of a photo."""
    return {
        "id": document["id"],
        "alt_text_custom": document["alt_text"] or None,
        "created_time": simulated.stamp(document["made"]),
        "from": {"id": who.page["id"], "name": who.page["name"]},
        "link": f"{WEB}/photo.php?fbid={document['id']}",
        "name": document["name"] or None,
        "page_story_id": document["used"] or None,
    }


def permalink(document: Document) -> str:
    """A post's own address."""
    if document["kind"] == "story":
        return f"{WEB.replace('www.', '')}/stories/{document['id']}"
    if document["kind"] == "reel":
        return f"{WEB}/reel/{document['video']}/"
    if document["kind"] == "video":
        return f"{WEB}/{document['page']}/videos/{document['video']}/"
    return f"{WEB}/{document['page']}/posts/{document['id'].partition('_')[2]}"


def _chosen_story(ask: Ask, document: Document, world: World) -> Document:
    archived = now(world) - document["at"] > simulated.DAY
    have = {
        "post_id": document["id"],
        "status": "ARCHIVED" if archived else "PUBLISHED",
        "creation_time": str(int(document["at"])),
        "media_type": document["type"],
        "media_id": document["media"],
        "url": permalink(document),
    }
    return simulated.chosen(ask, have, "Stories")


def _attachments(document: Document, world: World) -> list[Document]:
    page = permalink(document)
    if document["link"]:
        shim = f"https://l.facebook.com/l.php?u={document['link']}"
        return [_attachment("share", shim, {"id": None, "url": shim}, unshimmed=document["link"])]
    if document["video"]:
        return [_attachment("video_inline", page, _target(document["video"]))]
    if len(document["photos"]) == 1:
        return [_attachment("photo", page, _target(document["photos"][0]))]
    if not document["photos"]:
        return []
    parts = [_attachment("photo", page, _target(id_)) for id_ in document["photos"]]
    return [{**_attachment("album", page, None), "subattachments": {"data": parts}}]


def _attachment(type_: str, url: str, target: Document | None, unshimmed: str = "") -> Document:
    named = {"type": type_, "url": url, "unshimmed_url": unshimmed or url, "target": target}
    return {**named, "subattachments": None, "title": None, "description": None, "media": None}


def _target(id_: str) -> Document:
    return {"id": id_, "url": f"{WEB}/photo.php?fbid={id_}"}


def counted(ask: Ask, response: Response, total: int) -> Response:
    """``summary=total_count`` adds how many there are."""
    if not ask.text("summary"):
        return response
    body = json.loads(response.body) | {"summary": {"total_count": total}}
    return answer(body)
