"""The webhooks of the simulated Instagram, signed for the sandbox's app: what an account with deliveries switched on hears.

https://developers.facebook.com/docs/instagram-platform/webhooks/examples
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import World
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_state import Session
from shared.ports.http import Response

FIELDS = frozenset(
    {
        *("comments", "live_comments", "messages", "message_reactions", "messaging_handover", "messaging_optins"),
        *("messaging_postbacks", "messaging_referral", "messaging_seen", "standby", "message_echoes"),
    }
)


def subscriptions(ask: Ask, who: Session, world: World) -> Response:
    """GET, POST and DELETE /{ig-user}/subscribed_apps."""
    ask.allow("subscribed_fields")
    known = list(who.account.get("subscribed", []))
    if ask.method == "GET":
        return state.answer({"data": [{"id": "1", "subscribed_fields": known}] if known else []})
    wanted = [str(name) for name in ask.items("subscribed_fields")] if ask.method == "POST" else []
    if ask.method == "POST" and (not wanted or set(wanted) - FIELDS):
        raise Problem(100, f"(#100) Param subscribed_fields must be some of {{{', '.join(sorted(FIELDS))}}}")
    if any(name.startswith("messag") for name in wanted):
        who.need("instagram_business_manage_messages")
    if {"comments", "live_comments"} & set(wanted):
        who.need("instagram_business_manage_comments")
    world.put("account", who.account["id"], who.account | {"subscribed": wanted})
    return state.answer({"success": True})


def commented(world: World, account: Document, media: Document, comment: Document) -> None:
    """Somebody, or the account itself, commented on its post."""
    author: Document = {"id": comment["account"], "username": comment["username"]}
    if comment["account"] == account["id"]:
        author["self_ig_scoped_id"] = account["alias"]
    value: dict[str, Any] = {"id": comment["id"], "from": author, "text": comment["text"]}
    value["media"] = {"id": media["id"], "media_product_type": media["product"]}
    if comment.get("parent"):
        value["parent_id"] = comment["parent"]
    entry = simulated.changed(account["id"], comment["at"], "comments", value)
    _send(world, account, "comments", comment["id"], entry)


def foretell(world: World, account: Document, media: Document, remarks: Sequence[Document]) -> None:
    """What the crowd will say under a post that just went live."""

    def tell(comment: Document) -> Callable[[World], None]:
        return lambda later: commented(later, account, media, comment)

    moments = ((datetime.fromtimestamp(one["at"], UTC), tell(one)) for one in remarks)
    _pushes.foretell(world, media["id"], moments)


def written(world: World, account: Document, person: Document, line: Document) -> None:
    """Somebody wrote to the account."""
    _message(world, account, person["id"], account["id"], {"mid": line["id"], "text": line["text"]}, line["at"])


def echoed(world: World, account: Document, person: Document, line: Document) -> None:
    """The account wrote to somebody."""
    message = {"mid": line["id"], "text": line["text"], "is_echo": True}
    _message(world, account, account["id"], person["id"], message, line["at"])


def _message(world: World, account: Document, sender: str, recipient: str, message: Document, at: float) -> None:
    item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": int(at * 1000), "message": message}
    entry = {"id": account["id"], "time": int(at * 1000), "messaging": [item]}
    _send(world, account, "messages", message["mid"], entry)


def _send(world: World, account: Document, field: str, id_: str, entry: Document) -> None:
    fresh = world.get("account", account["id"]) or account
    if field in fresh.get("subscribed", ()):
        _pushes.append(world, simulated.push(f"{field}.{id_}", world.now, "instagram", entry))
