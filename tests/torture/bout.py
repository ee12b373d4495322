"""One installation that is killed again and again while it is used, and then left alone until nothing moves any more."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any

from tests.contract.emulators.process import HOST
from tests.e2e.receiving import Receiver, receiver
from tests.e2e.server import READY_SECONDS, Server, group_members, installed, until
from tests.torture import callers, dying
from tests.torture.callers import Ledger, Pace
from tests.torture.patient import Patient

CALLERS = 3
PEOPLE = ("fern", "gale", "hazel")
PUSHING = ("facebook", "instagram")  # networks that push messages
POSTS_A_KILL = 3
PUSHES_A_KILL = 1
LONGEST = 2.0  # seconds that a life, once it answers, waits for the boundary that is to end it
EVENTS = ("post.published", "post.partial", "post.failed", "post.needs_review", "post.missed", "dm.received")


@dataclass
class Bout:
    """What is done to the installation in ``folder``, and what came of it. ``kills`` counts by manner.

    ``patience``: the seconds that it is left alone after the last kill, before what still waits is put forward to its time.
    ``processes``: those of the installation (``ROSTRUM_PROCESSES``).
    """

    folder: Path
    seed: str
    wanted: int
    say: Callable[[str], None]
    patience: float = 15.0
    processes: int = 1
    kills: Counter[str] = field(default_factory=Counter)
    lies: list[str] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    groups: list[int] = field(default_factory=list)
    again: int = 0
    secret: str = ""
    startup: float = 0.0  # seconds

    @contextmanager
    def fought(self) -> Iterator[tuple[Server, Receiver]]:
        """The installation after its last kill, running, and what it told its webhook endpoint so far."""
        with receiver() as hook, installed(self.folder) as server:
            server.port = _port(Random(self.seed))
            allowed = hook.url.removeprefix("http://").partition("/")[0]
            server.settings = {"ALLOW_PRIVATE_HOSTS": allowed, "ROSTRUM_PROCESSES": str(self.processes)}
            self._born(server)
            targets = self._furnish(server, hook)
            self._fight(server, targets)
            yield server, hook

    def _born(self, server: Server) -> None:
        """Its first start takes some attempts, each killed at another commit."""
        for number in range(max(2, self.wanted // 10)):
            chance = Random(f"{self.seed}/born/{number}")
            self._at_boundary(server, ("commit", str(chance.randint(1, 60)), chance.choice(("before", "after"))))

    def _furnish(self, server: Server, hook: Receiver) -> list[dict[str, Any]]:
        """An endpoint for webhooks, and accounts; nobody kills it meanwhile."""
        self.startup = server.start()
        made = server.call("POST", "/v1/webhooks", {"url": hook.url, "events": list(EVENTS)})
        self.secret = made["secret"]
        found = callers.people(server, PEOPLE)
        Random(self.seed).shuffle(found)
        mine = [one for one in found if one["platform"] in PUSHING]
        until(lambda: all(_pushes(server, one) for one in mine), 30)
        return found

    def _fight(self, server: Server, targets: Sequence[dict[str, Any]]) -> None:
        told = [one for one in targets if one["platform"] in PUSHING]
        key = server.env()["ROSTRUM_API_KEY"]
        server.kill()
        posting, pushing, over = Pace(), Pace(), threading.Event()
        clients = [Patient(server, key, over) for _ in range(CALLERS + 1)]
        with ThreadPoolExecutor(CALLERS + 1) as pool:
            working = [
                pool.submit(self._call, client, number, posting, targets[number::CALLERS])
                for number, client in enumerate(clients[:CALLERS])
            ]
            working.append(pool.submit(callers.push, clients[-1], self.ledger, pushing, told))
            try:
                self._kill_again_and_again(server, posting, pushing)
                self._last(server, [posting, pushing], working)
            finally:
                for pace in (posting, pushing):
                    pace.ended.set()
                over.set()
        self.again = sum(client.again for client in clients)

    def _call(self, client: Patient, number: int, pace: Pace, targets: Sequence[dict[str, Any]]) -> None:
        chance = Random(f"{self.seed}/caller/{number}")
        bodies = callers.orders(chance, f"{self.seed}-{number}", targets)
        callers.post(client, self.ledger, pace, chance, bodies)

    def _kill_again_and_again(self, server: Server, posting: Pace, pushing: Pace) -> None:
        began = self.kills.total()
        for number in range(began, self.wanted):
            posting.more(POSTS_A_KILL)
            pushing.more(PUSHES_A_KILL)
            self._kill(server, Random(f"{self.seed}/kill/{number}"))
            if (number + 1) % 25 == 0 or number + 1 == self.wanted:
                posts, pushes = len(self.ledger.posts), len(self.ledger.pushed)
                self.say(f"{self.seed}: {number + 1} of {self.wanted} kills, {posts} posts, {pushes} pushes")

    def _last(self, server: Server, paces: Sequence[Pace], working: Sequence[Future[None]]) -> None:
        """It lives from here on: every caller gets the answer that it insists on."""
        server.start()
        for pace in paces:
            pace.ended.set()
        for one in working:
            one.result(timeout=120)
        if not until(lambda: not any(group_members(group) for group in self.groups), 30):
            self.lies.append(f"{self.seed}: what a killed process started still runs: {self.groups}")

    def _kill(self, server: Server, chance: Random) -> None:
        roll = chance.random()
        if roll < 0.5:
            kind = chance.choice(dying.LOCAL)
            most = 40 if kind in ("sandbox.send", "replace") else 12 if kind == "http.send" else 600
            number = round(most ** chance.random())
            self._at_boundary(server, (kind, str(number), chance.choice(("before", "after"))))
            return
        server.launch()
        self._live(server, chance)
        self._end(server, "at any moment" if roll < 0.8 else "the main process only", group=roll < 0.8)

    def _live(self, server: Server, chance: Random) -> None:
        """Some die while they start, most soon after, a few have time to do their work."""
        roll = chance.random()
        if roll < 0.25:
            time.sleep(chance.uniform(0.0, self.startup))
            return
        until(server.healthy, READY_SECONDS, every=0.02)
        time.sleep(chance.expovariate(1 / 0.5) if roll < 0.95 else chance.uniform(2.0, 6.0))

    def _at_boundary(self, server: Server, where: tuple[str, str, str]) -> None:
        server.launch(dying.__name__, *where)
        until(lambda: server.died() or server.healthy(), READY_SECONDS, every=0.02)
        alone = until(server.died, LONGEST, every=0.005)
        self._end(server, "at a boundary" if alone else "at any moment", group=True)

    def _end(self, server: Server, manner: str, *, group: bool) -> None:
        assert server.process is not None
        if not group:
            self.groups.append(server.process.pid)
        code = server.kill(group=group)
        self.kills[manner] += 1
        if code != -SIGKILL:
            self.lies.append(f"{self.seed}: kill {self.kills.total()}: it ended by itself ({code}): {server.words()}")


def _port(chance: Random) -> int:
    """A free port below those of outgoing connections (Linux: 32768 and more): one of these would have it while nobody
    listens, or a caller that knocks there again and again, from every port in turn, would meet itself."""
    while True:
        port = chance.randint(20_000, 32_000)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port


def _pushes(server: Server, one: Mapping[str, Any]) -> bool:
    """Whether the account's network pushes what happens: it is subscribed some seconds after it was connected."""
    body = {"account_id": one["account_id"], "type": "message", "text": "Anybody?"}
    return bool(server.call("POST", "/v1/sandbox/events", body)["webhooks"])
