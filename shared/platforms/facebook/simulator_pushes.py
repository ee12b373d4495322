"""The webhooks of the simulated Facebook, signed for the sandbox's app: what a subscribed Page hears.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page and
https://developers.facebook.com/docs/messenger-platform/reference/webhook-events
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Document, now
from shared.platforms.contract import World


def published(world: World, page: Document, post: Document) -> None:
    """A post of the Page's own is live."""
    item = "video" if post["video"] else "photo" if post["photos"] else "share" if post["link"] else "status"
    value: Document = {"from": _page(page), "post_id": post["id"], "item": item, "verb": "add", "published": 1}
    value |= {"created_time": int(post["at"])}
    value |= {"message": post["message"]} if post["message"] else {}
    value |= {"video_id": post["video"]} if post["video"] else {}
    value |= {"link": post["link"]} if post["link"] else {}
    _change(world, page, "feed", value, f"post.{post['id']}")


def removed(world: World, page: Document, post: Document) -> None:
    """A post of the Page's own was taken down."""
    _pushes.take_back(world, post["id"])
    value: Document = {
        "from": _page(page),
        "post_id": post["id"],
        "item": "post",
        "verb": "remove",
        "recipient_id": page["id"],
    }
    _change(world, page, "feed", {**value, "created_time": int(now(world))}, f"gone.{post['id']}")


def commented(world: World, page: Document, row: Document) -> None:
    """Somebody commented, or the Page itself."""
    value = {
        "from": row["from"],
        "item": "comment",
        "verb": "add",
        "post_id": row["post"],
        "comment_id": row["id"],
        "parent_id": row["parent"] or row["post"],
        "message": row["message"],
        "created_time": int(row["at"]),
    }
    _change(world, page, "feed", value, f"comment.{row['id']}")


def foretell(world: World, page: Document, post: Document, rows: Sequence[Document]) -> None:
    """What followers will say under a post that just went live."""

    def tell(row: Document) -> Callable[[World], None]:
        return lambda later: commented(later, page, row)

    _pushes.foretell(world, post["id"], ((datetime.fromtimestamp(row["at"], UTC), tell(row)) for row in rows))


def reacted(world: World, page: Document, post: str, author: Document) -> None:
    """Somebody liked a post."""
    value: Document = {"from": author, "item": "reaction", "verb": "add", "reaction_type": "like", "post_id": post}
    value |= {"parent_id": post, "created_time": int(now(world))}
    _change(world, page, "feed", value, f"reaction.{post}.{author['id']}")


def mentioned(world: World, page: Document, row: Document) -> None:
    """Somebody named the Page in a post."""
    value = {"item": "post", "verb": "add", "post_id": row["id"], "message": row["message"]}
    value |= {"sender_id": row["from"]["id"], "sender_name": row["from"]["name"], "created_time": int(row["at"])}
    _change(world, page, "mention", value, f"mention.{row['id']}")


def reviewed(world: World, page: Document, row: Document) -> None:
    """Somebody recommends the Page, or does not."""
    value = {
        "item": "rating",
        "verb": "add",
        "recommendation_type": "POSITIVE" if row["positive"] else "NEGATIVE",
        "review_text": row["text"],
        "reviewer_id": row["reviewer"]["id"],
        "reviewer_name": row["reviewer"]["name"],
        "open_graph_story_id": row["id"],
        "created_time": int(row["at"]),
    }
    _change(world, page, "ratings", value, f"review.{row['id']}")


def received(world: World, page: Document, person: Document, message: str, text: str) -> None:
    """Somebody wrote to the Page."""
    _messaging(world, page, "messages", person, {"mid": message, "text": text})


def echoed(world: World, page: Document, person: Document, one: Document) -> None:
    """The Page wrote."""
    said: Document = {"mid": one["id"], "is_echo": True} | ({"text": one["text"]} if one["text"] else {})
    if one.get("attachment"):
        said |= {"attachments": [one["attachment"]]}
    _messaging(world, page, "message_echoes", person, said)


def _change(world: World, page: Document, field: str, value: Mapping[str, Any], id_: str) -> None:
    if subscribed(world, page, field):
        entry = simulated.changed(page["id"], now(world), field, value)
        _pushes.append(world, simulated.push(id_, world.now, "page", entry))


def _messaging(world: World, page: Document, field: str, person: Document, said: Document) -> None:
    """A message between the person and the Page: an echo is the Page's own."""
    if not subscribed(world, page, field):
        return
    at, ends = int(now(world) * 1000), [{"id": person["id"]}, {"id": page["id"]}]
    sender, recipient = ends[::-1] if said.get("is_echo") else ends
    item = {"sender": sender, "recipient": recipient, "timestamp": at, "message": said}
    entry = {"id": page["id"], "time": at, "messaging": [item]}
    _pushes.append(world, simulated.push(f"{field}.{said['mid']}", world.now, "page", entry))


def subscribed(world: World, page: Document, field: str) -> bool:
    """Whether an app hears of this field of the Page."""
    known = world.get("page", page["id"]) or page
    return any(field in fields for fields in known["subscribed"].values())


def _page(page: Document) -> Document:
    return {"id": page["id"], "name": page["name"]}
