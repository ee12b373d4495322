"""What a cold process imports: each function beside functions_framework and the Google clients that it needs."""

from __future__ import annotations

from typing import cast

from bench import processes
from bench.report import Row, at_most
from bench.world import in_seconds, world
from scripts.functions_manifest import rows as functions

ROUNDS = 5
LIMIT = at_most(1.15)
# The client library behind each port, and the module of ours that loads it on first use.
CLIENTS = {
    "store": "google.cloud.firestore_v1.services.firestore",
    "queue": "google.cloud.tasks_v2",
    "bus": "google.pubsub_v1",
    "vault": "google.cloud.secretmanager_v1",
    "blobs": "google.cloud.storage",
}
_TIMED = """
import time, json, sys
began, cpu = time.perf_counter(), time.process_time()
{body}
took, used = time.perf_counter() - began, time.process_time() - cpu
loaded = sorted({{m.split(".")[2] for m in sys.modules if m.startswith("shared.platforms.") and m.count(".") > 2}})
print(json.dumps({{"cpu": used, "wall": took, "modules": len(sys.modules), "platforms": loaded}}))
"""


def measure() -> list[Row]:
    """A row for all functions that share a folder and its ports, and what loads only when it is used."""
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for function in functions():
        ports = tuple(port for port in function["ports"] if port in CLIENTS)
        alike.setdefault((function["folder"], ports), []).append(function["name"])
    found = []
    for (folder, ports), names in alike.items():
        name, ours = ", ".join(names), f"sys.path.insert(0, 'functions/{folder}')\nimport main"
        clients = "\n".join(f"import {CLIENTS[port]}" for port in ports)
        backends = "\n".join(f"import shared.backends.gcp.{port}" for port in ports)
        found.append(_row(f"{name}, gcp", f"{ours}\n{backends}\n{clients}", f"import functions_framework\n{clients}"))
        found.append(_row(f"{name}, before any port", ours, "import functions_framework", budget=False))
    return [*found, _lazy()]


def _row(what: str, ours: str, theirs: str, *, budget: bool = True) -> Row:
    """The least CPU time of some alternated runs: an import does the same each time, so all that is more is disturbance."""
    pairs = [(_cpu(ours), _cpu(theirs)) for _ in range(ROUNDS)]
    mine, others = min(a for a, _ in pairs), min(b for _, b in pairs)
    detail = f"{mine * 1000:.0f} / {others * 1000:.0f} ms of CPU"
    print(f"  {what}: {detail}", flush=True)
    return Row("imports", f"import: {what}", mine / others, "×", LIMIT if budget else None, detail)


def _cpu(body: str) -> float:
    return float(str(processes.python(_TIMED.format(body=body))["cpu"]))


def _lazy() -> Row:
    """Advancing one network's post loads that network's folder, and no other's."""
    with world() as at:
        platform = min(at.connected)
        made = at.create("Hello", [at.connected[platform][0].id], in_seconds(0.5))
        target = made.targets[0]
        body = {"space": target.space, "target_id": target.id, "generation": target.generation}
        code = (
            "sys.path.insert(0, 'functions/publish')\nimport main\nfrom shared.runtime import bootstrap\n"
            f"time.sleep(0.6)\nassert main.publishing.advance(bootstrap.ports(), {body!r}).state == 'published'"
        )
        found = processes.python(_TIMED.format(body=code), at.env)
    loaded = cast(list[str], found["platforms"])
    detail = f"publishing to {platform} loaded {', '.join(loaded)}"
    print(f"  {detail}", flush=True)
    return Row("imports", "networks loaded to publish to one", len(loaded), "", at_most(1), detail)
