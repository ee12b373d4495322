"""What a target costs in Firestore operations, and that neither they nor the time grow with the posts that exist."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from bench.counting import CountingStore, Counts
from bench.report import Row, at_most, median, ratio
from bench.world import World, in_seconds, world
from shared.domain import codec
from shared.domain.posts import Post, Target, post_path, shard_of, target_path
from shared.domain.states import State, Status
from shared.operations import callers
from shared.operations.posts import creating, listing, reading
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.posts.listing import ListPosts
from shared.operations.publishing import advance, sweep
from shared.ports.store import Write
from shared.ports.world import Ports
from shared.runtime import api_edge

FEW, MANY = 10, 10_000
BATCH = 100
ROUNDS = 30
SAME = at_most(1.5)  # the scatter of two equal runs on shared cores reaches 1.3


def measure(many: int = MANY) -> list[Row]:
    """Operations of one target, then everything again with many posts in the store."""
    with world() as small, world() as large:
        _fill(small, FEW)
        _fill(large, many)
        few, lots = _target(small), _target(large)
        print(f"  one target: {few.reads} reads, {few.writes} writes: {'; '.join(few.log)}", flush=True)
        rows = [
            Row("counts", "Firestore reads, accept to published", few.reads, "reads", at_most(6), _told(few, "read")),
            Row("counts", "Firestore writes, accept to published", few.writes, "writes", at_most(6), _told(few, "")),
            _same(few, lots, many),
            _through_api(small),
        ]
        return rows + [_timed(name, small, large, many) for name in ("create", "get", "list", "sweep")]


def _target(at: World) -> Counts:
    """One text to one account, from the operation that accepts it until its event is announced."""
    store = CountingStore(at.ports.store)
    ports = replace(at.ports, store=store)
    account = at.connected[min(at.connected)][0].id
    caller = callers.authenticate(ports, at.key)
    store.counts = Counts()
    made = creating.create(ports, caller, CreatePost("Hello", targets=(TargetOrder(account),), publish_now=True))
    target = made.targets[0]
    body = {"space": target.space, "target_id": target.id, "generation": target.generation}
    step = advance(ports, body)
    if step.state is not State.PUBLISHED:
        raise AssertionError(f"a target that nothing disturbs is {step.state} after its task")
    return store.counts


def _through_api(at: World) -> Row:
    """What the API adds to accepting: the key is read, the answer is kept under its Idempotency-Key."""
    store = CountingStore(at.ports.store)
    account = at.connected[min(at.connected)][0].id
    body = {"text": "Hello", "targets": [{"account_id": account}], "scheduled_at": in_seconds(86_400).isoformat()}
    headers = [("Authorization", f"Bearer {at.key}"), ("Idempotency-Key", "bench")]
    made = EnvironBuilder("/v1/posts", method="POST", headers=headers, json=body)
    answer = api_edge.run(Request(made.get_environ()), replace(at.ports, store=store))
    made.close()
    if answer.status_code != 201:
        raise AssertionError(f"{answer.status_code}: {answer.get_data(as_text=True)}")
    detail = f"{store.counts.reads} reads, {store.counts.writes} writes: {', '.join(store.counts.log)}"
    total = store.counts.reads + store.counts.writes
    return Row("counts", "operations of accepting alone, through POST /v1/posts", total, "", None, detail)


def _told(counts: Counts, kind: str) -> str:
    lines = [line for line in counts.log if line.startswith("read ") == (kind == "read")]
    return ", ".join(line.removeprefix("read ") for line in lines)


def _same(few: Counts, lots: Counts, many: int) -> Row:
    total, more = few.reads + few.writes, lots.reads + lots.writes
    detail = f"{more} operations with {many:,} stored posts, {total} with {FEW}"
    return Row("counts", f"operations with {many:,} posts / with {FEW}", more / total, "×", at_most(1.0), detail)


def _timed(name: str, small: World, large: World, many: int) -> Row:
    """The same operation, in turn on both stores."""
    few, lots = _act(name, small), _act(name, large)
    few(), lots()
    pairs = [(_seconds(lots), _seconds(few)) for _ in range(ROUNDS)]
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    detail = f"{median(ours) * 1000:.2f} / {median(theirs) * 1000:.2f} ms"
    print(f"  {name}: {detail}", flush=True)
    return Row("counts", f"time of {name}, {many:,} posts / {FEW}", ratio(ours, theirs), "×", SAME, detail)


def _act(name: str, at: World) -> Callable[[], object]:
    account, due = at.connected[min(at.connected)][0].id, in_seconds(86_400)
    known = at.create("Known", [account], due).post.id
    acts: dict[str, Callable[[], object]] = {
        "create": lambda: at.create("Another", [account], due),
        "get": lambda: reading.get(at.ports, at.caller, known),
        "list": lambda: listing.list_(at.ports, at.caller, ListPosts(limit=10)),
        "sweep": lambda: sweep(at.ports),
    }
    return acts[name]


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _fill(at: World, posts: int) -> None:
    """Store so many posts, each with a target: most published long ago, every tenth scheduled for later."""
    account, now = at.connected[min(at.connected)][0].id, at.ports.clock.now()
    made = at.create("Stored", [account], in_seconds(86_400))
    for start in range(0, posts, BATCH):
        span = range(start, min(posts, start + BATCH))
        at.ports.store.commit([write for n in span for write in _stored(at.ports, made.post, made.targets, n, now)])
    print(f"  {posts:,} posts stored", flush=True)


def _stored(ports: Ports, post: Post, targets: Sequence[Target], number: int, now: datetime) -> list[Write]:
    (target,) = targets
    due = now + timedelta(minutes=number) if number % 10 == 0 else now - timedelta(minutes=number)
    post_id, target_id = ports.ids.new("post"), ports.ids.new("tgt")
    published = due < now
    state, status = (State.PUBLISHED, Status.PUBLISHED) if published else (State.SCHEDULED, Status.SCHEDULED)
    note = replace(post.targets[target.id], status=status)
    one = replace(post, id=post_id, targets={target_id: note}, status=status, scheduled_at=due, created_at=due)
    other = replace(
        target, id=target_id, post_id=post_id, state=state, shard=shard_of(target_id), due_at=due, noted=status,
        wake_at=None if published else due + timedelta(minutes=1), next_at=None if published else due,
    )  # fmt: skip
    return [
        Write("create", post_path(one.space, post_id), codec.encode(one)),
        Write("create", target_path(one.space, target_id), codec.encode(other)),
    ]
