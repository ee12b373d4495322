"""What the simulated Reddit keeps: posts, comments, and the lists of who made them. Lists keep the newest 300."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.platforms.reddit.simulator_wire import base36, epoch

KEPT: Final = 300
ALIVE: Final = "x"  # stands in a comment's id between its post's and its number, where one of the others wrote it


# A post that was there before anybody: somebody else's, for who wants to vote on or answer one.
WELCOME: Final[Mapping[str, Any]] = {
    "id": "1000000",
    "kind": "self",
    "sr": "test",
    "sr_id": "2abcd",
    "title": "Say hello here",
    "selftext": "New in the sandbox? Say hello.",
    "author": "juniper_lake",
    "author_id": "9juniper",
    "created": 1_790_000_000,
    "live_at": 1_790_000_000.0,
    "url": "",
    "domain": "self.test",
    "assets": [],
    "poll": {},
    "nsfw": False,
    "spoiler": False,
    "sendreplies": True,
    "flair_id": "",
    "flair_text": "",
    "deleted": False,
}


def ids(world: World, kind: str, key: str) -> list[str]:
    """A list of ids, oldest first."""
    return list((world.get(kind, key) or {}).get("ids", ()))


def listed(world: World, kind: str, key: str, new: str) -> None:
    """One more at its end."""
    world.put(kind, key, {"ids": [*ids(world, kind, key), new][-KEPT:]})


def unlisted(world: World, kind: str, key: str, gone: str) -> None:
    """One less."""
    world.put(kind, key, {"ids": [known for known in ids(world, kind, key) if known != gone]})


def post(world: World, post_id: str) -> dict[str, Any] | None:
    """A post that is live by now, deleted or not; None otherwise."""
    found = dict(WELCOME) if post_id == WELCOME["id"] else world.get("reddit.post", post_id)
    return found if found and found["live_at"] <= epoch(world) else None


def posts_of(world: World, user_id: str) -> list[dict[str, Any]]:
    """The live posts of a person, newest first."""
    found = [post(world, post_id) for post_id in reversed(ids(world, "reddit.posts", user_id))]
    return [one for one in found if one and not one["deleted"]]


def comment(world: World, comment_id: str) -> dict[str, Any] | None:
    """A comment, stored or one of the others'; None where there is none (yet)."""
    stored = world.get("reddit.comment", comment_id)
    if stored:
        return stored
    post_id, mark, _ = comment_id[:7], comment_id[7:8], comment_id[8:]
    owner = post(world, post_id) if mark == ALIVE else None
    return next((one for one in others(world, owner) if one["id"] == comment_id), None) if owner else None


def comments_of(world: World, owner: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All comments under a post, oldest first."""
    stored = [world.get("reddit.comment", one) for one in ids(world, "reddit.replies", str(owner["id"]))]
    changed = {one["id"] for one in stored if one}
    rest = [one for one in others(world, owner) if one["id"] not in changed]
    return sorted([*rest, *(one for one in stored if one)], key=lambda one: (one["created"], one["id"]))


def others(world: World, owner: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What other people say under a post, by the passing of time alone."""
    since = at(owner["live_at"])
    said = _alive.comments(f"reddit/{owner['id']}", since, world.now)
    return [_remark(owner, remark) for remark in said]


def save_comment(world: World, changed: Mapping[str, Any]) -> None:
    """Keep a comment (also one of the others' that was voted on or removed)."""
    if not world.get("reddit.comment", str(changed["id"])):
        listed(world, "reddit.replies", str(changed["post"]), str(changed["id"]))
    world.put("reddit.comment", str(changed["id"]), dict(changed))


def vote(world: World, user_id: str, fullname: str) -> bool | None:
    """How a person voted on a thing: True up, False down, None not at all."""
    found = world.get("reddit.vote", f"{user_id}.{fullname}")
    return found["likes"] if found else None


def moderates(username: str, subreddit: str) -> bool:
    """Whether a person may remove what others say there: in the sandbox, in r/test, r/rostrum and their own profile."""
    return subreddit.lower() in {"test", "rostrum", f"u_{username.lower()}"}


def score(world: World, one: Mapping[str, Any]) -> int:
    """A post's points: its author's own and what others gave."""
    given = _alive.reception(f"reddit/{one['id']}", at(one["live_at"]), world.now).likes
    return 1 + given + int(one.get("votes", 0))


def at(seconds: float) -> datetime:
    """Epoch seconds as an instant."""
    return datetime.fromtimestamp(float(seconds), UTC)


def page(asked_query: Mapping[str, str], items: Sequence[Mapping[str, Any]], prefix: str) -> dict[str, Any]:
    """(items of one page, cursor) of a listing, as its ``limit`` and ``after`` ask."""
    given = asked_query.get("limit", "25")
    limit = min(max(int(given), 1), 100) if given.isdecimal() else 25
    after = asked_query.get("after", "")
    names = [f"{prefix}_{item['id']}" for item in items]
    start = names.index(after) + 1 if after in names else 0
    chosen = items[start : start + limit]
    more = start + limit < len(items)
    return {"items": chosen, "after": names[start + limit - 1] if more and chosen else None}


def _remark(owner: Mapping[str, Any], remark: _alive.Remark) -> dict[str, Any]:
    parent = f"t3_{owner['id']}" if remark.parent is None else f"t1_{owner['id']}{ALIVE}{base36(remark.parent)}"
    return {
        "id": f"{owner['id']}{ALIVE}{base36(remark.number)}",
        "post": owner["id"],
        "parent": parent,
        "author": remark.who.username.replace(".", "_"),
        "author_id": base36(int(remark.who.id)),
        "body": remark.text,
        "created": int(remark.at.timestamp()),
        "deleted": False,
        "removed": False,
        "points": 1 + _alive.luck(f"{owner['id']}/{remark.number}", 30),
    }
