"""Reviews: which accounts have them and how they stand, and those of one account. Asked at this moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.domain.errors import Reconnect, RostrumError, Unsupported
from shared.operations import accounts
from shared.operations.engaging import reading
from shared.operations.engaging.commands import Order
from shared.operations.fan_out import Told, asked_all
from shared.operations.inbox import cursors, naming, union
from shared.operations.inbox.paging import PAGES, filled
from shared.operations.inbox.union import Asked, Listed
from shared.platforms import registry
from shared.platforms.contract_inbox import Page, Review
from shared.ports.world import Ports

_STEP = 50
Sorting = Literal["newest", "rating_asc", "rating_desc"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's reviews in figures. ``total`` and ``average`` are None where not all could be read, or there are no stars."""

    account: Account
    status: Literal["ok", "reconnection_required", "error"]
    total: int | None = None
    average: float | None = None
    last_at: datetime | None = None


def standings(ports: Ports, caller: Caller, platform: str = "") -> list[Standing]:
    """Every account that has reviews. Raises Invalid."""
    known = accounts.list_(ports, caller, platform or None)
    having = [one for one in known if registry.manifest(one.platform).feature("reviews.list") == "offered"]
    return [_standing(told) for told in asked_all(having, lambda one: _all(ports, caller, one))]


def of_account(
    ports: Ports, caller: Caller, account_id: str, order: Sorting, limit: int, cursor: str = ""
) -> tuple[Account, Listed[Review], Standing | None]:
    """A page of an account's reviews; on the first page of a complete reading also how they stand.

    Raises Missing, Invalid (the cursor), Unsupported (``account.platform_unsupported``), and what asking raises.
    """
    account = _having(ports, caller, account_id, "reviews.list")
    of = cursors.bound("reviews", caller.space, account_id, order)
    if order == "newest":
        page = _newest(ports, caller, account, of, limit, cursor)
        whole = not (cursor or page.next or page.error)
        return account, page, _figures(account, page.items, whole=True) if whole else None
    every, whole = _all(ports, caller, account)
    down = order == "rating_desc"
    ranked = sorted(every, key=lambda one: (one.stars is None, -(one.stars or 0) if down else one.stars or 0))
    some = filled(lambda _: Page(tuple(ranked)), of, limit, cursor)
    return account, Listed(some.items, some.next), _figures(account, every, whole=whole)


def _newest(ports: Ports, caller: Caller, account: Account, of: str, limit: int, cursor: str) -> Listed[Review]:
    def live(at: str) -> Page[Review]:
        return reading.reviews(ports, caller, account.id, at)

    return union.listed(ports, account, Asked("review", Review, of, limit, cursor, live))


def order(ports: Ports, caller: Caller, account_id: str, review_id: str, text: str) -> Order:
    """An answer to a review. Raises Missing, Invalid, Unsupported (``account.platform_unsupported``)."""
    account = _having(ports, caller, account_id, "reviews.reply")
    named = naming.thing(account, "review", review_id, "id")
    return Order(account_id, "review.reply", named.id, text, handles=named.handles)


def _having(ports: Ports, caller: Caller, account_id: str, feature: str) -> Account:
    try:
        return reading.offering(ports, caller, account_id, feature)
    except Unsupported as error:
        raise Unsupported("account.platform_unsupported", error.message, **error.meta) from error


def _all(ports: Ports, caller: Caller, account: Account) -> tuple[Sequence[Review], bool]:
    """The newest reviews, and whether these are all."""
    of, found, cursor = cursors.bound("all reviews", caller.space, account.id), list[Review](), ""
    for _ in range(PAGES):
        page = _newest(ports, caller, account, of, _STEP, cursor)
        if page.error:
            raise page.error
        found += page.items
        cursor = page.next
        if not cursor:
            return found, True
    return found, False


def _standing(told: Told[Account, tuple[Sequence[Review], bool]]) -> Standing:
    if told.answer is None:
        return Standing(told.of, _status(told.error))
    return _figures(told.of, told.answer[0], whole=told.answer[1])


def _status(error: RostrumError | None) -> Literal["reconnection_required", "error"]:
    return "reconnection_required" if isinstance(error, Reconnect) else "error"


def _figures(account: Account, every: Sequence[Review], *, whole: bool) -> Standing:
    stars = [one.stars for one in every if one.stars is not None]
    average = round(sum(stars) / len(stars), 2) if stars and whole else None
    last = max((one.at for one in every), default=None)
    return Standing(account, "ok", len(every) if whole else None, average, last)
