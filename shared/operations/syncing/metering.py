"""Background calls within a network's budgets: every one is counted, and what would go beyond their share is not sent.

Calls are counted by our own count where the network's documents name a limit, and by its own headers where its answers
carry them: these know of everybody's calls, so publishing and people have the rest to themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from urllib.parse import urlsplit

from shared.domain.accounts import Account
from shared.domain.chores import spread
from shared.operations.syncing import quotas, thrift
from shared.platforms import _usage, registry
from shared.platforms.manifest import Budget, Manifest
from shared.ports.http import Http, NotSent, Request, Response
from shared.ports.world import Ports

Spendings = dict[str, list[int]]  # of an account, by budget: the window's number, and the calls in it


class Spent(NotSent):
    """Nothing was sent: background work has used its share until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"the share of background work is used until {until.isoformat()}")
        self.until = until


@dataclass(slots=True)
class Meter:
    """What one account's background work has used. ``until``: it may ask nothing before then. Thread safe."""

    ports: Ports
    account: Account
    key: str
    spendings: Spendings
    until: datetime | None = None
    calls: int = 0
    _lock: RLock = field(default_factory=RLock)

    def over(self, http: Http) -> Http:
        """The http port, metered."""
        return _Metered(http, self)

    def take(self, host: str) -> None:
        """Count one call. Raises Spent, store.Unavailable."""
        with self._lock:
            now = self.ports.clock.now()
            held = quotas.held_until(self.ports, self.key)
            for until in (self.until, held):
                if until is not None and until > now:
                    raise self._stopped(until)
            listed = thrift.budgets(self.ports, self.account, self.key)
            counted = [one for one in listed if not one.hosts or host in one.hosts]
            for budget in sorted(counted, key=lambda one: one.per):  # the account's own first: they cost nothing
                self._take(budget, now)
            self.calls += 1

    def note(self, response: Response) -> None:
        """Heed what an answer says of budgets."""
        with self._lock:
            now = self.ports.clock.now()
            for row in self._manifest.usage:
                used = _usage.read(row, response.headers, now)
                if used is None or used.share < row.background:
                    continue
                self._stopped(used.resets_at)
                if row.per == "app":
                    quotas.hold(self.ports, self.key, used.resets_at)

    @property
    def _manifest(self) -> Manifest:
        return registry.manifest(self.account.platform)

    def _take(self, budget: Budget, now: datetime) -> None:
        if budget.per == "app":
            if (until := quotas.take(self.ports, self.key, budget)) is not None:
                raise self._stopped(until)
            return
        number, (most, until) = _usage.window(budget, now)[0], _usage.allowed(budget, now)
        known = self.spendings.get(budget.name, [number, 0])
        used = known[1] if known[0] == number else 0
        if used >= most:
            raise self._stopped(until)
        self.spendings[budget.name] = [number, used + 1]

    def _stopped(self, until: datetime) -> Spent:
        self.until = max(self.until, until) if self.until else until
        return Spent(self.until)


@dataclass(frozen=True, slots=True)
class _Metered:
    inner: Http
    meter: Meter

    def send(self, request: Request) -> Response:
        """As ports.Http; Spent, too."""
        self.meter.take((urlsplit(request.url).hostname or "").lower())
        response = self.inner.send(request)
        self.meter.note(response)
        return response


def rejoined(account_id: str, until: datetime, now: datetime) -> datetime:
    """When an account asks again after a budget has begun anew: spread, and in another order each time."""
    over = min(timedelta(hours=1), max(timedelta(minutes=1), (until - now) / 4))
    return until + spread(f"{account_id}|{int(until.timestamp())}", "sync", over)
