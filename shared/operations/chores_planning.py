"""Which chores an account has: planned in the commit that connects it, and once for accounts that were connected before
there were chores."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.chores import KINDS, ChoreKind, chore_path, spread
from shared.operations import chores, lifetimes
from shared.platforms import registry
from shared.ports.store import Doc, Query, Write
from shared.ports.world import Ports

SYNC_WITHIN = timedelta(minutes=5)  # of connecting: who connects many at once has them fetched one after the other
READ = ("metrics.post", "metrics.account", "comments.list", "messages.list", "mentions.list", "reviews.list")
BATCH = 25  # accounts a run: three writes each
CATCH_UP = timedelta(days=1)  # over which chores of accounts of older installations are spread
SETTLED = timedelta(hours=1)  # for so long an older version may still connect accounts beside this one
MARK = "upkeep/chores"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """``upkeep/chores``: how far planning for older accounts has come, and since when there were no more of them."""

    path: str = ""
    created_at: datetime | None = None
    none_since: datetime | None = None
    done: bool = False


def planned(account: Account, now: datetime) -> list[Write]:
    """The writes that plan everything that has to be done for an account from now on, for the commit that connects it."""
    return [chores.planned(account, kind, at) for kind, at in _wanted(account, now).items()]


def ended(account: Account) -> list[Write]:
    """The writes that end all of it."""
    return [Write("delete", chore_path(account.space, account.id, kind)) for kind in KINDS]


def _wanted(account: Account, now: datetime) -> dict[ChoreKind, datetime]:
    manifest, wanted = registry.manifest(account.platform), dict[ChoreKind, datetime]()
    first = lifetimes.of(account).look_at(now)
    if first is not None:
        wanted["refresh"] = first
    if manifest.facets.get("webhooks") == "offered":
        wanted["subscribe"] = now
    if any(manifest.feature(name) == "offered" for name in READ):
        wanted["sync"] = now + spread(account.id, "sync", SYNC_WITHIN)
    return wanted


def go_on(ports: Ports) -> int:
    """Plan for some more of the accounts that were connected before there were chores; answers for how many it did. For the
    sweeper. Once that is done, a process reads one document and then nothing any more. Safe to run twice at once. Raises
    store.Unavailable.
    """
    if ports.memory.get(MARK):
        return 0
    doc = ports.store.get(MARK)
    progress = codec.decode(Progress, doc.data) if doc else Progress()
    if progress.done:
        ports.memory[MARK] = True
        return 0
    page, now = _page(ports, progress), ports.clock.now()
    writes = _owed(ports, page, now)
    after = _after(progress, page, now)
    if after != progress:
        ports.store.commit([*writes, Write("set", MARK, codec.encode(after))])
    return len(page)


def _page(ports: Ports, progress: Progress) -> list[Doc]:
    last = Doc(progress.path, {"created_at": progress.created_at}, "") if progress.path else None
    return ports.store.query(Query(group="accounts", order_by=(("created_at", "asc"),), limit=BATCH, start_after=last))


def _after(progress: Progress, page: list[Doc], now: datetime) -> Progress:
    if page:
        return Progress(page[-1].path, page[-1].data["created_at"])
    if progress.none_since is None:
        return replace(progress, none_since=now)
    return Progress(done=True) if now - progress.none_since >= SETTLED else progress


def _owed(ports: Ports, page: list[Doc], now: datetime) -> list[Write]:
    """What is missing of them, spread over a day; nothing for who is not connected, for that is planned by connecting."""
    late = [one for doc in page for one in _late(doc, now)]
    there = ports.store.get_many([chore_path(one.space, one.id, kind) for one, kind, _ in late]) if late else []
    return [
        chores.planned(one, kind, max(at, now + spread(one.id, kind, CATCH_UP)))
        for (one, kind, at), doc in zip(late, there, strict=True)
        if doc is None
    ]


def _late(doc: Doc, now: datetime) -> list[tuple[Account, ChoreKind, datetime]]:
    try:
        account = codec.of(Account, doc)
        return [(account, *one) for one in _wanted(account, now).items()] if account.status == "active" else []
    except Exception:  # one that cannot be read, or whose network is gone, would keep all behind it waiting for ever
        log.exception("no chores for an account", extra={"path": doc.path})
        return []
