"""The people around the simulated X's accounts: they reply to posts, mention the account and write to it, as time passes.

What ``_alive`` says they said by now becomes posts and messages when somebody reads where they would be shown; an id
follows from the instant and the remark, so that the same remark is never made twice. ``visit`` makes one happen now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._kept import newest
from shared.platforms.contract import World
from shared.platforms.x.simulator_wire import epoch
from shared.platforms.x.wire import EPOCH_MS

KEPT: Final = 300
SAMPLE: Final = "1460323737035677698"  # somebody's post that is always there, to be reposted, liked and quoted
_SINCE: Final = datetime.fromisoformat("2021-11-15T19:08:05+00:00")


def post(world: World, post_id: str) -> dict[str, Any] | None:
    """A live post, whoever's it is."""
    known = world.get("x.post", post_id)
    if known is None and post_id == SAMPLE:
        return write(world, _alive.someone("x.sample"), "Introducing something new", _SINCE, id=SAMPLE)
    return known


def write(
    world: World,
    who: _alive.Someone,
    text: str,
    at: datetime,
    *,
    parent: Mapping[str, Any] | None = None,
    id: str = "",
) -> dict[str, Any]:
    """Somebody's post, with its place in the conversation."""
    author = _person(world, who)
    post_id = id or id_at(at, f"{author['id']}{text}")
    made: dict[str, Any] = {
        "id": post_id,
        "author_id": author["id"],
        "text": text,
        "urls": [],
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "made": epoch(at),
        "conversation_id": parent["conversation_id"] if parent else post_id,
        "references": [{"type": "replied_to", "id": parent["id"]}] if parent else [],
        "in_reply_to_user_id": parent["author_id"] if parent else "",
        "media_keys": [],
        "poll_ids": [],
        "reply_settings": "everyone",
        "mark": "",
    }
    world.put("x.post", post_id, made)
    if parent:
        index(world, "x.replies", str(parent["conversation_id"]), post_id)
    return made


def index(world: World, kind: str, key: str, post_id: str) -> None:
    """Remember a post where it will be listed, once."""
    ids = listed(world, kind, key)
    if post_id not in ids:
        world.put(kind, key, {"ids": sorted([*ids, post_id], key=int)[-KEPT:]})


def listed(world: World, kind: str, key: str) -> list[str]:
    """The ids remembered there, oldest first."""
    return list((world.get(kind, key) or {}).get("ids", ()))


def comment(world: World, root: Mapping[str, Any]) -> None:
    """What followers said below a post of a simulated account by now."""
    owner = world.get("x.user", str(root["author_id"]))
    if not owner or "handle_of" in owner:
        return  # a stranger's post: its comments are nobody's here
    since = datetime.fromtimestamp(root["made"], world.now.tzinfo)
    said: dict[int, Mapping[str, Any]] = {}
    for remark in _alive.comments(str(root["id"]), since, world.now):
        above = said.get(remark.parent) if remark.parent is not None else None
        parent = above or root
        post_id = id_at(remark.at, f"{root['id']}/{remark.number}")
        made = world.get("x.post", post_id)
        if made is None:
            made = write(world, remark.who, f"@{owner['username']} {remark.text}", remark.at, parent=parent, id=post_id)
            index(world, "x.mentions", str(owner["id"]), post_id)
        said[remark.number] = made


def mention(world: World, user: Mapping[str, Any]) -> None:
    """Where others named the account by now."""
    since = datetime.fromisoformat(str(user["created_at"]))
    for remark in _alive.mentions(str(user["id"]), f"@{user['username']}", since, world.now):
        post_id = id_at(remark.at, f"{user['id']}/mention/{remark.number}")
        if world.get("x.post", post_id) is None:
            write(world, remark.who, remark.text, remark.at, id=post_id)
            index(world, "x.mentions", str(user["id"]), post_id)


def letters(world: World, user: Mapping[str, Any]) -> None:
    """What others wrote to the account by now."""
    since = datetime.fromisoformat(str(user["created_at"]))
    for letter in _alive.letters(str(user["id"]), since, world.now):
        sender = _person(world, letter.who)
        for line in letter.lines:
            event_id = id_at(line.at, f"{user['id']}/letter/{letter.number}/{line.number}")
            deliver(world, str(user["id"]), dm(event_id, str(sender["id"]), str(user["id"]), line.text, line.at))


def dm(event_id: str, sender: str, other: str, text: str, at: datetime, *, conversation: str = "") -> dict[str, Any]:
    """A message between two."""
    return {
        "id": event_id,
        "event_type": "MessageCreate",
        "text": text,
        "sender_id": sender,
        "dm_conversation_id": conversation or "-".join(sorted((sender, other), key=int)),
        "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def deliver(world: World, user_id: str, event: Mapping[str, Any]) -> None:
    """Put a message into somebody's box, once."""
    events = box(world, user_id)
    if all(known["id"] != event["id"] for known in events):
        kept = sorted([*events, dict(event)], key=lambda one: int(one["id"]))
        world.put("x.dms", user_id, {"events": newest(kept, KEPT)})


def box(world: World, user_id: str) -> list[dict[str, Any]]:
    """Somebody's messages, oldest first."""
    return list((world.get("x.dms", user_id) or {}).get("events", ()))


def id_at(at: datetime, seed: str) -> str:
    """X's id of something that happened then."""
    return str((int(epoch(at) * 1000) - EPOCH_MS) << 22 | _alive.luck(seed, 1 << 22))


def stranger(world: World, seed: str) -> dict[str, Any]:
    """Somebody without an account of ours."""
    return _person(world, _alive.someone(seed))


def _person(world: World, who: _alive.Someone) -> dict[str, Any]:
    known = world.get("x.user", who.id)
    if known:
        return known
    made = {
        "id": who.id,
        "username": who.username.replace(".", "_")[:15],
        "name": who.name,
        "created_at": _SINCE.isoformat(),
        "reach": 50 + _alive.luck(who.id, 900),
        "handle_of": who.username,
    }
    world.put("x.user", who.id, made)
    return made
