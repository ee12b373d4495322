"""The parts of a run: posts, the account, the inbox. Each answers whether it asked anything, and raises what stopped it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from shared.domain.errors import Broken
from shared.domain.numbers import Known
from shared.domain.posts import Target
from shared.operations import live_targets, networks
from shared.operations.analytics import counting, readings, spikes
from shared.operations.syncing import asking, thrift, watching
from shared.operations.syncing.asking import Answers, Line
from shared.operations.syncing.metering import Spent
from shared.operations.syncing.watching import Memory
from shared.platforms import registry
from shared.platforms.contract import Call, Fate, Metrics, Refused
from shared.ports.world import Ports

MAX_DUE = 200  # posts in one run
SECONDS = 60.0  # after which a run begins nothing more
PAGE = 100
TOGETHER = 8  # posts whose numbers are kept in one transaction: each may have nearly a MiB of them, and one takes ten
NOT_FOUND = "not_found"  # how every folder ends the code of what its network does not know
T = TypeVar("T")
LISTED_BY = timedelta(days=1)  # after which a post that its network does not know is gone


@dataclass(slots=True)
class Run:
    """What the parts of one run share."""

    ports: Ports
    line: Line
    memory: Memory
    now: datetime


def any_of(platform: str) -> bool:
    """Whether there is anything to read on this network."""
    return registry.measurer(platform) is not None or registry.inbox(platform) is not None


def next_due(ports: Ports, account_id: str, platform: str, memory: Memory, now: datetime) -> datetime:
    """When something is due again."""
    sparing, by = thrift.sparing(ports, platform), thrift.ages(ports, platform)
    post = watching.next_post(account_id, memory, by) if _offers(platform, "metrics.post") else None
    polled = watching.poll_due(account_id, memory, now) if _polls(ports, platform) else None
    return min(one for one in (watching.account_due(account_id, memory, now, sparing=sparing), post, polled) if one)


def posts(run: Run) -> bool:
    """The numbers of the posts that are due."""
    if not _offers(run.line.account.platform, "metrics.post"):
        return False
    _look(run)
    by = thrift.ages(run.ports, run.line.account.platform)
    names = watching.due(run.line.account.id, run.memory, run.now, by)[:MAX_DUE]
    targets = _targets(run, names)
    try:
        return _read(run, targets)
    except Refused as refused:
        if refused.fate not in (Fate.LIMITED, Fate.TRANSIENT):  # a permission is missing: asking at once would not help
            for one in targets:
                run.memory.posts[one.id][1] = watching.seconds(run.now)
        raise


def _read(run: Run, targets: Sequence[Target]) -> bool:
    """Ask and keep, as far as time allows; whether anything was told."""
    deadline = run.ports.clock.monotonic() + SECONDS
    passing: list[Refused] = []
    told = False
    for answers in asking.posts(run.line, targets):
        passing += [one for one in answers.values() if isinstance(one, Refused) and one.fate is Fate.TRANSIENT]
        _keep(run, targets, answers)
        told = told or any(isinstance(one, Metrics) for one in answers.values())
        for one in answers.values():
            if isinstance(one, Refused) and one.fate is Fate.LIMITED:
                raise one
        if run.ports.clock.monotonic() > deadline:
            break
    if passing and not told:
        raise passing[0]
    return told


def account(run: Run) -> bool:
    """The numbers of the account itself."""
    platform, measurer = run.line.account.platform, registry.measurer(run.line.account.platform)
    if measurer is None or not _offers(platform, "metrics.account") or not _account_due(run):
        return False
    try:
        metrics = run.line.ask(measurer.account)
    except Refused as refused:
        if refused.fate not in (Fate.LIMITED, Fate.TRANSIENT):
            run.memory.account = watching.seconds(run.now)  # asking again at once would not help
        raise
    readings.keep_account(run.ports, run.line.account, metrics)
    run.memory.account = watching.seconds(run.now)
    return True


def inbox(run: Run) -> bool:
    """What others said, where the network does not push it. It is due again at its own pace, whatever comes of this."""
    from shared.operations.inbox import polling  # most runs have nothing to poll

    memory, who = run.memory, run.line.account
    if not _polls(run.ports, who.platform) or watching.poll_due(who.id, memory, run.now, early=True) > run.now:
        return False
    memory.polled, memory.pushed = watching.seconds(run.now), not polling.kinds(run.ports, who)
    if memory.pushed:
        return False

    told: list[bool] = []

    def ask(question: Callable[[Call], T]) -> T:
        try:
            with networks.asking(who.platform, run.now):
                answer = run.line.ask(question)
        except Broken as error:
            if isinstance(error.__cause__, Spent):  # our own budget, not the network's trouble: nothing more is asked
                raise error.__cause__ from None
            raise
        told.append(True)
        return answer

    memory.inbox = dict(memory.inbox)
    polling.poll(run.ports, who, memory.inbox, ask)
    return bool(told)


PARTS: tuple[Callable[[Run], bool], ...] = (posts, account, inbox)


def _polls(ports: Ports, platform: str) -> bool:
    """Whether this network is asked for what others said, where it does not push that."""
    return registry.inbox(platform) is not None and not thrift.sparing(ports, platform)


def _account_due(run: Run) -> bool:
    who, sparing = run.line.account, thrift.sparing(run.ports, run.line.account.platform)
    return watching.account_due(who.id, run.memory, run.now, sparing=sparing, early=True) <= run.now


def _offers(platform: str, feature: str) -> bool:
    return registry.manifest(platform).feature(feature) == "offered"


def _look(run: Run) -> None:
    """Watch what went out since the last look; the first one goes back as far as posts are read at all."""
    memory, who = run.memory, run.line.account
    eldest = run.now - thrift.ages(run.ports, who.platform)[-1][0]
    since = max(watching.instant(memory.looked) - watching.OVERLAP, eldest)
    query = live_targets.went_out(who, since, PAGE)
    found = 0
    page = run.ports.store.query(query)
    while page:
        for doc in page:
            memory.watch(doc.id, doc.data["published_at"])
        found += len(page)
        if len(page) < PAGE or found >= watching.MAX_WATCHED:
            break
        page = run.ports.store.query(replace(query, start_after=page[-1]))
    memory.looked = watching.seconds(run.now)


def _targets(run: Run, names: Sequence[str]) -> list[Target]:
    """Those that are live still; of the others the memory is cleared."""
    read = live_targets.standing(run.ports, run.line.account.space, names)
    for name in {*names} - set(read):
        del run.memory.posts[name]
    return [read[name] for name in names if name in read]


def _keep(run: Run, targets: Sequence[Target], answers: Answers) -> None:
    """Keep what was told, and remember what was asked."""
    manifest, now = registry.manifest(run.line.account.platform), run.ports.clock.now()
    fresh: dict[str, dict[str, Known]] = defaultdict(dict)
    for target in targets:
        answer = answers.get(target.id)
        if isinstance(answer, Metrics):
            counts = counting.from_metrics(manifest, answer)
            fresh[target.post_id][target.id] = readings.known(target, now, counts, answer)
    if fresh:
        names = list(fresh)
        for start in range(0, len(names), TOGETHER):
            some = {name: fresh[name] for name in names[start : start + TOGETHER]}
            readings.keep_posts(run.ports, run.line.account.space, some)
        seen = [spikes.Seen(post_id, name, known) for post_id, rows in fresh.items() for name, known in rows.items()]
        spikes.look(run.ports, run.line.account, seen)
    for name, answer in answers.items():
        _remember(run, name, answer, now)


def _remember(run: Run, name: str, answer: Metrics | Refused, now: datetime) -> None:
    pair = run.memory.posts[name]
    if isinstance(answer, Refused):
        if answer.fate in (Fate.TRANSIENT, Fate.LIMITED):
            return
        if answer.row.code.endswith(NOT_FOUND) and now - watching.instant(pair[0]) > LISTED_BY:
            del run.memory.posts[name]
            return
    pair[1] = watching.seconds(now)
