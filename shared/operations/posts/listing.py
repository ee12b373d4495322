"""Finding posts: filters, order, pages.

One filter of the store's own per page (status with a campaign, a tag, an account or a platform, and a span of time) is
served by an index; what an index cannot do (a brand, several accounts, hidden posts, a search in the text) is sorted out
while reading, at most
``SCAN`` documents a page. A page may therefore hold fewer than ``limit`` posts and still have a next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.brands import brand_of
from shared.domain.callers import Caller
from shared.domain.errors import Invalid
from shared.domain.posts import Post, Target
from shared.operations import brands, paging
from shared.operations.lookup import every
from shared.operations.posts import labels
from shared.operations.posts.times import read_instant
from shared.operations.posts.views import PostView, load_targets, view
from shared.platforms import registry
from shared.ports.store import Direction, Doc, Op, Query
from shared.ports.world import Ports

Sort = Literal["scheduled_asc", "scheduled_desc", "created_asc", "created_desc"]
SCAN = 500  # documents looked at per page
BATCH = 100


@dataclass(frozen=True, slots=True)
class ListPosts:
    """Which posts, in which order. ``since`` and ``until`` (RFC 3339) bound the time that ``sort`` orders by.

    ``brand_id``: those on an account of the brand; ``page_id``: those for this page or board.
    ``hidden``: those that were archived or deleted, instead of the others.
    """

    status: str | None = None
    platform: str | None = None
    account_ids: tuple[str, ...] = ()
    brand_id: str | None = None
    page_id: str | None = None
    tag: str | None = None
    campaign_id: str | None = None
    since: str | None = None
    until: str | None = None
    search: str = ""
    sort: Sort = "scheduled_asc"
    hidden: bool = False
    limit: int = 25
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some posts, and where the next page begins (None: this was the last)."""

    posts: tuple[PostView, ...]
    limit: int
    next_cursor: str | None


def list_(ports: Ports, caller: Caller, wanted: ListPosts) -> Page:
    """A page of posts with their targets: one query per 100 posts looked at, one round trip for the targets of all.

    Raises Invalid: an unknown platform, an unreadable time, a cursor of another list.
    """
    allowed = _narrowed(brands.allowed_accounts(ports, caller), _of_brand(ports, caller, wanted.brand_id))
    query, keep = _plan(caller, wanted, allowed)
    found, last, more = _scan(ports, query, keep, wanted)
    by_post: dict[str, list[Target]] = {}
    for target in load_targets(ports, caller, found):
        by_post.setdefault(target.post_id, []).append(target)
    posts = tuple(view(post, by_post.get(post.id, ())) for post in found)
    following = paging.cursor(_identity(caller, wanted), last, _order(wanted.sort)[0]) if more and last else None
    return Page(posts, wanted.limit, following)


def _of_brand(ports: Ports, caller: Caller, brand_id: str | None) -> frozenset[str] | None:
    """The accounts that are in the brand now; None without the filter."""
    if brand_id is None:
        return None
    found = every(ports, Query(f"workspaces/{caller.space}/accounts"))
    accounts = (codec.of(Account, doc) for doc in found)
    return frozenset(one.id for one in accounts if brand_of(one) == brand_id)


def _narrowed(allowed: frozenset[str] | None, wanted: frozenset[str] | None) -> frozenset[str] | None:
    if allowed is None or wanted is None:
        return wanted if allowed is None else allowed
    return allowed & wanted


def _plan(caller: Caller, wanted: ListPosts, allowed: frozenset[str] | None) -> tuple[Query, Callable[[Post], bool]]:
    platform = _platform(wanted.platform)
    by_account = len(wanted.account_ids) == 1
    tag = labels.tag(wanted.tag, "tag") if wanted.tag else None
    where: list[tuple[str, Op, Any]] = []
    if wanted.status:
        where.append(("status", "==", wanted.status))
    if wanted.campaign_id and wanted.campaign_id.strip():
        where.append(("campaign_id", "==", wanted.campaign_id.strip()))
    elif tag:
        where.append(("tags", "array_contains", tag))
    elif by_account:
        where.append(("accounts", "array_contains", wanted.account_ids[0]))
    elif platform:
        where.append(("platforms", "array_contains", platform))
    name, direction = _order(wanted.sort)
    where += _span(wanted, name)
    collection = f"workspaces/{caller.space}/posts"
    start = paging.after(wanted.cursor, _identity(caller, wanted), collection, name)
    query = Query(collection, None, tuple(where), ((name, direction),), BATCH, start)
    return query, _Keep(wanted, platform, frozenset(wanted.account_ids), wanted.search.casefold(), allowed, tag)


@dataclass(frozen=True, slots=True)
class _Keep:
    """The filters that no index serves."""

    wanted: ListPosts
    platform: str | None
    accounts: frozenset[str]
    needle: str = field(default="")
    allowed: frozenset[str] | None = None  # the accounts of the brand that is asked for, and of those of the caller
    tag: str | None = None

    def __call__(self, post: Post) -> bool:
        return (
            self._shelf(post)
            and (self.platform is None or self.platform in post.platforms)
            and (not self.accounts or not self.accounts.isdisjoint(post.accounts))
            and (self.allowed is None or not self.allowed.isdisjoint(post.accounts))
            and (self.tag is None or self.tag in post.tags)
            and (self.wanted.page_id is None or self.wanted.page_id in _pages(post))
            and (not self.needle or self.needle in f"{post.title}\n{post.text}".casefold())
        )

    def _shelf(self, post: Post) -> bool:
        """Archived and deleted posts are listed apart; whoever asks for cancelled ones means the deleted ones too."""
        put_away = post.hidden or post.deleted_at is not None
        return put_away if self.wanted.hidden else not put_away or self.wanted.status == "cancelled"


def _pages(post: Post) -> set[str]:
    """The pages and boards that single targets name, and those of the post's own options."""
    orders = post.request.get("targets", ())
    places = [place for order in orders for place in (order, order.get("platform_data") or {})]
    places += (post.request.get("platform_data") or {}).values()
    return {str(one.get(name)) for one in places for name in ("page_id", "board_id") if one.get(name)}


def _scan(
    ports: Ports, query: Query, keep: Callable[[Post], bool], wanted: ListPosts
) -> tuple[list[Post], Doc | None, bool]:
    """Posts to show, the last document looked at, and whether more may follow."""
    found: list[Post] = []
    last, looked = query.start_after, 0
    while looked < SCAN:
        docs = ports.store.query(_after(query, last, min(BATCH, wanted.limit + 1)))
        for doc in docs:
            post = codec.decode(Post, doc.data)
            if keep(post):
                if len(found) == wanted.limit:
                    return found, last, True
                found.append(post)
            last, looked = doc, looked + 1
        if len(docs) < min(BATCH, wanted.limit + 1):
            return found, last, False
    return found, last, True


def _after(query: Query, last: Doc | None, limit: int) -> Query:
    return Query(query.collection, None, query.where, query.order_by, limit, last)


def _platform(name: str | None) -> str | None:
    if name is None:
        return None
    try:
        return registry.resolve(name)
    except registry.UnknownPlatform as error:
        message = f"platform: {name[:64]!r} is no platform. Known: {', '.join(registry.all_names())}."
        raise Invalid("account.unsupported_platform", message, field="platform") from error


def _order(sort: Sort) -> tuple[str, Direction]:
    return ("created_at" if sort.startswith("created") else "scheduled_at"), (
        "desc" if sort.endswith("desc") else "asc"
    )


def _span(wanted: ListPosts, name: str) -> list[tuple[str, Op, Any]]:
    bounds: list[tuple[str, Op, Any]] = []
    if wanted.since:
        bounds.append((name, ">=", read_instant(wanted.since, None, "from", None)))
    if wanted.until:
        bounds.append((name, "<=", read_instant(wanted.until, None, "to", None)))
    return bounds


def _identity(caller: Caller, wanted: ListPosts) -> list[object]:
    """What makes a list this list: all but the page's size."""
    return [
        "posts",
        caller.space,
        wanted.status,
        _platform(wanted.platform),
        sorted(wanted.account_ids),
        wanted.since,
        wanted.until,
        wanted.search,
        wanted.sort,
        wanted.hidden,
        wanted.brand_id,
        wanted.page_id,
        wanted.tag,
        wanted.campaign_id,
    ]
