"""Requests per second of an API read and of a post's creation, beside the bare function in the same run.

Each creation is a post of its own: another text (the same one twice is refused) under an ``Idempotency-Key`` of its own.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass

from bench import load, processes
from bench.processes import Failed, Server
from bench.report import Budget, Row, at_least, median, percentile, ratio
from bench.world import World, in_seconds, world

SECONDS = 5.0
ROUNDS = 3
AMENDED = "[0014](decisions/0014-a-creation-costs-what-its-promises-cost.md); the design's 0.3"
WARM_UP = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request: where it goes and the status that counts."""

    name: str
    server: Server
    make: Callable[[int], bytes]
    status: int


def measure(seconds: float = SECONDS) -> list[Row]:
    """A row for the read and one for the creation."""
    with (
        world() as at,
        processes.function("bench/bare/main.py", "bare", {}, at.home / "bare.log", pinned=True) as bare,
        processes.function("functions/api/main.py", "api", at.env, at.home / "api.log", pinned=True) as api,
        processes.beside(),
    ):
        kinds = _kinds(at, bare, api)
        for kind in kinds:
            kind.server.first_answer(kind.make(0))
            _run(kind, WARM_UP)
        runs = [{kind.name: _run(kind, seconds) for kind in kinds} for _ in range(ROUNDS)]
    return [
        _row(runs, "read", "an API read (GET /v1/posts/{id})", at_least(0.6)),
        _row(runs, "create", "a post's creation (POST /v1/posts)", at_least(0.13, AMENDED)),
    ]


def bare_rate(seconds: float = SECONDS) -> float:
    """The bare function's rate alone, for rows that are measured in another way."""
    with (
        world() as at,
        processes.function("bench/bare/main.py", "bare", {}, at.home / "bare.log", pinned=True) as bare,
        processes.beside(),
    ):
        kind = _kinds(at, bare, bare)[0]
        bare.first_answer(kind.make(0))
        _run(kind, WARM_UP)
        return median(_run(kind, seconds / 2).rate for _ in range(3))


def _kinds(at: World, bare: Server, api: Server) -> list[Kind]:
    account = at.connected[min(at.connected)][0].id
    due = in_seconds(2 * 86_400).isoformat()
    known = at.create("Read again and again", [account], in_seconds(86_400)).post.id
    headers, numbers = {"Authorization": f"Bearer {at.key}"}, itertools.count()

    def order() -> bytes:
        text = f"Post {next(numbers)}"
        return json.dumps({"text": text, "targets": [{"account_id": account}], "scheduled_at": due}).encode()

    def keyed() -> dict[str, str]:
        return {**headers, "Idempotency-Key": f"{next(numbers):032x}"}

    read = load.request("GET", f"/v1/posts/{known}", headers)
    return [
        Kind("bare", bare, lambda _: load.request("POST", "/", body=order()), 200),
        Kind("read", api, lambda _: read, 200),
        Kind("create", api, lambda _: load.request("POST", "/v1/posts", keyed(), order()), 201),
    ]


def _run(kind: Kind, seconds: float) -> load.Result:
    result = load.run(kind.server.port, kind.make, seconds)
    if set(result.statuses) != {kind.status}:
        raise Failed(f"{kind.name}: {dict(result.statuses)} instead of {kind.status} alone: {kind.server.last_words()}")
    p99 = percentile(result.seconds, 99) * 1000
    print(
        f"  {kind.name}: {result.rate:.0f}/s, p50 {median(result.seconds) * 1000:.1f} ms, p99 {p99:.1f} ms", flush=True
    )
    return result


def _row(runs: list[dict[str, load.Result]], name: str, what: str, budget: Budget) -> Row:
    ours, theirs = [run[name].rate for run in runs], [run["bare"].rate for run in runs]
    p50, p99 = (median(percentile(run[name].seconds, p) for run in runs) * 1000 for p in (50, 99))
    detail = f"{median(ours):.0f} / {median(theirs):.0f} a second; p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    return Row("rates", what, ratio(ours, theirs), "×", budget, detail)
