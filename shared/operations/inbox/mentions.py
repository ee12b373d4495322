"""Where others named an account, and an answer in public below it."""

from __future__ import annotations

from collections.abc import Callable

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.operations import accounts
from shared.operations.engaging import reading
from shared.operations.engaging.commands import Order
from shared.operations.inbox import cursors, ids, naming, sources, union
from shared.operations.inbox.ids import Named
from shared.operations.inbox.union import Asked, Listed
from shared.operations.posts.times import read_instant
from shared.platforms.contract_inbox import Mention, Page
from shared.ports.world import Ports

_POST, _COMMENT = "_post", "_comment"  # beside the adapter's own handles, in the id alone


def list_(
    ports: Ports, caller: Caller, account_id: str, since: str, limit: int, cursor: str = ""
) -> tuple[Account, Listed[Mention]]:
    """A page of mentions, those since then (RFC 3339) only. Raises Invalid, Missing, Unsupported, and what asking raises."""
    account = sources.offering(ports, caller, account_id, "mention")
    from_ = read_instant(since, None, "since", None) if since else None
    of = cursors.bound("mentions", caller.space, account_id, since)

    def live(at: str) -> Page[Mention]:
        return reading.mentions(ports, caller, account_id, at)

    def keep(one: Mention) -> bool:
        return from_ is None or one.at >= from_

    asked = Asked("mention", Mention, of, limit, cursor, _live(account, live), keep=keep)
    return account, union.listed(ports, account, asked)


def _live(account: Account, live: Callable[[str], Page[Mention]]) -> Callable[[str], Page[Mention]] | None:
    return live if sources.answers(account.platform, "mention") else None


def id_of(account: Account, mention: Mention) -> str:
    """Our id of a mention: it knows where it was made."""
    handles = {**mention.handles, _POST: mention.post_id, _COMMENT: mention.comment_id}
    return ids.encode("mention", Named(account.platform, mention.id, "", handles))


def order(ports: Ports, caller: Caller, account_id: str, mention_id: str, comment_id: str, text: str) -> Order:
    """A comment below a post that names the account, or an answer to a comment that does. Raises Missing, Invalid."""
    account = accounts.get(ports, caller, account_id)
    named = naming.thing(account, "mention", mention_id, "media_id")
    handles = {name: value for name, value in named.handles.items() if name not in (_POST, _COMMENT)}
    post, comment = str(named.handles.get(_POST) or named.id), str(named.handles.get(_COMMENT) or "")
    handles = {**handles, "mention": post}  # for networks on which others' posts are answered in another way
    if comment_id:
        given = naming.thing(account, "comment", comment_id, "comment_id")
        return Order(account_id, "comment.reply", given.id, text, handles={**given.handles, "mention": post})
    if comment:
        return Order(account_id, "comment.reply", comment, text, handles=handles)
    return Order(account_id, "comment.create", post, text, handles=handles)
