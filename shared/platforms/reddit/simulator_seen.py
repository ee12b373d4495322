"""What others see of a simulated account: its live posts, what it said, what it voted on and removed, what it wrote.

``visit`` lets others do something on purpose, for tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shared.platforms import _alive
from shared.platforms.contract import Done, Seen, World
from shared.platforms.reddit import simulator_ads, simulator_messages
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit.simulator_view import SITE, path
from shared.platforms.reddit.simulator_wire import epoch, new_id


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts and comments, oldest first."""
    posts = [_post(one) for one in state.posts_of(world, platform_account_id)]
    said = [_comment(world, one) for one in _said(world, platform_account_id)]
    return sorted([*posts, *said], key=lambda item: (item.at, item.id))


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """What the account said, voted up, removed as a moderator, wrote to people and advertised, oldest first."""
    found = [_spoken(one) for one in _said(world, platform_account_id)]
    found += [
        _voted(world, platform_account_id, name) for name in state.ids(world, "reddit.voted", platform_account_id)
    ]
    found += [_removed(world, name) for name in state.ids(world, "reddit.removed", platform_account_id)]
    found += [_written(line) for line in simulator_messages.written(world, platform_account_id)]
    found += [_advertised(one) for one in simulator_ads.all_of(world, platform_account_id)]
    return sorted(found, key=lambda item: (item.at, item.id))


def visit(world: World, platform_account_id: str, what: str, text: str, on: str = "") -> str:
    """Somebody does something to the account: ``comment`` (on one of its posts) or ``message``; the new thing's id."""
    user = world.get("reddit.user", platform_account_id) or {}
    who = _alive.someone(f"reddit/{platform_account_id}/{text}")
    author = who.username.replace(".", "_")
    if what == "message":
        return "t4_" + simulator_messages.deliver(world, user, author, text)
    owner = state.post(world, on.removeprefix("t3_"))
    if what != "comment" or not owner:
        raise ValueError(f"nobody can {what} {on}")
    one = {"id": new_id(world), "post": owner["id"], "parent": on, "author": author, "author_id": f"9{author}"}
    about = {"body": text, "created": int(epoch(world)), "deleted": False, "removed": False, "points": 1}
    state.save_comment(world, {**one, **about})
    return f"t1_{one['id']}"


def _said(world: World, user_id: str) -> list[dict[str, Any]]:
    stored = [world.get("reddit.comment", one) for one in state.ids(world, "reddit.said", user_id)]
    return [one for one in stored if one and not one["deleted"]]


def _post(one: dict[str, Any]) -> Seen:
    text = one["selftext"] or one["title"]
    return Seen("t3_" + one["id"], text, len(one["assets"]), state.at(one["live_at"]), SITE + path(one))


def _comment(world: World, one: dict[str, Any]) -> Seen:
    owner = state.post(world, str(one["post"])) or {}
    link = f"{SITE}{path(owner)}{one['id']}/" if owner else SITE
    return Seen("t1_" + one["id"], one["body"], 0, state.at(one["created"]), link, one["parent"])


def _spoken(one: dict[str, Any]) -> Done:
    verb = "comment.create" if one["parent"].startswith("t3_") else "comment.reply"
    return Done(verb, "t1_" + one["id"], one["parent"], one["body"], state.at(one["created"]))


def _voted(world: World, user_id: str, name: str) -> Done:
    kept = world.get("reddit.vote", f"{user_id}.{name}") or {"at": 0.0}
    verb = "post.like" if name.startswith("t3_") else "comment.like"
    return Done(verb, name, name, "", state.at(kept["at"]))


def _removed(world: World, name: str) -> Done:
    kept = world.get("reddit.comment", name) or {"removed_at": 0.0}
    return Done("comment.hide", f"t1_{name}", f"t1_{name}", "", state.at(kept["removed_at"]))


def _written(line: dict[str, Any]) -> Done:
    own = line["first"] == line["id"]
    verb, on = ("comment.private_reply", line["dest"]) if own else ("message.send", f"t4_{line['first']}")
    return Done(verb, f"t4_{line['id']}", on, line["body"], state.at(line["created"]))


def _advertised(one: dict[str, Any]) -> Done:
    return Done(f"{one['level']}.create", one["id"], one["parent"], one["data"]["name"], state.at(one["created"]))
