"""Thousands of stored posts with all that comes of them, written through the store and not through the operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bench.world import World, in_seconds
from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.domain import codec
from shared.domain.events import Entry, entry_path
from shared.domain.posts import Post, Target, post_path, shard_of, target_path
from shared.domain.states import State, Status
from shared.domain.webhooks import Delivery, Endpoint, delivery_path, endpoint_path
from shared.operations import telling
from shared.operations.posts.views import PostView
from shared.ports.ids import Ids
from shared.ports.store import Write

BATCH = 25  # posts a commit: four documents each
APART = timedelta(minutes=15)  # from one post's time to the next: a hundred a day
KEPT = timedelta(days=365)
FILE = "rostrum.sqlite3"


class Filling:
    """The history of one workspace, which grows: every tenth post is scheduled, the others went out long ago.

    A published one has what publishing leaves: its entry in the events log and its delivery to the workspace's endpoint.
    """

    def __init__(self, at: World) -> None:
        account = at.connected[min(at.connected)][0].id
        self._at, self._now = at, at.ports.clock.now()
        # Not synced: what is measured comes afterwards, and through a store that is.
        self.store = EmbeddedStore(Path(at.home) / FILE, at.ports.clock, indexes.load(), durability="normal")
        self.size = 0
        self.endpoint = _endpoint(at, self._now)
        self.store.commit(
            [Write("set", endpoint_path(self.endpoint.space, self.endpoint.id), codec.encode(self.endpoint))]
        )
        telling.forget(at.ports, at.caller.space)
        self._made: PostView = at.create("Stored", [account], in_seconds(86_400))

    def grow(self, size: int) -> None:
        """Until so many posts are stored."""
        for start in range(self.size, size, BATCH):
            span = range(start, min(size, start + BATCH))
            self.store.commit([write for number in span for write in self._writes(number)])
        self.size = max(size, self.size)

    def _writes(self, number: int) -> Iterator[Write]:
        """A post's documents."""
        (target,) = self._made.targets
        ids, due = self._at.ports.ids, self._now + (number + 1) * (APART if number % 10 == 0 else -APART)
        post, other = _history(self._made.post, target, ids, due, published=due < self._now)
        yield Write("create", post_path(post.space, post.id), codec.encode(post))
        yield Write("create", target_path(post.space, other.id), codec.encode(other))
        if due < self._now:
            entry, delivery = _said(post, other, ids, due), _delivered(post, self.endpoint, ids, due)
            yield Write("create", entry_path(post.space, entry.id), codec.encode(entry))
            yield Write("create", delivery_path(post.space, delivery.id), codec.encode(delivery))


def _history(post: Post, target: Target, ids: Ids, due: datetime, *, published: bool) -> tuple[Post, Target]:
    post_id, target_id = ids.new("post"), ids.new("tgt")
    state, status = (State.PUBLISHED, Status.PUBLISHED) if published else (State.SCHEDULED, Status.SCHEDULED)
    note = replace(post.targets[target.id], status=status)
    one = replace(post, id=post_id, targets={target_id: note}, status=status, scheduled_at=due, created_at=due)
    other = replace(
        target, id=target_id, post_id=post_id, state=state, shard=shard_of(target_id), due_at=due, noted=status,
        wake_at=None if published else due + timedelta(minutes=1), next_at=None if published else due,
        published_at=due if published else None,
    )  # fmt: skip
    return one, other


def _said(post: Post, target: Target, ids: Ids, at: datetime) -> Entry:
    return Entry(
        ids.new("evt"),
        post.space,
        "post",
        "post.published",
        "ok",
        at,
        at + KEPT,
        "It is live.",
        target.platform,
        target.account_id,
        post.id,
    )


def _delivered(post: Post, endpoint: Endpoint, ids: Ids, at: datetime) -> Delivery:
    body = f'{{"type":"post.published","post_id":"{post.id}"}}'
    event = ids.new("evt")
    return Delivery(
        ids.new("dlv"),
        post.space,
        endpoint.id,
        event,
        "post.published",
        "",
        body,
        "success",
        at,
        at + KEPT,
        round=1,
        begun=1,
    )


def _endpoint(at: World, now: datetime) -> Endpoint:
    """An endpoint that is switched off: what the measured operations announce goes nowhere."""
    url, events = "https://receiver.example.com/", ("post.published",)
    return Endpoint(at.ports.ids.new("wh"), at.caller.space, url, events, "", "…", now, now, is_active=False)
