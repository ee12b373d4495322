"""What is counted: posts, accounts for a month, a minute in which nothing happens, webhooks in and out.

Each scene runs on every network that can do it. A network's own calls differ (some publish at once, some in three steps), so the
figures are means over networks, with the least and the most beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bench.cost.machine import RECEIVER, SCHEDULED, TASKS, Machine, machine
from bench.cost.meter import Invocation
from shared.domain.content import Kind
from shared.operations import media
from shared.operations.webhooks import endpoints
from shared.platforms import registry
from shared.platforms.happenings import Happening
from tests.contract.platforms import samples
from tests.support import files

HOUR, DAY = 3600.0, 86_400.0
FILE = 200_000  # bytes of a video: enough to tell the file's way from the words around it
EVERY = {"sync_due": 60, "refresh_due": 300, "subscribe_due": 60}  # seconds, as functions/manifest.json has it
Invocations = list[Invocation]
Scene = Callable[[], dict[str, Invocations]]
QUICK = ("text", "image", "video", "sent_on", "inbound", "idle", "read")  # the test recounts these


def scenes() -> dict[str, Scene]:
    """Every scene by its name."""
    every: tuple[Scene, ...] = (text, image, video, sent_on, inbound, idle, read, kept)
    return {scene.__name__: scene for scene in every}


def text() -> dict[str, Invocations]:
    """By network: a text for one account, an hour ahead, with an Idempotency-Key; until it is published and told."""
    return {name: _post(name, Kind.TEXT) for name in _takers(Kind.TEXT)}


def image() -> dict[str, Invocations]:
    """The same with an image that is uploaded through the API first."""
    return {name: _post(name, Kind.IMAGE, files.jpeg()) for name in _takers(Kind.IMAGE)}


def video() -> dict[str, Invocations]:
    """The same with a video."""
    return {name: _post(name, Kind.VIDEO, files.mp4(payload=bytes(FILE))) for name in _takers(Kind.VIDEO)}


def sent_on() -> dict[str, Invocations]:
    """What it adds to a text's way that an endpoint wants to hear that it is published: one delivery."""
    name = _takers(Kind.TEXT)[0]
    return {"with": _post(name, Kind.TEXT, listening=True), "without": _post(name, Kind.TEXT)}


def inbound() -> dict[str, Invocations]:
    """By network that pushes: somebody comments or writes to an account; its delivery is proven, kept and worked off."""
    pushing = [name for name in registry.all_names() if registry.manifest(name).facets.get("webhooks") == "offered"]
    found = {name: _heard(name) for name in pushing}
    return {name: done for name, done in found.items() if done}


def kept(days: int = 30) -> dict[str, Invocations]:
    """By network: one account that nobody posts to and nobody speaks to, looked after for so many days."""
    return {name: _kept(name, days) for name in registry.all_names()}


def idle() -> dict[str, Invocations]:
    """Each function of the schedule, run once in an installation where nothing is due."""
    one = machine()
    one.connect(_takers(Kind.TEXT)[0])
    for _ in range(3):  # the first runs have something to plan
        one.rig.clock.advance(60)
        for name in SCHEDULED:
            one.scheduled(name)
        one.settle()
    for name in SCHEDULED:
        one.scheduled(name)
    return {done.function: [done] for done in one.meter.taken()}


def read() -> dict[str, Invocations]:
    """What callers ask most: a post, and a page of posts."""
    one = machine()
    account = one.connect(_takers(Kind.TEXT)[0])
    order = {"text": "Hello", "targets": [{"account_id": account.id}], "publish_now": True}
    made = one.ask("POST", "/v1/posts", order)
    one.settle(HOUR)
    for path in (f"/v1/posts/{made['id']}", "/v1/posts"):
        one.ask("GET", path)
    return {"api": one.meter.taken()}


def _takers(kind: Kind) -> list[str]:
    return [name for name in registry.all_names() if any(one.kind == kind for one in registry.manifest(name).kinds)]


def _post(name: str, kind: Kind, data: bytes = b"", *, listening: bool = False) -> Invocations:
    one = machine()
    account = one.connect(name)
    if listening:
        endpoints.register(one.rig.ports, one.caller, f"https://{RECEIVER}/in", ("post.published",))
    one.settle()
    sample = samples.of_kind(registry.manifest(name), kind)
    body = {"text": sample.text, "targets": [{"account_id": account.id, "platform_data": dict(sample.options)}]}
    body["scheduled_at"] = (one.rig.clock.now() + timedelta(seconds=HOUR)).isoformat()
    if data:
        body["media"] = [{"source_type": "media_id", "source": _uploaded(one, data)}]
    made = one.ask("POST", "/v1/posts", body, "cost")
    found = one.settle(1.5 * HOUR)
    status = one.ask("GET", f"/v1/posts/{made['id']}")["status"]
    if status != "published":
        raise AssertionError(f"{name}: a {kind} that nothing disturbs is {status}")
    one.meter.taken()
    return found


def _kept(name: str, days: int) -> Invocations:
    """What its chores take. A run of the schedule that finds something counts with what it does more than one that does not."""
    one = machine()
    one.connect(name)
    one.settle(DAY)
    end, found = one.rig.clock.now() + timedelta(days=days), one.meter.taken() and []
    while (due := _next(one)) is not None and due[0] <= end:
        at, kind = due
        one.rig.clock.move_to(at)
        one.scheduled(f"{kind}_due")
        found += [_more(done) for done in one.settle()]
    return found


def _heard(name: str) -> Invocations:
    """Empty where the simulated network pushes nothing of what its people can do."""
    one = machine("test")
    account = one.connect(name)
    if any(each.kind == Kind.TEXT for each in registry.manifest(name).kinds):
        options = dict(samples.of_kind(registry.manifest(name), Kind.TEXT).options)
        targets = [{"account_id": account.id, "platform_data": options}]
        one.ask("POST", "/v1/posts", {"text": "Hello", "targets": targets, "publish_now": True})
    for _ in range(2):  # subscribed, and what it missed is fetched
        one.scheduled("subscribe_due")
        one.settle(HOUR)
    what = next(iter(getattr(registry.simulator(name), "HAPPENINGS", ())), None)
    if what is None:
        return []
    try:
        made = one.rig.sandbox.happen(name, account.platform_account_id, Happening(what, "How nice"), account.world)
    except LookupError:  # a comment wants a post, and this network takes none of words alone
        return []
    with one.meter.function("ingest"):
        handed = TASKS["hand_over"](one.ports, {})
    found = one.settle()
    return found if made.webhooks and handed else []


def _next(one: Machine) -> tuple[datetime, str] | None:
    """The next run of the schedule that has something to do, and for which kind of chore."""
    chores = [data for path, data in one.rig.store.everything() if path.split("/")[-2] == "chores"]
    due = min(((data["wake_at"], str(data["kind"])) for data in chores), default=None)
    if due is None:
        return None
    every = EVERY[f"{due[1]}_due"]
    return datetime.fromtimestamp(-(-due[0].timestamp() // every) * every, UTC), due[1]


def _more(done: Invocation) -> Invocation:
    """What a run of the schedule that found one account does beyond one that finds none."""
    if done.function not in SCHEDULED:
        return done
    return Invocation(f"{done.function}: found", Counter({unit: done.units[unit] for unit in ("writes", "tasks")}))


def _uploaded(one: Machine, data: bytes) -> str:
    content_type = "video/mp4" if b"ftyp" in data[:16] else "image/jpeg"
    with one.meter.function("api"):
        return media.upload(one.ports, one.caller, filename="file", content_type=content_type, chunks=[data]).id
