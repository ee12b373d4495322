"""What becomes visible on the simulated Facebook: posts, videos, stories, comments; and what is taken down again."""

from __future__ import annotations

from collections.abc import Callable

from shared.platforms import _faults as faults
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer, hashed, now
from shared.platforms.contract import World
from shared.platforms.facebook import limits
from shared.platforms.facebook import simulator_followers as followers
from shared.platforms.facebook import simulator_media as files
from shared.platforms.facebook import simulator_pushes as pushes
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

DUPLICATE_SECONDS = simulated.HOUR
STORY_SECONDS = simulated.DAY


def feed(ask: Ask, who: Session, world: World) -> Response:
    """POST /{page}/feed."""
    who.need("pages_manage_posts")
    ask.allow("message", "link", "place", "attached_media", "published")
    message, link = ask.text("message"), ask.text("link")
    photos = [_photo(world, who, item) for item in ask.items("attached_media")]
    if not message and not link and not photos:
        raise Problem(100, "(#100) Missing message or attachment")
    if limits.count(message) > limits.MAX_TEXT:
        raise Problem(100, "(#100) Param message is too long")
    if link and "." not in link.partition("://")[2]:
        raise Problem(100, "(#100) The link could not be read", 1609005, user_message="The link could not be read")
    _refuse_duplicate(world, who, message, link, photos)
    values: Document = {"message": message, "link": link, "photos": [photo["id"] for photo in photos]}
    key = photos[0]["id"] if photos else f"{who.page['id']}.{hashed(message + link)[:16]}"

    def effect() -> Response:
        made = add_post(world, who, values, now(world))
        for photo in photos:
            world.put("photo", photo["id"], photo | {"used": made["id"]})
        return answer({"id": made["id"]})

    return visible(message, key, who, world, effect)


def finish(ask: Ask, who: Session, world: World, flow: str) -> Response:
    """upload_phase=finish of any of the three edges. A second one of a video changes nothing."""
    common = ("upload_phase", "description", "title", "is_ai_generated")
    if flow == "videos":
        ask.allow(*common, "upload_session_id", "published")
        video = files.by_session(ask, who, world)
    else:
        ask.allow(*common, "video_id", "video_state", "place")
        video = world.get("video", ask.text("video_id")) or {}
        if video.get("page") != who.page["id"] or video.get("flow") != flow:
            raise simulated.missing(ask.text("video_id"), "post")
    if flow == "video_reels" and ask.text("video_state") != "PUBLISHED":
        raise Problem(100, "(#100) video_state must be PUBLISHED")
    if not files.uploaded(video, now(world)):
        raise Problem(6000, "There was a problem uploading your video. Please try uploading it again.", 1363019)
    if video["finished_at"] is not None:
        return answer({"success": True})
    return visible(ask.text("description"), video["id"], who, world, lambda: _finished(ask, who, world, video))


def photo_story(ask: Ask, who: Session, world: World) -> Response:
    """POST /{page}/photo_stories."""
    who.need("pages_manage_posts")
    ask.allow("photo_id")
    photo = _photo(world, who, {"media_fbid": ask.text("photo_id")})
    _refuse_used(photo)

    def effect() -> Response:
        made = add_story(world, who, photo["id"], "photo", now(world))
        world.put("photo", photo["id"], photo | {"used": made["id"]})
        return answer({"success": True, "post_id": made["id"]})

    return visible(photo["name"], photo["id"], who, world, effect)


def delete(ask: Ask, who: Session, world: World, kind: str, document: Document) -> Response:
    """DELETE of a post, a photo, a video or a comment."""
    if kind == "comment":
        who.need("pages_manage_engagement")
        remove_comment(world, document)
        return answer({"success": True})
    who.need("pages_manage_posts")
    if kind in {"photo", "video"}:
        world.delete(kind, document["id"])
        document = world.get("post", document.get("used") or document.get("post") or "") or {}
    if document:
        _unlist(world, document)
    return answer({"success": True})


def like(ask: Ask, who: Session, post: Document, world: World) -> Response:
    """POST and DELETE /{post}/likes: the Page's own like."""
    who.need("pages_manage_engagement")
    ask.allow()
    world.put("post", post["id"], post | {"liked": ask.method == "POST", "liked_at": now(world)})
    return answer({"success": True})


def add_post(world: World, who: Session, values: Document, live: float) -> Document:
    """A post of the Page, live at that time."""
    page = world.get("page", who.page["id"]) or who.page
    id_ = f"{page['id']}_{state.number(world, 'post')}"
    post: Document = {"id": id_, "page": page["id"], "at": live, "app": who.token["app"], "comments": [], "video": ""}
    post |= {"message": "", "link": "", "photos": [], "kind": "post"} | values
    world.put("post", id_, post)
    world.put("page", page["id"], page | {"posts": [id_, *page["posts"]][: state.LISTED]})
    pushes.published(world, page, post)
    pushes.foretell(world, page, post, followers.will_comment(world, post))
    return post


def add_story(world: World, who: Session, media: str, type_: str, live: float) -> Document:
    """A story of the Page."""
    page = world.get("page", who.page["id"]) or who.page
    id_ = state.number(world, "post")
    post: Document = {"id": id_, "page": page["id"], "at": live, "app": who.token["app"], "kind": "story"}
    post |= {"media": media, "type": type_, "comments": []}
    world.put("post", id_, post)
    world.put("page", page["id"], page | {"stories": [id_, *page["stories"]][: state.LISTED]})
    return post


def visible(text: str, key: str, who: Session, world: World, effect: Callable[[], Response]) -> Response:
    """Make the effect, or fail as the text asks."""
    soon = {"retry-after": str(faults.LIMITED_SECONDS)}  # the sandbox's own: Graph names minutes at best
    message = "(#200) The Page needs Page Publishing Authorization before it can post"
    return faults.visible(
        world,
        text=text,
        key=key,
        effect=effect,
        limited=lambda: state.limited(who.page["id"], soon).response(world),
        expired=lambda: simulated.expired(simulated.stamp(now(world))).response(world),
        rejected=lambda: Problem(200, message, 1404078, status=403).response(world),
        broken=lambda: Problem(2, "Service temporarily unavailable", status=500, transient=True).response(world),
    )


def remove_comment(world: World, comment: Document) -> None:
    """Take a comment of an account's own away."""
    world.delete("comment", comment["id"])
    for kind in ("post", "video", "photo"):
        on = world.get(kind, comment["on"])
        if on and comment["id"] in on.get("comments", ()):
            world.put(kind, on["id"], on | {"comments": [id_ for id_ in on["comments"] if id_ != comment["id"]]})


def _finished(ask: Ask, who: Session, world: World, video: Document) -> Response:
    at = now(world)
    error = "1363025" if files.broken(video) else ""
    video |= {"finished_at": at, "error": error, "description": ask.text("description"), "title": ask.text("title")}
    live = files.live_at(video)
    said: Document = {"success": True}
    if live is not None:
        made = _posted(world, who, video, live)
        video["post"] = made["id"]
        said |= {"post_id": made["id"]} if video["flow"] == "video_stories" else {}
    world.put("video", video["id"], video)
    return answer(said)


def _posted(world: World, who: Session, video: Document, live: float) -> Document:
    if video["flow"] == "video_stories":
        return add_story(world, who, video["id"], "video", live)
    values = {"message": video["description"], "video": video["id"], "kind": files.FLOWS[video["flow"]]}
    return add_post(world, who, values, live)


def _photo(world: World, who: Session, item: object) -> Document:
    id_ = str(item.get("media_fbid") or "") if isinstance(item, dict) else ""
    photo = world.get("photo", id_)
    if photo is None or photo["page"] != who.page["id"] or now(world) - photo["made"] > simulated.DAY:
        raise Problem(100, f"(#100) The photo {id_ or item} does not exist, or is not the Page's")
    return photo


def _refuse_used(photo: Document) -> None:
    if photo["used"]:
        message = "Photos already posted: these photos were already posted."
        raise Problem(100, message, 1366051, user_message=message)


def _refuse_duplicate(world: World, who: Session, message: str, link: str, photos: list[Document]) -> None:
    for photo in photos:
        _refuse_used(photo)
    if photos or not who.page["posts"]:
        return
    last = world.get("post", who.page["posts"][0]) or {"at": 0, "message": None}
    if (last["message"], last.get("link")) == (message, link) and now(world) - last["at"] < DUPLICATE_SECONDS:
        raise Problem(
            506, "(#506) Duplicate status message", user_message="This status update is identical to the last."
        )


def _unlist(world: World, post: Document) -> None:
    page = world.get("page", post["page"])
    if page:
        left = {edge: [id_ for id_ in page[edge] if id_ != post["id"]] for edge in ("posts", "stories")}
        world.put("page", page["id"], page | left)
        if post["kind"] != "story":
            pushes.removed(world, page, post)
    world.delete("post", post["id"])
    if post.get("video"):
        world.delete("video", post["video"])
