"""Somebody comes by a simulated Page: what tests and the sandbox cause from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shared.platforms import _alive
from shared.platforms._graph.simulated import Document, now
from shared.platforms.contract import World
from shared.platforms.facebook import simulator_comments as commenting
from shared.platforms.facebook import simulator_people as people
from shared.platforms.facebook import simulator_pushes as pushes
from shared.platforms.facebook import simulator_state as state


def visit(world: World, account_id: str, what: str, text: str = "Hello there", on: str = "") -> str:
    """``what``: comment (``on`` a post, or ``post|comment``), like (``on`` a post), message (``on`` a person's id, or somebody
    new), mention, review (positive unless the text begins with «No», or ``on`` is less than 3 stars). Answers the id of what was
    made. Raises KeyError.
    """
    page = world.get("page", account_id)
    if page is None:
        raise KeyError(account_id)
    someone = _alive.someone(f"visit/{world.serial('facebook.visit')}")
    return _KINDS[what](world, page, {"id": someone.id, "name": someone.name}, text, on)


def _comment(world: World, page: Document, author: Document, text: str, on: str) -> str:
    id_, _, parent = on.partition("|")
    post = world.get("post", id_) or world.get("post", (world.get("video", id_) or {}).get("post", ""))
    if post is None:
        raise KeyError(on)
    return str(commenting.add(world, post, author, text, parent=parent)["id"])


def _like(world: World, page: Document, author: Document, text: str, on: str) -> str:
    pushes.reacted(world, page, on, author)
    return on


def _message(world: World, page: Document, author: Document, text: str, on: str) -> str:
    known = next((row["person"] for row in people.threads(page, world) if row["person"]["id"] == on), None)
    person = known or author
    made = people.receive(world, page, person, text)
    pushes.received(world, page, person, made, text)
    return made


def _mention(world: World, page: Document, author: Document, text: str, on: str) -> str:
    row = {"id": f"{author['id']}_{state.number(world, 'post')}", "from": author, "message": text, "at": now(world)}
    _add(world, page, "mentions", row)
    pushes.mentioned(world, page, row)
    return str(row["id"])


def _review(world: World, page: Document, author: Document, text: str, on: str) -> str:
    row: Document = {"id": state.number(world, "post"), "reviewer": author, "text": text, "at": now(world)}
    row |= {"positive": not text.startswith("No") and on not in {"1", "2"}}
    _add(world, page, "reviews", row)
    pushes.reviewed(world, page, row)
    return str(row["id"])


def _add(world: World, page: Document, edge: str, row: Document) -> None:
    world.put("page", page["id"], page | {edge: [*page.get(edge, ()), row][-state.LISTED :]})


_KINDS: Mapping[str, Callable[[World, Document, Document, str, str], str]] = {
    "comment": _comment,
    "like": _like,
    "message": _message,
    "mention": _mention,
    "review": _review,
}
