"""Comments of the simulated Facebook: those of followers follow from the post and the time, the Page's own are kept.

What is done to a comment (hidden, liked, removed, answered privately) is kept beside it, as ``mark/{comment id}``.
https://developers.facebook.com/docs/graph-api/reference/object/comments and …/comment
"""

from __future__ import annotations

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer, hashed, now
from shared.platforms.contract import World
from shared.platforms.facebook import limits
from shared.platforms.facebook import simulator_followers as followers
from shared.platforms.facebook import simulator_publish as publishing
from shared.platforms.facebook import simulator_pushes as pushes
from shared.platforms.facebook import simulator_read as reading
from shared.platforms.facebook import simulator_state as state
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

PRIVATE_REPLY_SECONDS = 7 * simulated.DAY


def all_of(post: Document, world: World) -> list[Document]:
    """Every comment under a post that stands now, oldest first."""
    kept = [found for id_ in post["comments"] if (found := world.get("comment", id_))]
    rows = [*followers.comments(post, world), *kept]
    marked = [{**(world.get("mark", row["id"]) or {}), **row} for row in rows]
    return sorted((row for row in marked if not row.get("removed")), key=lambda row: (row["at"], row["id"]))


def named(world: World, who: Session, id_: str) -> tuple[Document, Document] | None:
    """A comment and its post by the comment's id, None when there is none that the Page can see."""
    post = world.get("post", f"{who.page.get('id')}_{id_.partition('_')[0]}")
    if post is None:
        return None
    found = [row for row in all_of(post, world) if row["id"] == id_]
    return (found[0], post) if found else None


def listing(ask: Ask, who: Session, post: Document, world: World, *, under: str = "") -> Response:
    """GET /{post}/comments, and /{comment}/comments (``under``)."""
    who.need("pages_read_engagement", "pages_read_user_content")
    ask.allow("limit", "after", "before", "filter", "order", "since", "live_filter")
    rows = all_of(post, world)
    if under:
        rows = [row for row in rows if row["parent"] == under]
    elif ask.text("filter") != "stream":
        rows = [row for row in rows if not row["parent"]]
    if ask.text("order") == "reverse_chronological":
        rows = rows[::-1]
    address = f"{reading.BASE}/{'/'.join(ask.path)}"
    counts = all_of(post, world)
    response = simulated.page(ask, rows, lambda row: simulated.chosen(ask, shown(row, counts), "Comment"), address)
    return reading.counted(ask, response, len(rows))


def shown(row: Document, among: list[Document]) -> Document:
    """Every field of a comment."""
    parent = next((other for other in among if other["id"] == row["parent"]), None)
    answers = sum(1 for other in among if other["parent"] == row["id"])
    return {
        "id": row["id"],
        "message": row["message"],
        "created_time": simulated.stamp(row["at"]),
        "from": row["from"],
        "parent": _brief(parent) if parent else None,
        "is_hidden": bool(row.get("hidden")),
        "is_private": False,
        "can_comment": True,
        "can_hide": not row["own"],
        "can_like": True,
        "can_remove": True,
        "can_reply_privately": not row["own"] and not row.get("replied"),
        "private_reply_conversation": {"id": row["conversation"]} if row.get("conversation") else None,
        "comment_count": answers,
        "like_count": _alive.luck(f"{row['id']}/likes", 6) + bool(row.get("liked")),
        "user_likes": bool(row.get("liked")),
        "permalink_url": f"{reading.WEB}/{row['post'].replace('_', '/posts/')}?comment_id={row['id'].partition('_')[2]}",
        "attachment": {"type": "photo", "url": row["picture"]} if row.get("picture") else None,
        "message_tags": None,
        "object": {"id": row["post"]},
    }


def create(ask: Ask, who: Session, post: Document, world: World, *, under: Document | None = None) -> Response:
    """POST /{post}/comments, and /{comment}/comments: an answer to an answer hangs below the top comment."""
    who.need("pages_manage_engagement")
    ask.allow("message", "attachment_url", "attachment_id", "attachment_share_url")
    message, picture = ask.text("message"), ask.text("attachment_url")
    if not message and not picture:
        raise Problem(100, "(#100) The parameter message is required")
    if picture and world.fetch(picture) is None:
        raise Problem(100, "(#100) The attachment could not be fetched from its address")
    if post["kind"] == "story":
        raise simulated.missing(post["id"], "post")
    if limits.count(message) > limits.MAX_COMMENT:
        raise Problem(100, "(#100) Param message is too long")
    parent = (under["parent"] or under["id"]) if under else ""
    key = f"{under['id'] if under else post['id']}.{hashed(message + picture)[:16]}"

    def effect() -> Response:
        author = {"id": who.page["id"], "name": who.page["name"]}
        made = add(world, post, author, message, parent=parent, own=True, picture=picture)
        return answer({"id": made["id"]})

    return publishing.visible(message, key, who, world, effect)


def add(
    world: World,
    post: Document,
    author: Document,
    message: str,
    *,
    parent: str = "",
    own: bool = False,
    picture: str = "",
) -> Document:
    """One more comment that is kept."""
    number = state.number(world, "comment")
    row: Document = {
        "id": f"{followers.number(post)}_{number}",
        "post": post["id"],
        "on": post["id"],
        "message": message,
    }
    row |= {"at": now(world), "from": author, "parent": parent, "own": own, "picture": picture}
    world.put("comment", row["id"], row)
    fresh = world.get("post", post["id"]) or post
    world.put("post", post["id"], fresh | {"comments": [*fresh["comments"], row["id"]][-state.LISTED :]})
    page = world.get("page", post["page"])
    if page:  # a stranger's post is on no page that an app could hear of
        pushes.commented(world, page, row)
    return row


def mark(world: World, page_id: str, id_: str, **changed: bool | str) -> None:
    """Note what was done to a comment."""
    world.put("mark", id_, (world.get("mark", id_) or {}) | changed | {"at": now(world)})
    page = world.get("page", page_id) or {}
    others = [known for known in page.get("marks", ()) if known != id_]
    world.put("page", page_id, page | {"marks": [*others, id_][-state.LISTED :]})


def marked(world: World, page: Document) -> list[tuple[str, Document]]:
    """The comments to which the Page has done something, and what stands now."""
    return [(id_, found) for id_ in page.get("marks", ()) if (found := world.get("mark", id_))]


def update(ask: Ask, who: Session, row: Document, world: World) -> Response:
    """POST /{comment}?is_hidden=…"""
    who.need("pages_manage_engagement")
    ask.allow("is_hidden")
    ask.need("is_hidden")
    if row["own"]:
        raise Problem(100, "(#100) A Page cannot hide its own comment")
    mark(world, who.page["id"], row["id"], hidden=ask.flag("is_hidden"))
    return answer({"success": True})


def like(ask: Ask, who: Session, row: Document, world: World) -> Response:
    """POST and DELETE /{comment}/likes."""
    who.need("pages_manage_engagement")
    ask.allow()
    mark(world, who.page["id"], row["id"], liked=ask.method == "POST")
    return answer({"success": True})


def remove(ask: Ask, who: Session, row: Document, world: World) -> Response:
    """DELETE /{comment}: any comment under a post of the Page."""
    who.need("pages_manage_engagement")
    ask.allow()
    if world.get("comment", row["id"]):
        publishing.remove_comment(world, row)
    mark(world, who.page["id"], row["id"], removed=True)
    return answer({"success": True})


def _brief(row: Document) -> Document:
    return {"id": row["id"], "message": row["message"], "created_time": simulated.stamp(row["at"]), "from": row["from"]}
