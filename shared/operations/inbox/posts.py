"""Our own posts that can have comments, with their numbers read at this moment.

Which posts there are is what is stored; how many comments each has, is asked of its network (a few at a time), and
left out where it does not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.posts import Post, Target
from shared.operations import accounts, networks
from shared.operations.engaging import reading
from shared.operations.fan_out import asked_all
from shared.operations.inbox import cursors
from shared.operations.inbox.paging import filled
from shared.operations.posts import listing
from shared.operations.posts.times import read_instant
from shared.platforms import registry
from shared.platforms.contract import Metrics, Published
from shared.platforms.contract_inbox import Page
from shared.ports.world import Ports

_LOOKED = 50  # posts a step


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which posts. ``since`` (RFC 3339): published then or later. ``min_comments``: posts of unknown count are left out too."""

    account_id: str = ""
    brand_id: str = ""
    platform: str = ""
    min_comments: int = 0
    since: str = ""
    order: Literal["desc", "asc"] = "desc"
    limit: int = 25
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class Commented:
    """A post as it is live on one account. ``metrics`` None: the network gives none, or not now."""

    post: Post
    target: Target
    account: Account
    metrics: Metrics | None = None


def list_(ports: Ports, caller: Caller, wanted: Wanted) -> Page[Commented]:
    """The posts that are live, newest first, with their counts. Raises Missing, Invalid."""
    visible = {one.id: one for one in _accounts(ports, caller, wanted)}
    since = read_instant(wanted.since, None, "since", None) if wanted.since else None
    what = (wanted.account_id, wanted.brand_id, wanted.platform, wanted.since, wanted.order)

    def fetch(at: str) -> Page[Commented]:
        return _live(ports, caller, wanted, visible, at)

    def keep(one: Commented) -> bool:
        return since is None or _at(one) >= since

    of = cursors.bound("commented posts", caller.space, *what)
    page = filled(fetch, of, wanted.limit, wanted.cursor, keep)
    counted = [
        Commented(told.of.post, told.of.target, told.of.account, told.answer)
        for told in asked_all(page.items, lambda one: _measured(ports, one))
    ]
    enough = [one for one in counted if not wanted.min_comments or _count(one) >= wanted.min_comments]
    return Page(tuple(enough), page.next)


def _accounts(ports: Ports, caller: Caller, wanted: Wanted) -> Sequence[Account]:
    if wanted.account_id:
        return (accounts.get(ports, caller, wanted.account_id),)
    return accounts.list_(ports, caller, wanted.platform or None, wanted.brand_id or None)


def _live(ports: Ports, caller: Caller, wanted: Wanted, visible: dict[str, Account], at: str) -> Page[Commented]:
    chosen = (wanted.account_id,) if wanted.account_id else ()
    platform = networks.resolved(wanted.platform) if wanted.platform else None
    sort: listing.Sort = "created_asc" if wanted.order == "asc" else "created_desc"
    asked = listing.ListPosts(platform=platform, account_ids=chosen, sort=sort, limit=_LOOKED, cursor=at or None)
    page = listing.list_(ports, caller, asked)
    found = [
        Commented(view.post, target, visible[target.account_id])
        for view in page.posts
        for target in view.targets
        if target.account_id in visible and target.first and target.first.id and not target.unpublished_at
    ]
    return Page(tuple(found), page.next_cursor or "")


def _measured(ports: Ports, one: Commented) -> Metrics | None:
    measurer, live = registry.measurer(one.target.platform), one.target.first
    if measurer is None or live is None:
        return None
    published = Published(live.id, live.permalink, live.state, live.raw)
    return reading.asked(ports, one.account, lambda call: measurer.post(call, published))


def _count(one: Commented) -> int:
    return (one.metrics.comments if one.metrics else None) or 0


def _at(one: Commented) -> datetime:
    return one.target.published_at or one.target.created_at
