"""``kill -9`` of instances on Google's emulators: Firestore, Cloud Tasks and Pub/Sub stay, and whoever uses them dies.

Two instances (``tests.e2e.instance``) share an address, as a service's do; one after the other is killed, at a boundary of its
own (``dying``) or at any moment, and replaced. The rest is as in ``kills``: callers insist, and followers are asked afterwards.
Kept by a dead instance until it runs out: a lock of Firestore's on what its transaction had read.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

from tests.contract.emulators.process import HOST
from tests.e2e import cloud as clouds
from tests.e2e.cloud import Cloud
from tests.e2e.posting import pages, read
from tests.e2e.server import PASSED_ON, ROOT, Spoken, settled, until
from tests.torture import callers, dying
from tests.torture.accounting import ENDED, Account, Told, accepted_once, aliens, follow
from tests.torture.callers import Ledger, Pace
from tests.torture.figures import Figures, Options
from tests.torture.patient import Patient

KILLS, QUICK = 80, 10
INSTANCES = 2
PEOPLE = ("fern", "gale", "hazel")
# Posts of one moment cannot be told apart there: such a doubt asks for a person after half an hour, and nothing puts the
# emulators' clocks forward.
UNSURE = ("snapchat",)
CALLERS = 2
POSTS_A_KILL = 3
LONGEST = 6.0  # seconds of a life that a boundary was to end
SWEEP = 3.0  # seconds between two sweeps; a minute in the cloud
SETTLED_WITHIN = 240.0  # seconds: Firestore keeps a dead transaction's locks for a minute


@dataclass
class Service(Spoken):
    """The address of the instances, and those that are ``alive``: each with whether it is to die by itself."""

    cloud: Cloud
    listening: socket.socket
    log: Path
    port: int = field(init=False)
    alive: list[tuple[subprocess.Popen[bytes], bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """The port of the socket."""
        self.port = self.listening.getsockname()[1]

    def key(self) -> str:
        """The workspace's test key."""
        return self.cloud.key

    def words(self) -> str:
        """The end of what the instances printed."""
        return self.log.read_text(errors="replace")[-1500:]

    def launch(self, *fate: str) -> None:
        """Another instance, which dies by itself where ``fate`` (the arguments of ``dying``) says so."""
        descriptor = str(self.listening.fileno())
        module = ("tests.torture.dying", *fate) if fate else ("tests.e2e.instance",)
        env = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | dict(self.cloud.env)
        with self.log.open("ab") as out:
            made = subprocess.Popen(
                [sys.executable, "-m", *module, descriptor],
                cwd=ROOT,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                pass_fds=[self.listening.fileno()],
            )
        self.alive.append((made, bool(fate)))

    def kill(self, chance: Random) -> str:
        """Let the oldest instance die; in which manner it did."""
        process, doomed = self.alive.pop(0)
        if doomed:
            until(lambda: process.poll() is not None, LONGEST, every=0.005)
        else:
            time.sleep(min(LONGEST, 1.0 + chance.expovariate(1 / 2.0)))
        alone = process.poll() is not None
        process.kill()
        process.wait()
        return "at a boundary" if alone else "at any moment"


@dataclass
class Siege:
    """What is done to the service, and what came of it."""

    seed: str
    wanted: int
    say: Callable[[str], None]
    ledger: Ledger = field(default_factory=Ledger)
    kills: Counter[str] = field(default_factory=Counter)
    again: int = 0

    def lay(self, service: Service) -> None:
        """Kill instance after instance while callers ask for posts, and let all of them have their answers in the end."""
        targets = callers.people(service, PEOPLE, UNSURE)
        Random(self.seed).shuffle(targets)
        pace, over = Pace(), threading.Event()
        clients = [Patient(service, service.key(), over) for _ in range(CALLERS)]
        with ThreadPoolExecutor(CALLERS) as pool:
            working = [
                pool.submit(self._call, client, number, pace, targets[number::CALLERS])
                for number, client in enumerate(clients)
            ]
            try:
                self._kill_again_and_again(service, pace)
                pace.ended.set()
                for one in working:
                    one.result(timeout=180)
            finally:
                pace.ended.set()
                over.set()
        self.again = sum(client.again for client in clients)

    def _call(self, client: Patient, number: int, pace: Pace, targets: Sequence[dict[str, Any]]) -> None:
        chance = Random(f"{self.seed}/caller/{number}")
        callers.post(client, self.ledger, pace, chance, callers.orders(chance, f"{self.seed}-{number}", targets))

    def _kill_again_and_again(self, service: Service, pace: Pace) -> None:
        for number in range(self.wanted):
            chance = Random(f"{self.seed}/kill/{number}")
            pace.more(POSTS_A_KILL)
            self.kills[service.kill(chance)] += 1
            service.launch(*(_fate(chance) if number + INSTANCES < self.wanted else ()))
            if (number + 1) % 20 == 0 or number + 1 == self.wanted:
                self.say(f"{self.seed}: {number + 1} of {self.wanted} kills, {len(self.ledger.posts)} posts")


def torture(options: Options) -> Figures:
    """Kill, settle, account. Raises EmulatorMissing."""
    siege = Siege(f"e{options.seed}", QUICK if options.quick else KILLS, options.say)
    with _serving() as service:
        siege.lay(service)
        found = _settle(siege, service)
        words = f"; the instances' log: {service.log}" if found.lies or found.losses or found.duplicates else ""
    did = {"kills": siege.kills.total(), **{f"of them {manner}": count for manner, count in siege.kills.most_common()}}
    did |= {"posts": len(siege.ledger.posts), "targets": found.ends.total(), "requests asked again": siege.again}
    lies = tuple(f"{siege.seed}: {one}{words}" for one in (*found.duplicates, *found.losses, *found.lies))
    return Figures(did, len(found.duplicates), len(found.losses), lies, dict(found.ends.most_common()))


@contextmanager
def _serving() -> Iterator[Service]:
    """The instances' address with a workspace behind it, swept now and then, until the block ends."""
    with socket.create_server((HOST, 0), backlog=1024) as listening:
        log = Path(tempfile.mkdtemp(prefix="rostrum-instances-")) / "log"
        service = Service(clouds.made("store", f"http://{HOST}:{listening.getsockname()[1]}"), listening, log)
        listening.set_inheritable(True)
        over = threading.Event()
        sweeping = threading.Thread(target=_sweep, args=(service, over), daemon=True)
        try:
            for _ in range(INSTANCES):
                service.launch()
            clouds.connect(service.cloud)
            sweeping.start()
            yield service
        finally:
            over.set()
            for process, _ in service.alive:
                process.kill()
                process.wait()


def _sweep(service: Service, over: threading.Event) -> None:
    """The schedule, which comes back whatever became of its call."""
    while not over.wait(SWEEP):
        with suppress(OSError, HTTPException):
            service.ask("POST", "/sweep", b"{}", key="")


def _fate(chance: Random) -> tuple[str, ...]:
    """Where an instance dies by itself; some do not."""
    if chance.random() < 0.4:
        return ()
    kind = chance.choice(dying.CLOUD)
    most = 40 if kind in ("any", "commit") else 6
    return kind, str(round(most ** chance.random())), chance.choice(("before", "after"))


def _settle(siege: Siege, service: Service) -> Account:
    found = Account(lies=[f"refused: {one}" for one in siege.ledger.refused])
    until(lambda: all(map(settled, pages(service, "/v1/posts"))), SETTLED_WITHIN, every=1.0)
    told = {asked.id: read(service, asked.id) for asked in siege.ledger.posts}
    found.lies += accepted_once(siege.ledger, service, told)
    until(lambda: not _silences(service.cloud, told), 60, every=1.0)
    found.lies += _silences(service.cloud, told)
    accounts = {target["account_id"] for one in told.values() for target in one["targets"]}
    timelines = {account: clouds.seen(service.cloud, account) for account in accounts}
    for asked in siege.ledger.posts:
        follow(asked, told[asked.id], timelines, found)
    found.lies += aliens(siege.seed, siege.ledger, timelines)
    return found


def _silences(cloud: Cloud, told: Told) -> list[str]:
    """Ends that the bus did not tell, or told under several ids."""
    ids: Mapping[tuple[str, str], set[str]] = defaultdict(set)
    for event in cloud.events():
        ids[str(event.get("target_id")), str(event["type"])].add(str(event["id"]))
    ends = [(one["id"], one["status"]) for post in told.values() for one in post["targets"] if one["status"] in ENDED]
    told_as = {
        (target, status): ids[target, f"target.{status}"]
        | (ids[target, "target.unpublished"] if status == "cancelled" else set())
        for target, status in ends
    }
    return [
        f"{target} ended {status}, told under {len(found)} ids"
        for (target, status), found in told_as.items()
        if len(found) != 1
    ]
