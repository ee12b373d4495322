"""From the process's start to its first answer: the api function beside the bare one, both under functions-framework."""

from __future__ import annotations

from bench import load, processes
from bench.report import Row, at_most, median, ratio
from bench.world import World, world

ROUNDS = 7


def measure() -> list[Row]:
    """One row: an authenticated read that is answered from the store."""
    with world() as at:
        _one(at, ours=True)  # compiles what was never compiled
        pairs = [(_one(at, ours=True), _one(at, ours=False)) for _ in range(ROUNDS)]
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    detail = f"{median(ours) * 1000:.0f} / {median(theirs) * 1000:.0f} ms"
    print(f"  first answer: {detail}", flush=True)
    return [Row("cold", "api: process start to first answer", ratio(ours, theirs), "×", at_most(1.8), detail)]


def _one(at: World, *, ours: bool) -> float:
    if ours:
        source, target, path = "functions/api/main.py", "api", "/v1/accounts"
    else:
        source, target, path = "bench/bare/main.py", "bare", "/"
    asked = load.request("GET", path, {"Authorization": f"Bearer {at.key}"})
    with processes.function(source, target, at.env, at.home / "function.log") as server:
        return server.first_answer(asked)
