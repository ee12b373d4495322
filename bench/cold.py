"""From the process's start to its first answer: each function of the manifest beside the bare one, under functions-framework."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench import load, processes
from bench.report import Row, at_most, median, ratio
from bench.world import TOKEN, World, world
from scripts.functions_manifest import rows as functions
from shared.operations import networks
from shared.platforms import registry

ROUNDS = 7  # of the api
EACH = 3  # of the others
BARE_EVERY = 4  # functions that share a run of the bare one in a round
# What a task says that comes too late: the function looks it up, and finds nothing to do.
TASKS: Mapping[str, Mapping[str, object]] = {
    "publish": {"target_id": "tgt_gone", "generation": 1},
    "deliver": {"delivery_id": "dlv_gone", "round": 1},
    "export": {"export_id": "exp_gone", "tick": 1},
    "sync": {"account_id": "acc_gone", "ticket": 1},
    "refresh": {"account_id": "acc_gone", "ticket": 1},
    "subscribe": {"account_id": "acc_gone", "ticket": 1},
    "hand_over": {},
}
HAPPENED = {"id": "evt_cold", "type": "post.published", "at": "2026-11-22T18:00:00+00:00", "post_id": "post_gone"}


@dataclass(frozen=True, slots=True)
class First:
    """A function's first request, and the status that answers it."""

    source: str
    target: str
    request: bytes
    status: int = 200
    env: Mapping[str, str] = field(default_factory=dict)


def measure() -> list[Row]:
    """A row for each function. Only the api's has a budget: the others answer nobody who waits."""
    with world() as at:
        found = [first(at, row) for row in functions()]
        api = next(one for one in found if one.target == "api")
        rest = [one for one in found if one.target != "api"]
        _seconds(at, api)  # compiles what was never compiled
        pairs = [(_seconds(at, api), _seconds(at, BARE)) for _ in range(ROUNDS)]
        others: dict[str, list[tuple[float, float]]] = {one.target: [] for one in rest}
        for _ in range(EACH):
            for start in range(0, len(rest), BARE_EVERY):
                bare = _seconds(at, BARE)
                for one in rest[start : start + BARE_EVERY]:
                    others[one.target].append((_seconds(at, one), bare))
    return [_row("api", pairs, 1.8), *(_row(name, runs) for name, runs in others.items())]


BARE = First("bench/bare/main.py", "bare", load.request("GET", "/"))


def first(at: World, row: Mapping[str, object]) -> First:
    """What the function is asked first, with the credentials that it wants; every port that answering takes is opened."""
    name, source = str(row["entry_point"]), f"functions/{row['folder']}/main.py"
    ours = {"Authorization": f"Bearer {TOKEN}"}
    if name == "api":
        return First(source, name, load.request("GET", "/v1/accounts", {"Authorization": f"Bearer {at.key}"}))
    if name == "ingest":
        return _forged(source, name)
    if row["trigger"] == "event":
        return First(source, name, load.request("POST", "/", ours, _message(at)))
    task = {"space": at.caller.space, **TASKS[name]} if row["trigger"] == "task" else {}
    return First(source, name, load.request("POST", "/", ours, json.dumps(task).encode()))


def _forged(source: str, name: str) -> First:
    """A delivery with a wrong signature, for an installation that could verify a right one."""
    offering = (one for one in registry.all_names() if registry.manifest(one).facets.get("webhooks") == "offered")
    platform = next(iter(sorted(offering)))
    env = dict(zip(networks.app_variables(platform), ("id", "secret"), strict=False))
    return First(source, name, load.request("POST", f"/webhooks/{platform}", {}, b"{}"), 401, env)


def _message(at: World) -> bytes:
    """Something happened to a post that is not there (any more)."""
    said = {"id": HAPPENED["id"], "type": HAPPENED["type"], "space": at.caller.space}
    data = base64.b64encode(json.dumps(HAPPENED).encode()).decode()
    return json.dumps({"message": {"data": data, "attributes": said, "messageId": "1"}}).encode()


def _seconds(at: World, one: First) -> float:
    with processes.function(one.source, one.target, {**at.env, **one.env}, at.home / "function.log") as server:
        return server.first_answer(one.request, one.status)


def _row(name: str, pairs: list[tuple[float, float]], limit: float | None = None) -> Row:
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    detail = f"{median(ours) * 1000:.0f} / {median(theirs) * 1000:.0f} ms"
    print(f"  {name}, first answer: {detail}", flush=True)
    budget = at_most(limit) if limit else None
    return Row("cold", f"{name}: process start to first answer", ratio(ours, theirs), "×", budget, detail)
