"""What a target costs in Firestore operations, and that nothing grows with the posts that are stored (bench/growth.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from bench import growth
from bench.counting import CountingStore, Counts
from bench.report import Row, at_most
from bench.world import World, in_seconds, world
from shared.domain.states import State
from shared.operations import callers
from shared.operations.posts import creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.operations.publishing import advance
from shared.runtime import api_edge


def measure(sizes: Sequence[int] = growth.SIZES) -> list[Row]:
    """Operations of one target, then everything again with many posts in the store."""
    with world() as at:
        one = _target(at)
        print(f"  one target: {one.reads} reads, {one.writes} writes: {'; '.join(one.log)}", flush=True)
        rows = [
            Row("counts", "Firestore reads, accept to published", one.reads, "reads", at_most(6), _told(one, "read")),
            Row("counts", "Firestore writes, accept to published", one.writes, "writes", at_most(6), _told(one, "")),
            _through_api(at),
        ]
    return [*rows, *growth.measure(sizes)]


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
