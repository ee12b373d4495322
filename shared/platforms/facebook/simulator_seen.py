"""What followers see of a simulated Page: its posts, videos, reels and stories, and its own comments below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from shared.platforms._graph.simulated import DAY, Document, now
from shared.platforms.contract import Done, Seen, World
from shared.platforms.facebook import simulator_ads as advertising
from shared.platforms.facebook import simulator_comments as commenting
from shared.platforms.facebook import simulator_people as people
from shared.platforms.facebook import simulator_read as reading


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """What the Page has live, oldest first."""
    page = world.get("page", platform_account_id) or {"posts": [], "stories": []}
    stories = [story for story in reading.live_stories(page, world) if now(world) - story["at"] <= DAY]
    documents = [*reading.live_posts(page, world), *stories]
    return sorted(
        (item for document in documents for item in _post(world, document)), key=lambda item: (item.at, item.id)
    )


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """What the Page did that is no post and stands now, oldest first."""
    page = world.get("page", platform_account_id)
    if page is None:
        return ()
    posts = [post for id_ in page["posts"] if (post := world.get("post", id_))]
    found = [item for post in posts for item in _below(world, post)]
    found += [item for id_, mark in commenting.marked(world, page) for item in _marks(id_, mark)]
    for one in people.done_messages(page, world):
        found.append(Done(one["verb"], one["id"], one["on"], one["text"], _when(one["at"])))
    found += advertising.done(world, page["owner"])
    return sorted(found, key=lambda item: (item.at, item.id))


def _below(world: World, post: Document) -> Iterator[Done]:
    if post.get("liked"):
        shown = post["video"] or post["id"]
        yield Done("post.like", shown, shown, "", _when(post["liked_at"]))
    for id_ in post["comments"]:
        comment = world.get("comment", id_)
        if comment and comment["own"]:
            verb, on = ("comment.reply", comment["parent"]) if comment["parent"] else ("comment.create", post["id"])
            yield Done(verb, id_, on, comment["message"], _when(comment["at"]))


def _marks(id_: str, mark: Document) -> Iterator[Done]:
    verbs = {"hidden": "comment.hide", "liked": "comment.like", "removed": "comment.delete"}
    for name, verb in verbs.items():
        if mark.get(name):
            yield Done(verb, id_, id_, "", _when(mark["at"]))


def _when(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _post(world: World, post: Document) -> Iterator[Seen]:
    address, at = reading.permalink(post), datetime.fromtimestamp(post["at"], UTC)
    if post["kind"] == "story":
        yield Seen(post["id"], "", 1, at, address)
        return
    shown = post["video"] or post["id"]
    yield Seen(shown, post["message"], len(post["photos"]) or bool(post["video"]) + 0, at, address)
    for id_ in post["comments"]:
        comment = world.get("comment", id_)
        if comment and comment["own"]:
            when = datetime.fromtimestamp(comment["at"], UTC)
            yield Seen(comment["id"], comment["message"], 0, when, address, shown)
