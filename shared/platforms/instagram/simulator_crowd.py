"""The others on the simulated Instagram: who comments, writes and tags. Nothing of it is stored: it follows from ids.

A comment of the crowd has the id of the post with two digits more, a tagged post that of the account with two digits more. What
the account did to such a comment is in ``crowd/{id}`` (hidden, gone, answered privately).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.platforms import _alive as alive
from shared.platforms import _pushes
from shared.platforms._graph.simulated import Document
from shared.platforms.contract import World
from shared.platforms.instagram import simulator_state as state

MOST_COMMENTS = 8


def comments(world: World, media: Document) -> list[Document]:
    """What the crowd has said under a post so far and still stands, oldest first. Answers hang on top-level comments."""
    if media.get("product") == "STORY":
        return []
    said = alive.comments(media["id"], datetime.fromtimestamp(media["at"], UTC), world.now, MOST_COMMENTS)
    tops: dict[int, int | None] = {}
    found = []
    for remark in said:
        above = remark.parent
        tops[remark.number] = above if above is None or tops.get(above) is None else tops[above]
        top = tops[remark.number]
        parent = "" if top is None else f"{media['id']}{top:02d}"
        found.append(_comment(media, remark, parent) | (world.get("crowd", f"{media['id']}{remark.number:02d}") or {}))
    gone = {comment["id"] for comment in found if comment.get("gone")}
    return [one for one in found if not gone & {one["id"], one["parent"]}]


def will_comment(world: World, media: Document) -> list[Document]:
    """What the crowd will have said in the end."""
    far = datetime.fromtimestamp(media["at"], UTC) + timedelta(days=3)
    return comments(_pushes.Later(world, far), media)


def below(world: World, media: Document) -> list[Document]:
    """Every comment under a post, newest first: the crowd's, visitors' and the account's own."""
    stored = [comment for id_ in media["comments"] if (comment := world.get("comment", id_))]
    return sorted([*stored, *comments(world, media)], key=lambda one: one["at"], reverse=True)


def comment(world: World, id_: str) -> Document | None:
    """A comment by its id, of whomever."""
    if stored := world.get("comment", id_):
        return stored
    media = world.get("media", id_[:-2])
    return next((one for one in comments(world, media) if one["id"] == id_), None) if media else None


def change(world: World, comment: Document, **values: object) -> None:
    """Keep what was done to a comment."""
    if world.get("comment", comment["id"]):
        world.put("comment", comment["id"], comment | values)
    else:
        world.put("crowd", comment["id"], (world.get("crowd", comment["id"]) or {}) | values)


def tagged(world: World, account: Document) -> list[Document]:
    """Posts of others that tag the account, newest first."""
    since = datetime.fromtimestamp(account["made"], UTC)
    remarks = alive.mentions(account["id"], f"@{account['username']}", since, world.now)
    posts = [_post(f"{account['id']}{one.number:02d}", one) for one in remarks]
    stored = [post for id_ in account.get("tags", ()) if (post := world.get("tagged", id_))]
    return sorted([*stored, *posts], key=lambda one: one["at"], reverse=True)


def tag(world: World, account: Document, text: str) -> str:
    """Somebody tags the account in a post of theirs now; the post's id. Instagram sends no webhook of it."""
    id_ = state.number(world, "media")
    link = f"https://www.instagram.com/p/{state.hashed(id_)[:11]}/"
    caption = text if f"@{account['username']}" in text else f"@{account['username']} {text}"
    made = post(id_, alive.someone(f"instagram/tag/{id_}"), caption, state.now(world), link)
    world.put("tagged", id_, made)
    world.put("account", account["id"], account | {"tags": [id_, *account.get("tags", ())][: state.LISTED]})
    return id_


def post(id_: str, who: alive.Someone, caption: str, at: float, link: str) -> Document:
    """A post of somebody else's."""
    return {"id": id_, "username": who.username, "caption": caption, "at": at, "permalink": link}


def _post(id_: str, one: alive.Remark) -> Document:
    letters = state.hashed(id_)[:11]
    return post(id_, one.who, one.text, one.at.timestamp(), f"https://www.instagram.com/p/{letters}/")


def _comment(media: Document, remark: alive.Remark, parent: str) -> Document:
    return {
        "id": f"{media['id']}{remark.number:02d}",
        "media": media["id"],
        "account": remark.who.id,
        "username": remark.who.username,
        "text": remark.text,
        "at": remark.at.timestamp(),
        "parent": parent,
    }
