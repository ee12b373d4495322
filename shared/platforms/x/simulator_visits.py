"""Somebody does something with a simulated account now: for tests and for showing deliveries."""

from __future__ import annotations

from shared.platforms import _alive
from shared.platforms.contract import World
from shared.platforms.x import simulator_hooks, simulator_people


def visit(world: World, account_id: str, what: str, text: str = "Hello there", on: str = "") -> str:
    """A ``reply`` to the post ``on``, a ``mention``, a ``message`` or a ``follow``; answers its id (a follower's)."""
    user = world.get("x.user", account_id) or {}
    who = _alive.someone(f"{account_id}/visit/{world.serial('x.visit')}")
    if what == "message":
        sender = str(simulator_people.stranger(world, f"{account_id}/letters")["id"])
        event = simulator_people.dm(simulator_people.id_at(world.now, who.id), sender, account_id, text, world.now)
        simulator_people.deliver(world, account_id, event)
        simulator_hooks.message(world, account_id, "dm.received", event)
        return str(event["id"])
    if what == "follow":
        payload = {"source": {"data": {"id": who.id, "name": who.name}}, "target": {"data": {"id": account_id}}}
        simulator_hooks.happened(world, account_id, "follow.follow", payload, who.id)
        return who.id
    if what not in {"reply", "mention"}:
        raise ValueError(f"nobody does «{what}» here: reply, mention, message, follow")
    parent = simulator_people.post(world, on) if what == "reply" else None
    made = simulator_people.write(world, who, f"@{user['username']} {text}", world.now, parent=parent)
    simulator_people.index(world, "x.mentions", account_id, str(made["id"]))
    kind = "post.reply.create" if parent else "post.mention.create"
    simulator_hooks.posted(world, account_id, kind, made)
    return str(made["id"])
