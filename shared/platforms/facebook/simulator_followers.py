"""The followers of a simulated Page: what they say below its posts follows from the post and the time, and is not kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from shared.platforms import _alive
from shared.platforms._graph.simulated import Document
from shared.platforms._pushes import Later
from shared.platforms.contract import World


def comments(post: Document, world: World) -> list[Document]:
    """What followers said below a post so far."""
    if post["kind"] == "story":
        return []
    since = datetime.fromtimestamp(post["at"], UTC)
    remarks = _alive.comments(post["id"], since, world.now)
    ids = {remark.number: _id(post, remark.number) for remark in remarks}
    tops = {remark.number: remark.parent for remark in remarks}
    return [
        {
            "id": ids[remark.number],
            "post": post["id"],
            "on": post["id"],
            "message": remark.text,
            "at": remark.at.timestamp(),
            "from": {"id": remark.who.id, "name": remark.who.name},
            "parent": ids.get(_top(remark.number, tops), "") if remark.parent is not None else "",
            "own": False,
        }
        for remark in remarks
    ]


def will_comment(world: World, post: Document) -> list[Document]:
    """What followers will have said in the end."""
    return comments(post, Later(world, datetime.fromtimestamp(post["at"], UTC) + timedelta(days=3)))


def _id(post: Document, remark: int) -> str:
    seed = f"{post['id']}/{remark}"
    return f"{number(post)}_{_alive.digits(seed, 15)}"


def _top(remark: int, parents: dict[int, int | None]) -> int:
    """The comment at the head of an answer's branch."""
    above = parents.get(remark)
    return remark if above is None else _top(above, parents)


def number(post: Document) -> str:
    """The post's own part of its id."""
    return str(post["id"]).rpartition("_")[2]
