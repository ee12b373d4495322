"""The simulated comments: made, answered, hidden, deleted, listed.

https://developers.facebook.com/docs/instagram-platform/comment-moderation
"""

from __future__ import annotations

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import World
from shared.platforms.instagram import limits
from shared.platforms.instagram import simulator_crowd as crowd
from shared.platforms.instagram import simulator_pushes as pushes
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_faults import visible
from shared.platforms.instagram.simulator_state import Session
from shared.ports.http import Response

_BASE = "https://graph.instagram.com/v26.0"
_SCOPE = "instagram_business_manage_comments"


def create(ask: Ask, who: Session, media: Document, world: World, top: Document | None = None) -> Response:
    """POST /{ig-media}/comments, and /{ig-comment}/replies: an answer to an answer hangs on the top-level comment."""
    who.need(_SCOPE)
    ask.allow("message")
    message = ask.text("message")
    if not message or limits.count(message) > limits.MAX_COMMENT:
        raise Problem(100, f"(#100) The parameter message is required, with at most {limits.MAX_COMMENT} characters")
    if media["product"] == "STORY":
        raise state.missing(media["id"], "post")
    if top and top.get("hidden"):
        raise Problem(100, "(#100) Cannot reply to a hidden comment")
    parent = (top.get("parent") or top["id"]) if top else ""
    key = f"{media['id']}.{parent}.{state.hashed(message)[:16]}"
    return visible(world, message, key, who, lambda: _made(message, who, media, parent, world))


def answer_mention(ask: Ask, who: Session, world: World) -> Response:
    """POST /{ig-user}/mentions: a comment under a post of somebody else's that names the account."""
    who.need(_SCOPE)
    ask.allow("media_id", "comment_id", "message")
    message, media = ask.text("message"), ask.text("media_id")
    if not message or limits.count(message) > limits.MAX_COMMENT:
        raise Problem(100, f"(#100) The parameter message is required, with at most {limits.MAX_COMMENT} characters")
    if media not in [one["id"] for one in crowd.tagged(world, who.account)]:
        raise state.missing(media, "post")
    parent = ask.text("comment_id")

    def effect() -> Response:
        id_ = state.number(world, "comment")
        made = {"id": id_, "media": media, "text": message, "parent": parent, "at": state.now(world)}
        kept = [made, *who.account.get("answers", ())][: state.LISTED]
        world.put("account", who.account["id"], who.account | {"answers": kept})
        return state.answer({"id": id_}, headers=state.usage(world, who.account["id"]))

    return visible(world, message, f"{media}.{parent}.{state.hashed(message)[:16]}", who, effect)


def listing(ask: Ask, who: Session, media: Document, world: World) -> Response:
    """GET /{ig-media}/comments: the top-level ones, newest first."""
    who.need(_SCOPE)
    ask.allow("limit", "after", "before")
    rows = [one for one in crowd.below(world, media) if not one.get("parent")]
    return simulated.page(ask, rows, lambda one: _chosen(ask, one, world), f"{_BASE}/{media['id']}/comments")


def replies(ask: Ask, who: Session, comment: Document, world: World) -> Response:
    """GET /{ig-comment}/replies."""
    who.need(_SCOPE)
    ask.allow("limit", "after", "before")
    rows = _below(world, comment)
    return simulated.page(ask, rows, lambda one: _chosen(ask, one, world), f"{_BASE}/{comment['id']}/replies")


def show(ask: Ask, who: Session, comment: Document, world: World) -> Response:
    """GET /{ig-comment}."""
    who.need(_SCOPE)
    ask.allow()
    return state.answer(_chosen(ask, comment, world))


def hide(ask: Ask, who: Session, comment: Document, world: World) -> Response:
    """POST /{ig-comment}?hide=: of others, under one's own post."""
    who.need(_SCOPE)
    ask.allow("hide")
    if ask.text("hide").lower() not in {"true", "false"}:
        raise Problem(100, "(#100) The parameter hide is required")
    if comment["account"] == who.account["id"]:
        raise Problem(100, "(#100) One's own comments are always shown")
    if bool(comment.get("hidden")) != ask.flag("hide"):
        crowd.change(world, comment, hidden=ask.flag("hide"))
        _note(who, "hidden", comment["id"], ask.flag("hide"), world)
    return state.answer({"success": True})


def delete(who: Session, comment: Document, world: World) -> Response:
    """DELETE /{ig-comment}: the owner of the post, whoever wrote it; what hangs below goes too."""
    who.need(_SCOPE)
    for one in (comment, *_below(world, comment)):
        _forget(world, one)
    return state.answer({"success": True})


def told(comment: Document, world: World) -> Document:
    """Every field of a comment."""
    below = _below(world, comment) if not comment.get("parent") else []
    return {
        "id": comment["id"],
        "text": comment["text"],
        "timestamp": state.stamp(comment["at"]),
        "username": comment["username"],
        "from": {"id": comment["account"], "username": comment["username"]},
        "like_count": 0,
        "hidden": bool(comment.get("hidden")),
        "media": {"id": comment["media"]},
        "parent_id": comment.get("parent") or None,
        "replies": {"data": [told(one, world) for one in below]} if below else None,
    }


def owner(world: World, comment: Document) -> str:
    """Whose post it is on."""
    return str((world.get("media", comment["media"]) or {}).get("account", ""))


def _chosen(ask: Ask, comment: Document, world: World) -> Document:
    return state.chosen(ask, told(comment, world), "IGComment")


def _below(world: World, comment: Document) -> list[Document]:
    media = world.get("media", comment["media"])
    return [one for one in crowd.below(world, media) if one.get("parent") == comment["id"]] if media else []


def _made(message: str, who: Session, media: Document, parent: str, world: World) -> Response:
    id_ = state.number(world, "comment")
    values = {"id": id_, "media": media["id"], "account": who.account["id"], "username": who.account["username"]}
    comment = values | {"text": message, "at": state.now(world), "parent": parent}
    keep(world, media, comment)
    pushes.commented(world, who.account, media, comment)
    return state.answer({"id": id_}, headers=state.usage(world, who.account["id"]))


def keep(world: World, media: Document, comment: Document) -> None:
    """Store a comment under its post."""
    world.put("comment", comment["id"], comment)
    world.put("media", media["id"], media | {"comments": [comment["id"], *media["comments"]][: state.LISTED]})


def _forget(world: World, comment: Document) -> None:
    if world.get("comment", comment["id"]) is None:
        crowd.change(world, comment, gone=True)
        return
    world.delete("comment", comment["id"])
    if media := world.get("media", comment["media"]):
        left = [id_ for id_ in media["comments"] if id_ != comment["id"]]
        world.put("media", media["id"], media | {"comments": left})


def _note(who: Session, what: str, id_: str, on: bool, world: World) -> None:
    rest = [one for one in who.account.get(what, []) if one["id"] != id_]
    noted = [*([{"id": id_, "at": state.now(world)}] if on else []), *rest][: state.LISTED]
    world.put("account", who.account["id"], who.account | {what: noted})
