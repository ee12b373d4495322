"""From counted requests to amounts of what Google bills: for posts, accounts, webhooks, an idle month, and whole months. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.cost.counted import Case, Counted, Group
from bench.cost.prices import DAYS, Assumption

GIB = 2**30
MB = 1_000_000
ASIS = ("requests", "reads", "writes", "deletes", "tasks", "message bytes", "file writes", "file reads")
SECONDS = DAYS * 86_400
KEYRING = 1  # secret versions of the installation's own
Bill = dict[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """An installation in a month: connected accounts, and posts to one account each."""

    name: str
    accounts: int
    posts: int


@dataclass(frozen=True, slots=True)
class Choice:
    """What an installation chooses. ``per_account``: a secret each, in place of the sealed store. ``every``: minutes between
    runs of what the schedule asks for each minute. ``polled``: whether accounts are looked after beside their posts."""

    per_account: bool = False
    every: int = 1
    polled: bool = True
    shared: int = 1  # requests that share an instance's time


@dataclass(frozen=True, slots=True)
class Model:
    """``functions``: rows of functions/manifest.json by name; ``given``: the assumptions; ``alerts``: conditions."""

    counted: Counted
    given: Mapping[str, Assumption]
    functions: Mapping[str, Mapping[str, Any]]
    alerts: int
    choice: Choice = field(default_factory=Choice)

    def case(self, case: Case, file: float = 0.0) -> Bill:
        """What its requests amount to. ``file``: MB of the file that goes with it, in place of the one that was counted."""
        units: Counter[str] = Counter()
        seconds: Bill = {"vcpu seconds": 0.0, "gib seconds": 0.0}
        for group in case:
            units.update(group.units)
            self._timed(group, seconds)
        found: Bill = {name: float(units[name]) for name in ASIS} | seconds
        moved = round(units["bytes sent"] / units["file bytes"]) if units["file bytes"] else 0
        found["sent gib"] = (units["bytes sent"] + moved * (file * MB - units["file bytes"])) / GIB
        found["file gib"] = (file * MB if moved else 0.0) / GIB * self.given["files kept"].value
        found["log gib"] = units["requests"] * self.given["line"].value * 1000 / GIB
        if self.choice.per_account:
            found["secret accesses"] = float(units["secret accesses"])
        return found

    def seconds(self, group: Group) -> float:
        """Of one request: its CPU time, and what it waits for, rounded up."""
        waits = sum(number * self.given[service].value for service, number in group.trips.items())
        step = self.given["rounding"].value
        return math.ceil((self.counted.cpu[group.function] + waits) / step - 1e-9) * step

    def _timed(self, group: Group, seconds: Bill) -> None:
        if not group.units.get("requests"):
            return  # a part of a run that is counted elsewhere
        row = self.functions[group.function]
        taken = group.times * self.seconds(group) / self.choice.shared
        seconds["vcpu seconds"] += taken * float(row["cpu"])
        seconds["gib seconds"] += taken * int(str(row["memory"]).removesuffix("Mi")) / 1024

    def mean(self, scene: str, file: str = "") -> Bill:
        """Over the networks of a scene."""
        cases = self.counted.scenes[scene].values()
        size = self.given[file].value if file else 0.0
        return scaled(added(self.case(case, size) for case in cases), 1 / len(cases))

    def account(self) -> Bill:
        """One account in a month in which nobody posts to it, nobody speaks to it."""
        bill = scaled(self.mean("kept"), DAYS / 30)
        return bill | ({"secret versions": 1.0} if self.choice.per_account else {})

    def outbound(self) -> Bill:
        """What one event adds that goes to an endpoint."""
        cases = self.counted.scenes["sent_on"]
        return added((self.case(cases["with"]), scaled(self.case(cases["without"]), -1)))

    def read(self) -> Bill:
        """A request that reads: the mean of those that are asked most."""
        cases = self.counted.scenes["read"]["api"]
        return scaled(self.case(cases), 1 / sum(group.times for group in cases))

    def runs(self, name: str) -> float:
        """How often the schedule calls this function in a month."""
        minute = str(self.functions[name]["schedule"]).split()[0]
        every = int(minute.removeprefix("*/")) if "/" in minute else 1
        return SECONDS / 60 / max(every, self.choice.every)

    def idle(self) -> dict[str, Bill]:
        """A month of the schedule where nothing is due, by function."""
        return {name: scaled(self.case(case), self.runs(name)) for name, case in self.counted.scenes["idle"].items()}

    def standing(self) -> Bill:
        """What a month costs by being deployed: jobs and secrets."""
        jobs = sum(1 for row in self.functions.values() if row["trigger"] == "schedule")
        secrets = KEYRING + self.given["apps"].value
        return {"jobs": float(jobs), "secret versions": secrets}

    def watched(self) -> Bill:
        """What Google asks for alerts, where it does: on its own, because nobody here knows whether."""
        return {"alerts": float(self.alerts)}

    def warm(self) -> Bill:
        """One instance of the api that never goes away, less than what it works."""
        row = self.functions["api"]
        gib = int(str(row["memory"]).removesuffix("Mi")) / 1024
        return {"idle vcpu seconds": SECONDS * float(row["cpu"]), "idle gib seconds": SECONDS * gib}

    def post(self) -> Bill:
        """One post of the mix, with what is read of it, delivered of it and heard of it."""
        images, videos = self.given["images"].value, self.given["videos"].value
        parts = [scaled(self.mean("text"), 1 - images - videos), scaled(self.mean("image", "image"), images)]
        parts += [scaled(self.mean("video", "video"), videos), scaled(self.read(), self.given["reads"].value)]
        parts += [scaled(self.mean("inbound"), self.given["inbound"].value)]
        parts += [scaled(self.outbound(), self.given["outbound"].value)]
        return added(parts)

    def month(self, size: Size) -> Bill:
        """All of a month."""
        parts = [*self.idle().values(), self.standing(), scaled(self.post(), size.posts)]
        parts += [scaled(self.account(), size.accounts if self.choice.polled else 0)]
        if self.choice.per_account:
            parts += [{"secret versions": float(size.accounts)}] if not self.choice.polled else []
        return added([*parts, {"stored gib": self.stored() * size.posts * self.given["months"].value}])

    def stored(self) -> float:
        """GiB of documents that a post leaves, with their indexes."""
        cases = self.counted.scenes["text"].values()
        held = sum(group.units.get("stored bytes", 0) for case in cases for group in case) / len(cases)
        return held * self.given["indexed"].value / GIB


def added(bills: Iterable[Bill]) -> Bill:
    """All of them together."""
    found: Bill = {}
    for bill in bills:
        for name, amount in bill.items():
            found[name] = found.get(name, 0.0) + amount
    return found


def scaled(bill: Bill, times: float) -> Bill:
    """So many of it."""
    return {name: amount * times for name, amount in bill.items()}
