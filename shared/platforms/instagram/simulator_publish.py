"""The simulated publishing: containers, their processing in the world's time, ``media_publish``, comments.

https://developers.facebook.com/docs/instagram-platform/content-publishing
"""

from __future__ import annotations

from typing import Any

from shared.platforms.contract import World
from shared.platforms.instagram import limits
from shared.platforms.instagram import simulator_crowd as crowd
from shared.platforms.instagram import simulator_media as files
from shared.platforms.instagram import simulator_pushes as pushes
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_faults import visible
from shared.platforms.instagram.simulator_state import Ask, Problem, Session
from shared.ports.http import Response

IMAGE_SECONDS, VIDEO_SECONDS, CAROUSEL_SECONDS = 1.0, 4.0, 1.0
QUOTA = 100
MAX_ALT_TEXT, MAX_COLLABORATORS, MAX_TAGS = 1000, 3, 20

# For containers of graph.instagram.com (facebook-business 26.0.3, IGUserForIGOnlyAPI.create_media).
_PARAMETERS = (
    "alt_text",
    "audio_name",
    "caption",
    "children",
    "collaborators",
    "cover_url",
    "image_url",
    "is_ai_generated",
    "is_carousel_item",
    "location_id",
    "media_type",
    "share_to_feed",
    "thumb_offset",
    "user_tags",
    "video_url",
)
_TYPES = ("", "IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL")
_PRODUCTS = {"REELS": ("REELS", "VIDEO"), "CAROUSEL": ("FEED", "CAROUSEL_ALBUM")}
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def create(ask: Ask, who: Session, world: World) -> Response:
    """POST /{ig-user}/media."""
    who.need("instagram_business_content_publish")
    ask.allow(*_PARAMETERS)
    type_ = ask.text("media_type").upper()
    if type_ not in _TYPES:
        raise Problem(
            100, f"The media type {type_} is unknown.", 2207023, user_message=f"The media type {type_} is unknown."
        )
    _check_texts(ask, type_)
    container = _carousel(ask, who, world) if type_ == "CAROUSEL" else _single(ask, type_, world)
    id_ = state.number(world, "container")
    common = {"id": id_, "account": who.account["id"], "made": state.now(world), "published": ""}
    world.put("container", id_, common | {"text": ask.text("caption"), "type": type_} | container)
    return state.answer({"id": id_})


def status(container: dict[str, Any], world: World) -> dict[str, str]:
    """A container's fields, as of now."""
    code, words = _status(container, state.now(world))
    return {"id": container["id"], "status_code": code, "status": words}


def publish(ask: Ask, who: Session, world: World) -> Response:
    """POST /{ig-user}/media_publish: the one visible step."""
    who.need("instagram_business_content_publish")
    ask.allow("creation_id")
    id_ = ask.text("creation_id")
    container = world.get("container", id_)
    if container is None or container["account"] != who.account["id"]:
        raise Problem(24, "The media cannot be found.", 2207006, user_message=f"The media with {id_} cannot be found")
    code = status(container, world)["status_code"]
    if code == "EXPIRED":
        message = f"The media builder with creation id = {id_} does not exist or has been expired."
        raise Problem(24, "The requested resource does not exist", 2207008, user_message=message)
    # Meta does not document what a second publish of a container answers; «not available» is what it cannot be.
    if code != "FINISHED" or container["item"]:
        message = "The media is not ready for publishing, please wait for a moment"
        raise Problem(9007, "Media ID is not available", 2207027, user_message=message)
    if used(who.account, world) >= QUOTA:
        message = "You reached maximum number of posts that is allowed to be published by Content Publishing API."
        raise Problem(9, "Application request limit reached", 2207042, user_message=message)
    return visible(world, container["text"], id_, who, lambda: _published(container, who, world))


def used(account: dict[str, Any], world: World) -> int:
    """Posts of the last 24 hours."""
    return sum(1 for at in account["published"] if at > state.now(world) - state.DAY)


def _check_texts(ask: Ask, type_: str) -> None:
    caption = ask.text("caption")
    if limits.count(caption) > limits.MAX_CAPTION or limits.hashtags(caption) > limits.MAX_HASHTAGS:
        message = (
            f"The submitted image's caption was {len(caption)} characters long. The maximum number of characters "
            f"permitted for a caption is {limits.MAX_CAPTION}. Please submit media with a shorter caption."
        )
        raise Problem(36004, "The caption was too long", 2207010, user_message=message)
    if limits.mentions(caption) > limits.MAX_MENTIONS or len(ask.items("user_tags")) > MAX_TAGS:
        message = f"Cannot use more than {MAX_TAGS} tags per created media."
        raise Problem(100, "Too many tags", 2207040, user_message=message)
    if ask.flag("is_carousel_item") and (caption or ask.text("location_id")):
        raise Problem(100, "(#100) caption and location_id are not supported on items of a carousel")
    if len(ask.text("alt_text")) > MAX_ALT_TEXT or (ask.text("alt_text") and type_ not in {"", "IMAGE"}):
        raise Problem(100, "(#100) alt_text: up to 1000 characters, on images only")
    if len(ask.items("collaborators")) > MAX_COLLABORATORS or (ask.items("collaborators") and type_ == "STORIES"):
        raise Problem(100, "(#100) collaborators: up to 3, not on stories")


def _single(ask: Ask, type_: str, world: World) -> dict[str, Any]:
    image, video = ask.text("image_url"), ask.text("video_url")
    if bool(image) == bool(video):
        raise Problem(100, "(#100) Exactly one of the parameters image_url and video_url is required")
    item = ask.flag("is_carousel_item")
    if (type_ == "REELS" and (image or item)) or (type_ == "VIDEO" and not item) or (video and not type_):
        message = f"The media type {type_ or 'IMAGE'} does not fit: a single video is a reel (REELS)."
        raise Problem(100, message, 2207023, user_message=message)
    if image:
        _check_tags(ask.items("user_tags"), placed=type_ != "STORIES")
        files.check_image(world, image, any_ratio=type_ == "STORIES")
        return {"item": item, "video": False, "ready": state.now(world) + IMAGE_SECONDS, "error": "", **_kept(ask)}
    if ask.text("thumb_offset").startswith("-"):
        message = "Thumbnail offset must be greater than or equal to 0 and less than video duration"
        raise Problem(1, "Invalid thumbnail offset", 2207057, user_message=message)
    limit = files.STORY_VIDEO_BYTES if type_ == "STORIES" else files.VIDEO_BYTES
    error = files.video_error(world, video, limit)
    return {"item": item, "video": True, "ready": state.now(world) + VIDEO_SECONDS, "error": error, **_kept(ask)}


def _carousel(ask: Ask, who: Session, world: World) -> dict[str, Any]:
    children = [str(id_) for id_ in ask.items("children")]
    if not 2 <= len(children) <= 10:
        message = "Your post won't work as a carousel. Carousels need at least 2 photos/videos and no more than 10 photos/videos."
        raise Problem(100, "Invalid carousel", 2207028, user_message=message)
    for id_ in children:
        child = world.get("container", id_)
        if child is None or child["account"] != who.account["id"] or not child["item"]:
            raise Problem(
                24, "The media cannot be found.", 2207006, user_message=f"The media with {id_} cannot be found"
            )
        if status(child, world)["status_code"] != "FINISHED":
            message = "The media is not ready for publishing, please wait for a moment"
            raise Problem(9007, "Media ID is not available", 2207027, user_message=message)
    ready = state.now(world) + CAROUSEL_SECONDS
    return {"item": False, "video": False, "ready": ready, "error": "", "children": children, **_kept(ask)}


def _check_tags(tags: list[Any], *, placed: bool) -> None:
    for tag in tags:
        known = isinstance(tag, dict) and bool(tag.get("username"))
        inside = known and all(isinstance(tag.get(axis), int | float) and 0 <= tag[axis] <= 1 for axis in ("x", "y"))
        if not known or (placed and not inside):
            raise Problem(100, "(#100) user_tags: each needs a username, and on images x and y from 0.0 to 1.0")


def _kept(ask: Ask) -> dict[str, Any]:
    """What the media will show of its container."""
    return {
        "url": ask.text("image_url") or ask.text("video_url"),
        "alt_text": ask.text("alt_text"),
        "to_feed": ask.text("share_to_feed").lower() != "false",
        "ai": ask.flag("is_ai_generated"),
    }


def _status(container: dict[str, Any], at: float) -> tuple[str, str]:
    if container["published"]:
        return "PUBLISHED", "Published: Media has been successfully published."
    if at - container["made"] >= state.DAY:
        return "EXPIRED", "Expired: The container was not published within 24 hours and has expired."
    if at < container["ready"]:
        return "IN_PROGRESS", "In Progress: Media is still being processed."
    if container["error"]:
        return "ERROR", f"Error: Media upload has failed with error code {container['error']}"
    return "FINISHED", "Finished: Media has been uploaded and it is ready to be published."


def _published(container: dict[str, Any], who: Session, world: World) -> Response:
    id_, at = state.number(world, "media"), state.now(world)
    product, type_ = _PRODUCTS.get(container["type"], ("FEED", "IMAGE"))
    if container["type"] == "STORIES":
        product, type_ = "STORY", "VIDEO" if container["video"] else "IMAGE"
    code = shortcode(id_)
    values = {"id": id_, "account": who.account["id"], "at": at, "product": product, "type": type_, "shortcode": code}
    values |= {"caption": "" if product == "STORY" else container["text"], "comments": []}
    values |= {name: container[name] for name in ("url", "alt_text", "to_feed", "ai")}
    values |= {"items": len(container.get("children", ())) or 1}
    media = values | {"permalink": _permalink(product, code, id_, who.account["username"])}
    world.put("media", id_, media)
    world.put("container", container["id"], container | {"published": id_})
    _list(who.account, world, "stories" if product == "STORY" else "media", id_)
    pushes.foretell(world, who.account, media, crowd.will_comment(world, media))
    return state.answer({"id": id_}, headers=state.usage(world, who.account["id"]))


def _list(account: dict[str, Any], world: World, edge: str, id_: str) -> None:
    recent = [at for at in account["published"] if at > state.now(world) - state.DAY]
    changed = {edge: [id_, *account[edge]][: state.LISTED], "published": [*recent, state.now(world)]}
    world.put("account", account["id"], account | changed)


def shortcode(id_: str) -> str:
    """The letters that Instagram's addresses carry for a number."""
    number, letters = int(id_), ""
    while number:
        number, digit = divmod(number, 64)
        letters = _ALPHABET[digit] + letters
    return letters


def _permalink(product: str, code: str, id_: str, username: str) -> str:
    if product == "STORY":
        return f"https://www.instagram.com/stories/{username}/{id_}"
    return f"https://www.instagram.com/{'reel' if product == 'REELS' else 'p'}/{code}/"
