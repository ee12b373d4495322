"""Fetching what networks do not push: called by the accounts' sync, a bounded number of requests each time.

Only what is new is filed, by the same ids as a push of it would have: pushed and polled is one item and one event. What
was said before the account was connected is filed as read, and nobody is told of it. ``state`` is JSON, kept by the caller
between runs, also after one that broke off: with it, a run in which nothing is new reads the store for the posts that went out since, and for those whose turn it is.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from shared.domain.accounts import Account
from shared.domain.chores import spread
from shared.domain.errors import Broken, Limited, Reconnect, RostrumError
from shared.domain.inbox import KEPT, KINDS, Kind
from shared.domain.posts import Target
from shared.operations import live_targets, sessions, subscribing
from shared.operations.engaging import reading
from shared.operations.inbox import filing, shelf, sources, stored
from shared.operations.inbox.reports import Thing
from shared.platforms import registry
from shared.platforms.contract import Call, Published
from shared.platforms.contract_inbox import Inbox, Page
from shared.ports.world import Ports

REQUESTS = 12  # to the network, in one run
PAGES = 2  # of one list, where all of the first was new
POSTS = 40  # the account's latest that are looked at
TALKS = 5  # conversations with something new, in one run
EVERY = timedelta(minutes=10)
AGES = (  # of a post, and how often its comments are asked for until then
    (timedelta(days=1), EVERY),
    (timedelta(days=7), timedelta(hours=2)),
    (timedelta(days=30), timedelta(hours=12)),
)
OVERLAP = timedelta(minutes=2)  # what is written a moment after others were looked for is found with the next look
CATCH_UP = timedelta(days=7)  # what was said while an account had to be connected again is told, if it is not older
MAX_CURSOR = 4_000  # characters; some name each thread that is still to be read. A longer one is not kept
MODULE = "inbox"
LIMITED = timedelta(minutes=15)  # where a network limits us without saying for how long
T = TypeVar("T")
log = logging.getLogger(__name__)


class Ask(Protocol):
    """How the account's network is asked; raises what adapters raise, or errors of the tree."""

    def __call__(self, question: Callable[[Call], T], /) -> T: ...


class _Enough(Exception):
    """This run has asked as much as it may."""


@dataclass(slots=True)
class _Run:
    """One run. ``began``: what was said until then is filed in silence; ``talks``: how each conversation stood when it was
    read, None before the first look; ``posts``: of each when it went out, and when it was looked at (seconds since 1970, 0:
    never); ``lists``: what stood on each list's first page; ``deep``: where reading a longer list goes on."""

    ports: Ports
    account: Account
    inbox: Inbox
    ask: Ask
    began: datetime
    talks: dict[str, str] | None = None
    posts: dict[str, list[int]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    deep: dict[str, str] = field(default_factory=dict)
    looked: int = 0
    left: int = REQUESTS
    news: int = 0

    def question(self, question: Callable[[Call], T]) -> T:
        """One request more. Raises _Enough."""
        if not self.left:
            raise _Enough
        self.left -= 1
        return self.ask(lambda call: reading.answered(self.account, question, call))

    def first(self, name: str, kind: Kind, items: tuple[Any, ...]) -> int:
        """As :meth:`file`, of a list's first page: one that stands as it stood was filed then."""
        stands = hashlib.sha256("|".join(one.id for one in items).encode()).hexdigest()[:12]
        if self.lists.get(name) == stands:
            return 0
        new = self.file(kind, items)
        self.lists[name] = stands
        return new

    def file(self, kind: Kind, items: tuple[Any, ...]) -> int:
        """File what is not known; answers how much that was. What is older than anything is kept was filed then, if ever."""
        oldest = self.ports.clock.now() - KEPT
        recent: list[Thing] = [one for one in items if one.at > oldest]
        known = stored.many(self.ports, self.account, kind, [one.id for one in recent])
        new = [one for one, held in zip(recent, known, strict=True) if not (held and held.complete)]
        for one in sorted(new, key=lambda thing: thing.at):
            self.news += filing.polled(self.ports, self.account, kind, one, silently=one.at <= self.began)
        return len(new)


def kinds(ports: Ports, account: Account) -> tuple[Kind, ...]:
    """What has to be polled: what the network answers, and does not push to us. One read. Raises store.Unavailable."""
    platform = account.platform
    offered: list[Kind] = [kind for kind in KINDS if sources.answers(platform, kind)]
    pushed = {kind for kind in offered if sources.pushes(platform, kind)}
    if pushed and not subscribing.standing(ports, account).url:
        pushed = set()
    return tuple(kind for kind in offered if kind not in pushed)


def next_at(account: Account, state: Mapping[str, Any]) -> datetime | None:
    """When to poll again, None where the network has nothing to be polled. No reads."""
    if not any(sources.answers(account.platform, kind) for kind in KINDS):
        return None
    last = _instant(state.get("at"))
    if last is None:
        return account.created_at + spread(account.id, "sync", EVERY)
    until = sessions.blocked_until(account, MODULE)
    return max(last + EVERY, until) if until else last + EVERY


def poll(ports: Ports, account: Account, state: dict[str, Any], ask: Ask | None = None) -> None:
    """One run: what is new is filed. Nothing is asked before :func:`next_at`.

    ``state`` is changed for the next run, also by one that breaks off. ``ask``: another way to ask the network (a metered
    one). What one kind meets does not keep the others from being read. Raises Reconnect, store.Unavailable, and what ``ask``
    raises beside errors of the tree.
    """
    now, inbox = ports.clock.now(), registry.inbox(account.platform)
    due = next_at(account, state)
    if inbox is None or due is None or (state and due > now) or account.status != "active":
        return
    if (until := sessions.blocked_until(account, MODULE)) and until > now:
        return
    run, wanted = _opened(ports, account, inbox, ask, state), kinds(ports, account)
    try:
        for kind in _READERS:
            if kind in wanted and not _read(run, kind, now):
                break
    finally:
        state.update(_kept(run, state, now))


def _kept(run: _Run, state: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    news = now.isoformat() if run.news else state.get("news") or now.isoformat()
    kept = {"posts": run.posts, "lists": run.lists, "deep": run.deep, "looked": run.looked}
    kept |= {} if run.talks is None else {"talks": run.talks}
    return {"began": run.began.isoformat(), "at": now.isoformat(), "news": news, **kept}


def _opened(ports: Ports, account: Account, inbox: Inbox, ask: Ask | None, state: Mapping[str, Any]) -> _Run:
    posts, known = state.get("posts", {}), "looked" in state
    return _Run(
        ports,
        account,
        inbox,
        ask or (lambda question: reading.asked(ports, account, question)),
        _instant(state.get("began")) or max(account.created_at, ports.clock.now() - CATCH_UP),
        state.get("talks"),
        {name: list(pair) for name, pair in posts.items()} if known else {},
        dict(state.get("lists", {})),
        dict(state.get("deep", {})),
        int(state.get("looked", 0)),
    )


def _read(run: _Run, kind: Kind, now: datetime) -> bool:
    """One kind; False where nothing more should be asked now."""
    try:
        _READERS[kind](run, now)
    except _Enough:
        return False
    except Limited as limited:
        seconds = limited.meta.get("retry_after_seconds") or LIMITED.total_seconds()
        sessions.block(run.ports, run.account, now + timedelta(seconds=seconds), MODULE)
        return False
    except Reconnect:
        raise
    except RostrumError as error:
        log.info("not polled", extra={"account_id": run.account.id, "kind": kind, "reason": str(error)[:200]})
    return True


# ------------------------------------------------------------------------------------------------------- kinds


def _mentions(run: _Run, now: datetime) -> None:
    _newest(run, "mention", run.inbox.mentions)


def _reviews(run: _Run, now: datetime) -> None:
    _newest(run, "review", run.inbox.reviews)


def _newest(run: _Run, kind: Kind, read: Callable[[Call, str], Page[Any]]) -> None:
    """A list with the newest first: read until something of it is known."""
    page = run.question(lambda call: read(call, ""))
    new, number = run.first(kind, kind, page.items), 1
    while new == len(page.items) and page.next and number < PAGES:
        page = run.question(lambda call, at=page.next: read(call, at))  # type: ignore[misc]
        new, number = run.file(kind, page.items), number + 1


def _comments(run: _Run, now: datetime) -> None:
    """Of the account's own posts, those first that were not looked at for longest."""
    _look(run, now)
    due = sorted((name for name in run.posts if _is_due(run, name, now)), key=lambda name: run.posts[name][1])
    targets = live_targets.standing(run.ports, run.account.space, due[: run.left])
    for name in due[: run.left]:
        if name not in targets:
            del run.posts[name]
            continue
        try:
            _comments_on(run, targets[name])
        except (Limited, Reconnect):
            raise
        except RostrumError as error:  # the post may be gone: the others are read all the same
            log.info("comments not read", extra={"target_id": name, "reason": str(error)[:200]})
            run.posts[name][1] = int(now.timestamp())
            if isinstance(error, Broken):  # or the network is: a run is not for waiting for all of them
                raise
        run.posts[name][1] = int(now.timestamp())


def _comments_on(run: _Run, target: Target) -> None:
    """The first page, and one more of a longer list: the next one each time. What is new is not everywhere at the beginning:
    answers stand below what they answer, and some networks begin with the oldest."""
    live = target.first
    if live is None:
        return
    published = Published(live.id, live.permalink, live.state, live.raw)
    page = run.question(lambda call: run.inbox.comments(call, published, ""))
    new, at = run.first(target.id, "comment", page.items), run.deep.get(target.id) or page.next
    if not page.next:
        run.deep.pop(target.id, None)
        return
    if new == len(page.items):
        at = page.next
    if run.left:
        run.deep.pop(target.id, None)  # a place that the network knows no more is not asked for again
        page = run.question(lambda call: run.inbox.comments(call, published, at))
        run.file("comment", page.items)
        at = page.next
    if at and len(at) <= MAX_CURSOR:
        run.deep[target.id] = at


def _look(run: _Run, now: datetime) -> None:
    """Remember what went out since the last look; of all, the newest that are young enough."""
    eldest = now - AGES[-1][0]
    since = max(datetime.fromtimestamp(run.looked, UTC) - OVERLAP, eldest)
    for doc in run.ports.store.query(live_targets.went_out(run.account, since, POSTS)):
        run.posts.setdefault(doc.id, [int(doc.data["published_at"].timestamp()), 0])
    young = {name: pair for name, pair in run.posts.items() if pair[0] > eldest.timestamp()}
    newest = sorted(young, key=lambda name: -young[name][0])[:POSTS]
    run.posts = {name: young[name] for name in newest}
    run.lists = {name: stands for name, stands in run.lists.items() if name in run.posts or name in KINDS}
    run.deep = {name: at for name, at in run.deep.items() if name in run.posts}
    run.looked = int(now.timestamp())


def _is_due(run: _Run, name: str, now: datetime) -> bool:
    published, last = (datetime.fromtimestamp(at, UTC) for at in run.posts[name])
    every = next((every for until, every in AGES if now - published < until), AGES[-1][1])
    return now - last >= every


def _messages(run: _Run, now: datetime) -> None:
    """Of conversations in which something was said since the last look, the longest waiting first. At the first look only
    the newest are read."""
    page = run.question(lambda call: run.inbox.conversations(call, ""))
    first, talks = run.talks is None, dict(run.talks or {})
    run.talks = talks
    changed = [one for one in page.items if talks.get(one.id) != one.updated_at.isoformat()]
    changed.sort(key=lambda one: one.updated_at)
    if first:
        old = [one for one in changed[:-TALKS] if one.updated_at <= run.began]
        talks |= {one.id: one.updated_at.isoformat() for one in old}
        changed = changed[len(old) :]
    for talk in changed[:TALKS]:
        said = run.question(lambda call, of=talk.id: run.inbox.messages(call, of, ""))  # type: ignore[misc]
        thread = shelf.key_of(run.account.platform, talk)
        run.file("message", tuple(replace(one, conversation_id=thread) for one in said.items))
        talks[talk.id] = talk.updated_at.isoformat()
    listed = {one.id for one in page.items}
    run.talks = {name: at for name, at in talks.items() if name in listed}


# In this order: what is read in one request or two comes before what may take all that a run has.
_READERS: Mapping[Kind, Callable[[_Run, datetime], None]] = {
    "mention": _mentions,
    "review": _reviews,
    "message": _messages,
    "comment": _comments,
}


def _instant(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) and text else None
