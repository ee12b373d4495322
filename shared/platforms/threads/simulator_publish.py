"""The simulated publishing: containers, their processing in the world's time, ``threads_publish``, reposts, deletion.

https://developers.facebook.com/documentation/threads/reference/publishing
"""

from __future__ import annotations

from typing import Any

from shared.platforms import _faults as faults
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Problem
from shared.platforms.contract import World
from shared.platforms.threads import kinds, limits
from shared.platforms.threads import simulator_crowd as crowd
from shared.platforms.threads import simulator_media as files
from shared.platforms.threads import simulator_pushes as pushes
from shared.platforms.threads import simulator_state as state
from shared.platforms.threads.simulator_find import found
from shared.platforms.threads.simulator_state import Document, Session, plain
from shared.ports.http import Response

SECONDS = {"TEXT": 0.0, "IMAGE": 2.0, "VIDEO": 8.0, "CAROUSEL": 2.0}
QUOTAS = {"post": 250, "reply": 1000, "delete": 100, "location": 500}
_TYPES = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}
_SHARED = (
    *("media_type", "text", "reply_to_id", "reply_control", "topic_tag", "quote_post_id", "location_id"),
    *("text_entities", "allowlisted_country_codes", "enable_reply_approvals"),
)
_PARAMETERS = {
    "TEXT": (*_SHARED, "link_attachment", "poll_attachment", "gif_attachment", "text_attachment", "is_ghost_post"),
    "IMAGE": (*_SHARED, "image_url", "alt_text", "is_carousel_item", "is_spoiler_media"),
    "VIDEO": (*_SHARED, "video_url", "alt_text", "is_carousel_item", "is_spoiler_media"),
    "CAROUSEL": (*_SHARED, "children", "is_spoiler_media"),
}


def create(ask: Ask, who: Session, world: World) -> Response:
    """POST /{user}/threads: a container."""
    who.need("threads_content_publish")
    type_ = ask.text("media_type")
    if type_ not in _PARAMETERS:
        raise plain(f'Param media_type must be one of {{{", ".join(_PARAMETERS)}}} - got "{type_}".')
    ask.allow(*_PARAMETERS[type_])
    _check_text(ask, type_)
    _check_options(ask, who, world)
    id_, at = state.number(world, "container"), state.now(world)
    container: Document = {"id": id_, "account": who.account["id"], "made": at, "type": type_, "published": ""}
    container |= {"text": ask.text("text"), "ready": at + SECONDS[type_], "error": "", "items": 0}
    container |= {"item": ask.flag("is_carousel_item"), "reply_to": ask.text("reply_to_id"), "kept": _kept(ask)}
    world.put("container", id_, container | _media(ask, who, type_, world))
    return state.answer({"id": id_})


def status(container: Document, world: World) -> Document:
    """A container's fields, as of now."""
    at = state.now(world)
    word, error = "FINISHED", None
    if container["published"]:
        word = "PUBLISHED"
    elif at - container["made"] >= state.DAY:
        word = "EXPIRED"
    elif at < container["ready"]:
        word = "IN_PROGRESS"
    elif container["error"]:
        word, error = "ERROR", container["error"]
    return {"id": container["id"], "status": word, "error_message": error}


def publish(ask: Ask, who: Session, world: World) -> Response:
    """POST /{user}/threads_publish: the one visible step."""
    who.need("threads_content_publish")
    ask.allow("creation_id")
    container = world.get("container", ask.text("creation_id"))
    # What is not FINISHED, and what is out already, answers as what is unknown: Meta documents nothing else.
    if container is None or container["account"] != who.account["id"] or container["item"]:
        raise _unknown(ask.text("creation_id"))
    if status(container, world)["status"] != "FINISHED":
        raise _unknown(container["id"])
    what = "reply" if container["reply_to"] else "post"
    if what == "reply":
        who.need("threads_manage_replies")
    if state.used(who.account, what, world) >= QUOTAS[what]:
        raise simulated.limited(who.account["id"], "threads", minutes=60)
    return _visible(container["text"], container["id"], who, world, lambda: _published(container, who, world))


def repost(ask: Ask, who: Session, original: Document, world: World) -> Response:
    """POST /{media}/repost."""
    who.need("threads_content_publish")
    ask.allow()
    id_ = state.number(world, "media")
    values = {"reposted": original["id"], "text": "", "type": "REPOST_FACADE", "items": 0}
    _keep(world, who, id_, values, "threads", "post")
    return state.answer({"id": id_}, headers=state.usage(world, who.account["id"]))


def delete(who: Session, media: Document, world: World) -> Response:
    """DELETE /{media}: one's own."""
    who.need("threads_delete")
    if media["account"] != who.account["id"]:
        raise simulated.missing(media["id"], "delete")
    if state.used(who.account, "delete", world) >= QUOTAS["delete"]:
        raise simulated.limited(who.account["id"], "threads", minutes=60)
    account = state.spend(who.account, "delete", world)
    lists = {edge: [id_ for id_ in account[edge] if id_ != media["id"]] for edge in ("threads", "replies")}
    world.put("account", account["id"], account | lists)
    world.delete("media", media["id"])
    pushes.deleted(world, media)
    return state.answer({"success": True, "deleted_id": media["id"]})


def _visible(text: str, key: str, who: Session, world: World, effect: faults.Answer) -> Response:
    soon = {"retry-after": str(faults.LIMITED_SECONDS)}  # the sandbox's own: Graph names minutes at best
    restricted = Problem(
        25, "The user access is restricted", 4279013, user_message="Your account is restricted from this action."
    )
    return faults.visible(
        world,
        text=text,
        key=key,
        effect=effect,
        limited=lambda: simulated.limited(who.account["id"], "threads", headers=soon).response(world),
        expired=lambda: simulated.expired(state.stamp(state.now(world))).response(world),
        rejected=lambda: restricted.response(world),
        broken=lambda: Problem(2, "Service temporarily unavailable", status=500).response(world),
    )


def _check_text(ask: Ask, type_: str) -> None:
    text, long = ask.text("text"), ask.object("text_attachment")
    if limits.count(text) > limits.MAX_TEXT:
        raise plain(f"Param text must be at most {limits.MAX_TEXT} characters long.")
    if limits.links(text, ask.text("link_attachment"), str(long.get("link_attachment_url") or "")) > limits.MAX_LINKS:
        raise plain("THREADS_API__LINK_LIMIT_EXCEEDED: the post has more than 5 links.")
    attached = ("link_attachment", "gif_attachment", "text_attachment", "quote_post_id")
    if type_ == "TEXT" and not text and not any(ask.text(name) for name in attached):
        raise plain("The parameter text is required")
    if ask.flag("is_carousel_item") and text:
        raise plain("The parameter text is not supported on items of a carousel")
    if len(ask.text("alt_text")) > limits.MAX_ALT_TEXT:
        raise plain(f"Param alt_text must be at most {limits.MAX_ALT_TEXT} characters long.")


def _check_options(ask: Ask, who: Session, world: World) -> None:
    if ask.text("reply_control") not in {"", *kinds.REPLY_CONTROL}:
        raise plain("Param reply_control is not one of its values.")
    poll = ask.object("poll_attachment")
    if ask.text("poll_attachment") and not {"option_a", "option_b"} <= poll.keys() <= set(kinds.POLL_OPTIONS):
        raise plain("Param poll_attachment must have option_a and option_b.")
    if any(not 1 <= len(str(option)) <= limits.MAX_POLL_OPTION for option in poll.values()):
        raise plain("Each poll option must be between 1 and 25 characters long.")
    if poll and (ask.text("link_attachment") or ask.text("text_attachment")):
        raise plain("A poll cannot be combined with this attachment.")
    if ask.flag("is_ghost_post") and ask.text("reply_to_id"):
        raise plain("A ghost post cannot be a reply.")
    for name in ("reply_to_id", "quote_post_id"):
        if ask.text(name) and found(world, who, ask.text(name)) is None:
            raise plain(f"Param {name} is not a valid threads_media ID", status=500)
    if ask.text("reply_to_id"):
        _check_reply(who, found(world, who, ask.text("reply_to_id")) or {}, world)


def _check_reply(who: Session, above: Document, world: World) -> None:
    """Whose thread it is: another's takes a permission more (…/threads/retrieve-and-manage-replies/create-replies)."""
    who.need("threads_manage_replies")
    root = found(world, who, str(above.get("root") or above.get("id") or "")) or {}
    more = {"threads_manage_mentions", "threads_keyword_search"}
    if root.get("account") != who.account["id"] and not more & set(who.token["scopes"]):
        who.need("threads_manage_mentions")


def _media(ask: Ask, who: Session, type_: str, world: World) -> Document:
    if type_ == "IMAGE":
        files.check_image(world, ask.text("image_url"))
        return {"items": 1}
    if type_ == "VIDEO":
        return {"items": 1, "error": files.video_error(world, ask.text("video_url"))}
    return _children(ask, who, world) if type_ == "CAROUSEL" else {}


def _children(ask: Ask, who: Session, world: World) -> Document:
    children = [str(id_) for id_ in ask.items("children")]
    if not 2 <= len(children) <= kinds.MAX_ITEMS:
        raise plain(f"A carousel must have between 2 and {kinds.MAX_ITEMS} children.")
    for id_ in children:
        child = world.get("container", id_)
        if child is None or child["account"] != who.account["id"] or not child["item"]:
            raise _unknown(id_)
        if status(child, world)["status"] != "FINISHED":
            raise plain(f"Param children: the container {id_} is not ready.")
    return {"items": len(children)}


def _kept(ask: Ask) -> Document:
    """What the media will show of its container."""
    names = ("image_url", "video_url", "alt_text", "topic_tag", "link_attachment", "quote_post_id", "location_id")
    kept: dict[str, Any] = {name: ask.text(name) for name in names if ask.text(name)}
    if poll := ask.object("poll_attachment"):
        kept["poll"] = poll
    if gif := ask.object("gif_attachment"):
        kept["gif"] = gif.get("gif_id", "")
    return kept | {"reply_audience": (ask.text("reply_control") or "everyone").upper()}


def _published(container: Document, who: Session, world: World) -> Response:
    id_, parent = state.number(world, "media"), container["reply_to"]
    above = found(world, who, parent) if parent else None
    values = {"text": container["text"], "type": _TYPES[container["type"]], "items": container["items"]}
    values |= container["kept"]
    if above:
        values |= {"parent": parent, "root": above.get("root") or above["id"]}
    _keep(world, who, id_, values, "replies" if parent else "threads", "reply" if parent else "post")
    world.put("container", container["id"], container | {"published": id_})
    return state.answer({"id": id_}, headers=state.usage(world, who.account["id"]))


def _keep(world: World, who: Session, id_: str, values: Document, edge: str, quota: str) -> None:
    name = who.account["username"]
    common = {"id": id_, "account": who.account["id"], "username": name, "at": state.now(world)}
    media = common | {"permalink": state.permalink(name, id_)} | values
    world.put("media", id_, media)
    account = state.spend(who.account, quota, world)
    world.put("account", account["id"], account | {edge: [id_, *account[edge]][: state.LISTED]})
    root = world.get("media", str(values.get("root", "")))
    if root:
        below = [id_, *root.get("below", ())][: state.LISTED]
        world.put("media", root["id"], root | {"below": below})
    pushes.published(world, media)
    pushes.foretell(world, media, crowd.will_reply(world, media))


def _unknown(id_: str) -> Problem:
    """24/4279009, as seen since 2026: https://github.com/fbsamples/threads_api/issues/70"""
    message = f"The media with id {id_} cannot be found."
    problem = Problem(24, "The requested resource does not exist", 4279009, user_message=message)
    problem.error["error_user_title"] = "Media Not Found"
    return problem
