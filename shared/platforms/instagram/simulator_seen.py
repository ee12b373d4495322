"""What followers see of a simulated account: posts, reels and stories, and its own comments below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.platforms.contract import Done, Seen, World
from shared.platforms.instagram import simulator_messages as messaging

STORY_SECONDS = 24 * 3600  # https://help.instagram.com/1729008150678239 (2026-11-22): stories are gone after 24 hours


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """What the account has live, oldest first. Documents of earlier versions may lack what came later."""
    account = world.get("account", platform_account_id) or {}
    documents = [world.get("media", id_) for id_ in (*account.get("media", ()), *account.get("stories", ()))]
    found = [item for document in documents if document for item in _media(world, document)]
    return sorted(found, key=lambda item: item.at)


def _media(world: World, document: dict[str, Any]) -> Iterator[Seen]:
    if document.get("product") == "STORY" and world.now.timestamp() - document["at"] > STORY_SECONDS:
        return
    at = datetime.fromtimestamp(document["at"], UTC)
    yield Seen(document["id"], document.get("caption", ""), document.get("items", 1), at, document["permalink"])
    for id_ in document.get("comments", ()):
        comment = world.get("comment", id_)
        if comment and comment["account"] == document["account"]:
            when = datetime.fromtimestamp(comment["at"], UTC)
            yield Seen(comment["id"], comment["text"], 0, when, document["permalink"], document["id"])


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """The account's comments, messages and what it has hidden, as they stand, oldest first."""
    account = world.get("account", platform_account_id) or {}
    documents = [world.get("media", id_) or {} for id_ in account.get("media", ())]
    below = [world.get("comment", id_) for document in documents for id_ in document.get("comments", ())]
    made = [_comment(one) for one in below if one and one["account"] == platform_account_id]
    sent = [Done(one["verb"], one["id"], one["on"], one["text"], _at(one)) for one in messaging.sent(world, account)]
    hidden = [Done("comment.hide", one["id"], one["id"], "", _at(one)) for one in account.get("hidden", ())]
    answers = [_comment(one) for one in account.get("answers", ())]
    return sorted([*made, *sent, *hidden, *answers], key=lambda one: one.at)


def _comment(document: dict[str, Any]) -> Done:
    parent = document.get("parent", "")
    verb = "comment.reply" if parent else "comment.create"
    return Done(verb, document["id"], parent or document["media"], document["text"], _at(document))


def _at(document: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(document["at"], UTC)
