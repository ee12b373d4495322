"""The people around the simulated accounts: they reply, mention and write as time passes; ``visit`` makes one do it now.

What ``_alive`` says they said by now becomes records of their own repositories (their key follows from the instant and the
remark, so that nothing is said twice) when somebody reads where it would be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.platforms import _alive
from shared.platforms._kept import newest
from shared.platforms.bluesky import simulator_cid as cid
from shared.platforms.bluesky import simulator_core as core
from shared.platforms.bluesky import tid
from shared.platforms.bluesky.wire import POSTS
from shared.platforms.contract import World

KEPT = 300
_BORN = "2023-04-01T09:00:00+00:00"


def remember(world: World, kind: str, key: str, uri: str) -> None:
    """Note a post where it will be listed, once; oldest first."""
    uris = listed(world, kind, key)
    if uri not in uris:
        world.put(kind, key, {"uris": [*uris, uri][-KEPT:]})


def listed(world: World, kind: str, key: str) -> list[str]:
    """The posts noted there."""
    return list((world.get(kind, key) or {}).get("uris", ()))


def stranger(world: World, who: _alive.Someone) -> dict[str, Any]:
    """Somebody with an account that nobody here connected."""
    handle = f"{who.username.replace('.', '-')}.{core.ENTRYWAY}"
    known = core.find_account(world, handle)
    if known:
        return known
    made = core.create_account(world, handle, core.ASSIGNED_PDS, who.id)
    made |= {"name": who.name, "created_at": _BORN, "stranger": True}
    world.put("bluesky.account", made["did"], made)
    return made


def write(
    world: World, who: _alive.Someone, text: str, at: datetime, seed: str, parent: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Somebody's post, or answer to ``parent`` (``uri``, ``cid`` and ``value`` of a record); the same seed, the same post."""
    author = stranger(world, who)
    rkey = tid.encode(int(at.timestamp() * 1_000_000), _alive.luck(seed, 1024))
    uri, where = f"at://{author['did']}/{POSTS}/{rkey}", f"{author['did']}|{POSTS}|{rkey}"
    known = world.get("bluesky.record", where)
    if known is None:
        value: dict[str, Any] = {"$type": POSTS, "text": text, "createdAt": stamp(at)}
        if parent:
            value["reply"] = {"root": root_of(parent), "parent": {"uri": parent["uri"], "cid": parent["cid"]}}
        known = {"cid": cid.of_record(value), "value": value, "at": at.isoformat()}
        world.put("bluesky.record", where, known)
        if parent:
            remember(world, "bluesky.replies", value["reply"]["root"]["uri"], uri)
    return {"uri": uri, "cid": known["cid"], "value": known["value"]}


def root_of(record: Mapping[str, Any]) -> dict[str, str]:
    """What began the thread of a record."""
    found = (record["value"].get("reply") or {}).get("root")
    return dict(found) if found else {"uri": record["uri"], "cid": record["cid"]}


def record(world: World, uri: str) -> dict[str, Any] | None:
    """A record by its address, as getRecord answers it."""
    did, _, rest = uri.removeprefix("at://").partition("/")
    collection, _, rkey = rest.partition("/")
    found = world.get("bluesky.record", f"{did}|{collection}|{rkey}")
    return {"uri": uri, "cid": found["cid"], "value": found["value"], "at": found["at"]} if found else None


def comment(world: World, post: Mapping[str, Any]) -> None:
    """What followers said below a post of a connected account by now."""
    owner = world.get("bluesky.account", post["uri"].split("/")[2]) or {"stranger": True}
    if owner.get("stranger"):
        return
    said: dict[int, Mapping[str, Any]] = {}
    for remark in _alive.comments(post["uri"], datetime.fromisoformat(post["at"]), world.now):
        parent = said.get(remark.parent) if remark.parent is not None else None
        seed = f"{post['uri']}/{remark.number}"
        said[remark.number] = write(world, remark.who, remark.text, remark.at, seed, parent or post)


def mention(world: World, account: Mapping[str, Any]) -> None:
    """Where others named the account by now."""
    since = datetime.fromisoformat(account["created_at"])
    for remark in _alive.mentions(account["did"], f"@{account['handle']}", since, world.now):
        made = write(world, remark.who, remark.text, remark.at, f"{account['did']}/mention/{remark.number}")
        remember(world, "bluesky.mentions", account["did"], made["uri"])


def letters(world: World, account: Mapping[str, Any]) -> None:
    """What others wrote to the account by now."""
    since = datetime.fromisoformat(account["created_at"])
    for letter in _alive.letters(account["did"], since, world.now):
        sender = stranger(world, letter.who)
        convo = open_convo(world, account["did"], sender["did"])
        for line in letter.lines:
            seed = f"{account['did']}/letter/{letter.number}/{line.number}"
            say(world, convo, sender["did"], line.text, line.at, seed)


def open_convo(world: World, did: str, other: str) -> str:
    """The conversation of two, made at first use."""
    known = dict((world.get("bluesky.convos", did) or {}).get("with", {}))
    if other not in known:
        convo = tid.encode(_alive.luck(f"convo/{min(did, other)}/{max(did, other)}", 1 << 50), 7)
        known[other] = convo
        world.put("bluesky.convos", did, {"with": dict(list(known.items())[-KEPT:])})
        if world.get("bluesky.convo", convo) is None:
            world.put("bluesky.convo", convo, {"members": [did, other], "messages": []})
    return str(known[other])


def say(world: World, convo: str, did: str, text: str, at: datetime, seed: str) -> dict[str, Any]:
    """A message, once per seed."""
    held = world.get("bluesky.convo", convo) or {}
    key = tid.encode(int(at.timestamp() * 1_000_000), _alive.luck(seed, 1024))
    known = next((one for one in held["messages"] if one["id"] == key), None)
    if known is None:
        known = {"id": key, "rev": key, "text": text, "sender": {"did": did}, "sentAt": stamp(at)}
        kept = sorted([*held["messages"], known], key=lambda one: str(one["id"]))
        world.put("bluesky.convo", convo, {**held, "messages": newest(kept, KEPT)})
    return dict(known)


def stamp(at: datetime) -> str:
    """An instant as the network writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def visit(world: World, account_id: str, what: str, text: str = "Hello there", on: str = "") -> str:
    """A ``reply`` to the post ``on``, a ``mention`` or a ``message``; answers its id."""
    account = world.get("bluesky.account", account_id) or {}
    seed = f"{account_id}/visit/{world.serial('bluesky.visit')}"
    who = _alive.someone(seed)
    if what == "message":
        sender = stranger(world, who)
        convo = open_convo(world, account_id, sender["did"])
        return str(say(world, convo, sender["did"], text, world.now, seed)["id"])
    if what == "mention":
        made = write(world, who, f"@{account['handle']} {text}", world.now, seed)
        remember(world, "bluesky.mentions", account_id, made["uri"])
        return str(made["uri"])
    if what != "reply":
        raise ValueError(f"nobody does «{what}» here: reply, mention, message")
    return str(write(world, who, text, world.now, seed, record(world, on))["uri"])
