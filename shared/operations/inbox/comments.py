"""The comments on a post, and the answers to one of them, with what may be done to each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.operations import accounts
from shared.operations.engaging import ids as network_ids
from shared.operations.engaging import reading
from shared.operations.engaging.commands import Order
from shared.operations.inbox import cursors, naming, sources, union
from shared.operations.inbox.union import Asked, Listed
from shared.platforms import registry
from shared.platforms.contract_inbox import Comment, Page
from shared.ports.world import Ports

_FLAGS: Mapping[str, str] = {
    "can_reply": "comment.reply",
    "can_delete": "comment.delete",
    "can_hide": "comment.hide",
    "can_like": "comment.like",
    "can_private_reply": "comment.private_reply",
}


@dataclass(frozen=True, slots=True)
class Below:
    """Which comments: right below a post, or the answers to one of them. ``post_id``: the network's, ours, or the inbox's.
    ``words``: only those that have them. ``hidden``: only those that are."""

    account_id: str
    post_id: str
    comment_id: str = ""
    limit: int = 25
    cursor: str = ""
    words: str = ""
    hidden: bool = False


def list_(ports: Ports, caller: Caller, wanted: Below) -> tuple[Account, str, Listed[Comment]]:
    """Whose post, the network's id of it, and a page of its comments: those that were filed, and what the network has.

    Raises Missing, Invalid (an id, the cursor), Unsupported, Reconnect, Limited, NetworkRefused, Broken.
    """
    account = sources.offering(ports, caller, wanted.account_id, "comment")
    post, parent = naming.post(ports, caller, account, wanted.post_id), ""
    if wanted.comment_id:
        parent = naming.thing(account, "comment", wanted.comment_id, "commentId").id
        network_ids.check(commentId=parent)
    network_ids.check(postId=post)
    of = cursors.bound("comments", caller.space, account.id, post, parent, wanted.words, wanted.hidden)
    above, words = (parent,) if parent else ("", post), wanted.words.casefold()

    def live(at: str) -> Page[Comment]:
        return reading.comments(ports, caller, account.id, post, at)

    def keep(one: Comment) -> bool:
        return one.parent_id in above and words in one.text.casefold() and (one.hidden or not wanted.hidden)

    asked = Asked("comment", Comment, of, wanted.limit, wanted.cursor, live, ({"post_id": post},), keep)
    return account, post, union.listed(ports, account, asked)


def flags(platform: str, comment: Comment) -> dict[str, bool]:
    """What may be done to a comment: what the network has and allows on this one."""
    manifest = registry.manifest(platform)
    return {flag: verb in comment.can and manifest.action(verb) is not None for flag, verb in _FLAGS.items()}


def order(ports: Ports, caller: Caller, account_id: str, verb: str, comment_id: str, text: str = "") -> Order:
    """An act on a comment, by our id or the network's. Raises Missing, Invalid.

    An answer names its comment in the body, every other act in the path.
    """
    account = accounts.get(ports, caller, account_id)
    named = naming.thing(account, "comment", comment_id, "comment_id" if verb == "comment.reply" else "commentId")
    return Order(account_id, verb, named.id, text, handles=named.handles)


def on_the_post(ports: Ports, caller: Caller, account_id: str, post_id: str, text: str) -> Order:
    """A comment of one's own on a post. Raises Missing, Invalid."""
    account = accounts.get(ports, caller, account_id)
    return Order(account_id, "comment.create", naming.post(ports, caller, account, post_id), text)
