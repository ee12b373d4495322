"""What is left of an app's budgets at its network, shared by all processes: leased in slices, so that few calls cost a write.

``network_budgets/{platform}.{app}.{budget}``: a window's number and how much of its background share was given out. A process
leases a fiftieth of the share, less when little is left, and keeps it until the window ends. Where a network's answers say
themselves how much is used, each process heeds what it was told (:func:`hold`): the next one is told the same with its first call.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock

from shared.domain.accounts import Account
from shared.operations import recent
from shared.operations.recent import Recent
from shared.platforms import _usage
from shared.platforms.manifest import Budget
from shared.ports.store import Transaction, Write
from shared.ports.world import Ports

SLICES = 50
MAX_APPS = 10_000  # whose slices a process remembers


@dataclass(slots=True)
class _Slice:
    lock: Lock = field(default_factory=Lock)
    window: int = 0
    left: int = 0
    spent_until: datetime | None = None


def key(account: Account, client_id: str) -> str:
    """Whose budget an account's calls are of: the app's; in the sandbox, where all share one app, the workspace's."""
    whose = f"{account.space}|{client_id}" if account.sandbox else client_id
    return f"{account.platform}.{hashlib.sha256(whose.encode()).hexdigest()[:24]}"


def budget_path(key: str, budget: Budget) -> str:
    """``network_budgets/{platform}.{app}.{budget}``"""
    return f"network_budgets/{key}.{budget.name}"


def take(ports: Ports, key: str, budget: Budget) -> datetime | None:
    """Count one call; when to ask again, where background work has had its share. Raises store.Unavailable."""
    now = ports.clock.now()
    window = _usage.window(budget, now)[0]
    mine = _slices(ports).setdefault(f"{key}.{budget.name}", _Slice())
    with mine.lock:
        if mine.window != window:
            mine.window, mine.left, mine.spent_until = window, 0, None
        if mine.left == 0 and (mine.spent_until is None or mine.spent_until <= now):
            share, until = _usage.allowed(budget, now)
            mine.left = _leased(ports, budget_path(key, budget), share, window)
            mine.spent_until = until if mine.left == 0 else None
        if mine.left == 0:
            return mine.spent_until
        mine.left -= 1
        return None


def hold(ports: Ports, key: str, until: datetime) -> None:
    """The app's network says that enough is used: this process asks it nothing in the background before then."""
    recent.of(ports, "network_holds", MAX_APPS).put(key, until)


def held_until(ports: Ports, key: str) -> datetime | None:
    """Until when this process keeps away from the app's network; it may be over."""
    found: datetime | None = recent.of(ports, "network_holds", MAX_APPS).get(key)
    return found


def _leased(ports: Ports, path: str, share: int, window: int) -> int:
    def body(txn: Transaction) -> int:
        doc = txn.get(path)
        granted = int(doc.data["granted"]) if doc and doc.data.get("window") == window else 0
        size = max(0, min(ceil(share / SLICES), ceil((share - granted) / 4)))
        if size:
            txn.write(Write("set", path, {"window": window, "granted": granted + size}))
        return size

    return ports.store.transact(body)


def _slices(ports: Ports) -> Recent[_Slice]:
    return recent.of(ports, "network_budgets", MAX_APPS)
