"""What callers and networks ask of an installation while it is killed, and what they were answered."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from shared.platforms import registry
from tests.contract.platforms import samples
from tests.e2e.posting import A_MINUTE, soon, target
from tests.e2e.server import Answer, Spoken
from tests.torture.patient import BETWEEN, Patient

PER_ACCOUNT = 12  # posts: the strictest network takes 15 a day
FAULTS = (
    "slow",
    "slow",
    "slow",
    "lost_reply",
    "lost_reply",
    "server_error",
    "token_expired",
    "rate_limited",
    "rejected",
)
Target = Mapping[str, Any]


@dataclass
class Asked:
    """A post that a caller asked for. ``answer``: the first one that arrived. ``cancelled``: what its DELETE was answered."""

    key: str
    body: Mapping[str, Any]
    answer: bytes = b""
    again: bytes | None = None
    cancelled: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        """The post's id."""
        return str(json.loads(self.answer)["id"])

    @property
    def texts(self) -> list[str]:
        """What each of its pieces says."""
        return [str(self.body["text"]), *(str(one["text"]) for one in self.body.get("segments", ()))]


@dataclass
class Ledger:
    """All that was asked. ``pushed``: ids of messages that their network pushes. ``refused``: what should not have been."""

    posts: list[Asked] = field(default_factory=list)
    pushed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass
class Pace:
    """So much may be asked by now: a kill allows some more, so that each meets fresh work."""

    ended: threading.Event = field(default_factory=threading.Event)
    _allowed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def more(self, count: int) -> None:
        """Allow so much more."""
        self._allowed.release(count)

    def turn(self) -> bool:
        """Wait until it is allowed; False once it is over."""
        while not self._allowed.acquire(timeout=0.1):
            if self.ended.is_set():
                return False
        return not self.ended.is_set()


def people(server: Spoken, names: Sequence[str], without: Collection[str] = ()) -> list[dict[str, Any]]:
    """Targets on every network whose posts followers can read: the account that is there, and those of further people."""
    found = []
    for name in (one for one in registry.publishing_names() if one not in without):
        manifest = registry.manifest(name)
        if samples.of_kind(manifest, samples.plainest(manifest)).shown:
            others = names if manifest.oauth.style == "redirect" else ()
            mine = (server.accounts()[name], *(server.connect(name, person) for person in others))
            found += [target(server, name, account=account) | {"platform": name} for account in mine]
    return found


def orders(chance: Random, prefix: str, targets: Sequence[Target]) -> Iterator[dict[str, Any]]:
    """Bodies of posts, all different, over the accounts in turn, until each has had its share. ``prefix``: no other's."""
    wordy = [one for one in targets if registry.manifest(_platform(one)).thread]
    for number in range(PER_ACCOUNT * len(targets) // 2):
        several = 1 + (chance.random() < 0.2)
        chosen = [targets[(2 * number + place) % len(targets)] for place in range(several)]
        made: dict[str, Any] = {"text": f"{prefix}-{number:05d}."}
        fault = chance.choice(FAULTS) if chance.random() < 0.35 else ""
        if wordy and chance.random() < 0.1:
            chosen, fault = [wordy[number % len(wordy)]], ""
            made["segments"] = [{"text": f"{prefix}-{number:05d}-{piece}."} for piece in (2, 3)]
        waits = fault == "rate_limited" and any(_platform(one) in A_MINUTE for one in chosen)
        made["text"] += f" [[sandbox:{fault}]]" if fault and not waits else ""
        made["targets"] = [{name: value for name, value in one.items() if name != "platform"} for one in chosen]
        yield made | _when(chance)


def _platform(target: Target) -> str:
    return str(target["platform"])


def _when(chance: Random) -> dict[str, Any]:
    """Now, or ``in`` so many seconds: the caller's clock says when that is."""
    return {"publish_now": True} if chance.random() < 0.5 else {"in": chance.uniform(0.2, 4.0)}


def post(client: Patient, ledger: Ledger, pace: Pace, chance: Random, bodies: Iterator[dict[str, Any]]) -> None:
    """Ask for post after post; some are cancelled at once, some asked for again though they were answered."""
    while pace.turn() and (body := next(bodies, None)) is not None:
        asked = Asked(str(body["text"])[:60], body)
        answer = _accepted(client, asked, body.pop("in", None))
        if answer.status != 201:
            ledger.refused.append(f"{asked.key}: {answer.status} {answer.body[:300]!r}")
            continue
        asked.answer = answer.body
        ledger.posts.append(asked)
        if chance.random() < 0.2:
            asked.again = client.insist("POST", "/v1/posts", asked.body, asked.key).body
        if chance.random() < 0.1:
            dropped = client.insist("DELETE", f"/v1/posts/{asked.id}")
            asked.cancelled = dropped.json if dropped.status == 200 else None


def _accepted(client: Patient, asked: Asked, seconds: float | None) -> Answer:
    """The answer. A time that had passed when somebody was there to judge it is another one, under another key."""
    while True:
        if seconds is not None:
            asked.body = {**asked.body, "scheduled_at": soon(seconds)}
        answer = client.insist("POST", "/v1/posts", asked.body, asked.key)
        if answer.status != 400 or answer.json["error"]["code"] != "validation.time_past":
            return answer
        asked.key += "+"


def push(client: Patient, ledger: Ledger, pace: Pace, targets: Sequence[Target]) -> None:
    """People write message after message; their networks push each once or twice."""
    for number in count():
        if not pace.turn():
            return
        body = {"account_id": targets[number % len(targets)]["account_id"], "type": "message", "text": f"{number}?"}
        body |= {"deliveries": 1 + number % 2}
        answer = client.once("POST", "/v1/sandbox/events", body)
        while (
            answer is None and not client.over.is_set()
        ):  # whether it was written nobody knows: they write another one
            client.again += 1
            time.sleep(BETWEEN)
            answer = client.once("POST", "/v1/sandbox/events", body)
        if answer is not None and answer.status == 201:
            ledger.pushed.append(str(answer.json["id"]))
        elif answer is not None and answer.status < 500:
            ledger.refused.append(f"message {number}: {answer.status} {answer.body[:300]!r}")
