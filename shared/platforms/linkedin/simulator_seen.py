"""What others see of a simulated account: its posts and comments, its comments and reactions as acts; and visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.platforms.contract import Done, Seen, World
from shared.platforms.linkedin import little, simulator_events, simulator_posts, simulator_social, wire


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """The account's live posts, and its own comments under them, oldest first."""
    shown: list[Seen] = []
    for urn in simulator_posts.urns_of(world, platform_account_id):
        if post := world.get("li.post", urn):
            shown += [_post(post), *_comments(world, post)]
    return sorted(shown, key=lambda one: one.at)


def _post(post: Mapping[str, Any]) -> Seen:
    content = post.get("content") or {}
    words = little.shown(str(post["commentary"]))
    urn = str(post["id"])
    return Seen(urn, words, len(wire.attached_to(content)), _instant(post["createdAt"]), wire.permalink(urn))


def _comments(world: World, post: Mapping[str, Any]) -> list[Seen]:
    activity, urn = simulator_social.activity_of(post), str(post["id"])
    return [
        Seen(
            f"urn:li:comment:({activity},{one['id']})", one["text"], 0, _instant(one["time"]), wire.permalink(urn), urn
        )
        for one in simulator_social.all_comments(world, post)
        if one["actor"] == post["author"]
    ]


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The account's comments and reactions that stand, oldest first."""
    entries = (world.get("li.said", platform_account_id) or {"entries": []})["entries"]
    made = [found for entry in entries if (found := _comment(world, entry))]
    entities = (world.get("li.reacted", platform_account_id) or {"entities": []})["entities"]
    liked = [found for entity in entities if (found := _reaction(world, entity, platform_account_id))]
    return sorted([*made, *liked], key=lambda one: one.at)


def _comment(world: World, entry: Mapping[str, Any]) -> Done | None:
    post = world.get("li.post", str(entry["post"]))
    every = simulator_social.all_comments(world, post) if post else []
    one = next((one for one in every if one["id"] == entry["id"]), None)
    if post is None or one is None:
        return None
    activity = simulator_social.activity_of(post)
    on = f"urn:li:comment:({activity},{one['parent']})" if one["parent"] else str(post["id"])
    verb = "comment.reply" if one["parent"] else "comment.create"
    return Done(verb, f"urn:li:comment:({activity},{one['id']})", on, one["text"], _instant(one["time"]))


def _reaction(world: World, entity: str, actor: str) -> Done | None:
    given = (world.get("li.reactions", entity) or {"by": {}})["by"].get(actor)
    if not given:
        return None
    verb, known = "comment.like", entity
    if entity.startswith("urn:li:activity:"):
        verb, known = "post.like", str((world.get("li.activity", entity) or {"post": entity})["post"])
    return Done(verb, known, known, "", _instant(given["time"]))


def visit(
    world: World, account: str, what: str, *, text: str = "", on: str = "", who: str = "urn:li:person:visitor"
) -> str:
    """Somebody else does something now: ``comment`` or ``like`` on a post of the account, or a ``mention`` of its page.

    ``on`` names the post, or the comment that is answered. Answers the URN of what was made.
    """
    if what == "mention":
        return str(simulator_events.mentioned(world, account, text, who)["sourcePost"])
    post, parent = simulator_social.thread(world, on)
    page = account.startswith("urn:li:organization:")
    if what == "like":
        entity = simulator_social.activity_of(post)
        held = world.get("li.reactions", entity) or {"by": {}}
        given = {"type": "LIKE", "time": int(world.now.timestamp() * 1000)}
        world.put("li.reactions", entity, {"by": {**held["by"], who: given}})
        if page:
            simulator_events.happened(world, account, "LIKE", post, None, who)
        return entity
    made = simulator_social.keep(world, post, who, text, parent)
    if page:
        simulator_events.happened(world, account, "COMMENT", post, made)
    return f"urn:li:comment:({simulator_social.activity_of(post)},{made['id']})"


def _instant(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
