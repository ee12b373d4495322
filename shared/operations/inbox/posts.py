"""Posts that can have comments: our own, with their numbers read at this moment, and others of which comments were filed.

Which posts there are is what is stored; how many comments each has, is asked of its network (a few at a time); where it
does not say, those that were filed are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from shared.domain import codec, inbox
from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import RostrumError
from shared.domain.posts import Post, Target
from shared.operations import accounts, networks
from shared.operations.engaging import origins, reading
from shared.operations.fan_out import asked_all
from shared.operations.inbox import cursors, stored
from shared.operations.inbox.cursors import Place
from shared.operations.inbox.merging import Lane, taken
from shared.operations.posts import listing
from shared.operations.posts.times import read_instant
from shared.platforms import registry
from shared.platforms.contract import Metrics, Published
from shared.platforms.contract_inbox import Page
from shared.ports.store import Direction, Op, Query
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
class Row:
    """A post as it is live on one account: one of ours (``post`` and ``target``), or one that was made elsewhere and has filed
    comments. ``comments`` and ``likes`` None: nobody says how many, or not now."""

    account: Account
    platform_id: str
    at: datetime
    post: Post | None = None
    target: Target | None = None
    comments: int | None = None
    likes: int | None = None


def list_(ports: Ports, caller: Caller, wanted: Wanted) -> Page[Row]:
    """The posts that are live, newest first, with their counts. Raises Missing, Invalid."""
    visible = {one.id: one for one in _accounts(ports, caller, wanted)}
    since = read_instant(wanted.since, None, "since", None) if wanted.since else None
    what = (wanted.account_id, wanted.brand_id, wanted.platform, wanted.since, wanted.order)
    of = cursors.bound("commented posts", caller.space, *what)
    places = cursors.places(of, wanted.cursor)
    sources: dict[str, Callable[[str], Page[Row | None]]] = {
        "ours": lambda at: _live(ports, caller, wanted, visible, at),
        "others": lambda at: _others(ports, caller, wanted, visible, at),
    }
    lanes = [
        Lane(name, fetch, places.get(name, ("", 0)), lambda one: since is None or _published(one) >= since)
        for name, fetch in sources.items()
        if not wanted.cursor or name in places
    ]
    rows = taken(lanes, wanted.limit, oldest=wanted.order == "asc")
    following: dict[str, Place] = {lane.name: place for lane in lanes if (place := lane.place())}
    told = [one for one in asked_all(rows, lambda one: _counted(ports, one)) if one.answer or one.error]
    counted = [one.answer or one.of for one in told]
    enough = [one for one in counted if not wanted.min_comments or (one.comments or 0) >= wanted.min_comments]
    return Page(tuple(enough), cursors.write(of, following) if following else "")


def _accounts(ports: Ports, caller: Caller, wanted: Wanted) -> Sequence[Account]:
    if wanted.account_id:
        return (accounts.get(ports, caller, wanted.account_id),)
    return accounts.list_(ports, caller, wanted.platform or None, wanted.brand_id or None)


def _live(ports: Ports, caller: Caller, wanted: Wanted, visible: dict[str, Account], at: str) -> Page[Row | None]:
    chosen = (wanted.account_id,) if wanted.account_id else ()
    platform = networks.resolved(wanted.platform) if wanted.platform else None
    sort: listing.Sort = "created_asc" if wanted.order == "asc" else "created_desc"
    asked = listing.ListPosts(platform=platform, account_ids=chosen, sort=sort, limit=_LOOKED, cursor=at or None)
    page = listing.list_(ports, caller, asked)
    found = [
        Row(visible[target.account_id], target.first.id, view.post.created_at, view.post, target)
        for view in page.posts
        for target in view.targets
        if target.account_id in visible and target.first and target.first.id and not target.unpublished_at
    ]
    return Page(tuple(found), page.next_cursor or "")


def _others(ports: Ports, caller: Caller, wanted: Wanted, visible: dict[str, Account], at: str) -> Page[Row | None]:
    """Posts that were made elsewhere, by the comments that were filed."""
    collection = f"workspaces/{caller.space}/inbox_posts"
    where: tuple[tuple[str, Op, Any], ...] = (("account_id", "==", wanted.account_id),) if wanted.account_id else ()
    order: Direction = "asc" if wanted.order == "asc" else "desc"
    after = stored.after(collection, at) if at else None
    docs = ports.store.query(Query(collection, None, where, (("at", order),), _LOOKED, after))
    known = [codec.of(inbox.Commented, doc) for doc in docs]
    rows = [
        Row(visible[one.account_id], one.network_id, one.at) if one.account_id in visible else None for one in known
    ]
    return Page(tuple(rows), stored.place(docs[-1]) if len(docs) == _LOOKED else "")


def _counted(ports: Ports, one: Row) -> Row | None:
    """With its numbers: the network's, else how many comments were filed. None for one of ours that was not known as such when
    it was commented on: it is listed as ours."""
    if one.post is None:
        made = origins.target_in(ports, one.account.space, one.account.platform, one.platform_id)
        if made is not None and made.account_id == one.account.id and made.first and not made.unpublished_at:
            return None
    metrics = _measured(ports, one)
    known = metrics.comments if metrics else None
    if known is None:
        known = stored.count_on(ports, one.account, one.platform_id) or (None if one.post else 0)
    return replace(one, comments=known, likes=metrics.likes if metrics else None)


def _measured(ports: Ports, one: Row) -> Metrics | None:
    live = one.target.first if one.target else None
    measurer = registry.measurer(one.account.platform)
    if measurer is None or live is None:
        return None
    published = Published(live.id, live.permalink, live.state, live.raw)
    try:
        return reading.asked(ports, one.account, lambda call: measurer.post(call, published))
    except RostrumError:
        return None


def _published(one: Row) -> datetime:
    return (one.target.published_at if one.target else None) or one.at
