"""What the installation's own operations cost, at list prices, as dated data. Free quotas and discounts are left out.

Quantities per target are our own counts (``make bench``, docs/performance.md). Prices: US dollars, a multi-region
Firestore database and a Tier 1 region of Cloud Run; other regions differ. The list prices were compared with copies of the
pages below, not with a bill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

READ_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """One operation: its price in US dollars, and where that stands."""

    name: str
    usd: Decimal
    url: str
    on: date = READ_ON


_FIRESTORE = "https://cloud.google.com/firestore/pricing"
_RUN = "https://cloud.google.com/run/pricing"
READ = UnitPrice("firestore_read", Decimal("0.06") / 100_000, _FIRESTORE)
WRITE = UnitPrice("firestore_write", Decimal("0.18") / 100_000, _FIRESTORE)
# A task is two operations: the call that makes it, and its delivery (https://cloud.google.com/tasks/pricing, 2026-11).
TASK = UnitPrice("task_operation", Decimal("0.40") / 1_000_000, "https://cloud.google.com/tasks/pricing")
INVOCATION = UnitPrice("invocation", Decimal("0.40") / 1_000_000, _RUN)
CPU_SECOND = UnitPrice("vcpu_second", Decimal("0.000024"), _RUN)
MEMORY_SECOND = UnitPrice("gib_second", Decimal("0.0000025"), _RUN)
# 40 USD per TiB, of what is published and again of what is delivered; at least 1,000 bytes each.
MESSAGE = UnitPrice("message_kib", Decimal(40) / 1024**3, "https://cloud.google.com/pubsub/pricing")

# One target whose network answers at once: accepted, armed, sent, settled, announced. Seconds: an instance (1 vCPU,
# 512 MiB) that does nothing else meanwhile, which is the most that it can be.
PER_TARGET: tuple[tuple[UnitPrice, Decimal], ...] = (
    (READ, Decimal(6)),
    (WRITE, Decimal(6)),
    (TASK, Decimal(2)),
    (INVOCATION, Decimal(2)),
    (CPU_SECOND, Decimal("0.5")),
    (MEMORY_SECOND, Decimal("0.25")),
    (MESSAGE, Decimal(2)),
)
# Each further piece, and each further attempt: arm, settle, one more task.
PER_SEND: tuple[tuple[UnitPrice, Decimal], ...] = (
    (READ, Decimal(3)),
    (WRITE, Decimal(3)),
    (TASK, Decimal(2)),
    (INVOCATION, Decimal(1)),
    (CPU_SECOND, Decimal("0.5")),
    (MEMORY_SECOND, Decimal("0.25")),
)


def total(rows: tuple[tuple[UnitPrice, Decimal], ...], times: int = 1) -> Decimal:
    """US dollars."""
    return sum((price.usd * count for price, count in rows), Decimal(0)) * times
