"""Posts from a CSV file: rows are independent, each makes its post once, and a bad one is told by its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shared.domain.callers import Caller
from shared.domain.errors import RostrumError
from shared.operations import allowances
from shared.operations.posts import csv_rows
from shared.operations.posts.batching import PATIENCE, Batch, Item, Outcome, answered, make, not_reached, unclear
from shared.operations.posts.creating import rehearse
from shared.operations.posts.csv_rows import Row
from shared.operations.posts.duplicates import Said
from shared.ports.store import StoreError
from shared.ports.world import Ports

# How the rooms below name what stands in these columns.
_COLUMNS = (
    (re.compile(r"targets\[\d+\]\.account_id|targets"), "account_ids"),
    (re.compile(r"targets\[\d+\]\.board_id"), "board_id"),
    (re.compile(r"media(\[\d+\](\.source)?)?"), "media_urls"),
    (re.compile(r"tags\[\d+\]"), "tags"),
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of each row, in the file's order. ``settled``: sending the file again would change nothing."""

    rows: int
    outcomes: tuple[Outcome, ...]
    dry_run: bool

    @property
    def settled(self) -> bool:
        return all(outcome.settled for outcome in self.outcomes)


def import_(
    ports: Ports, caller: Caller, raw: bytes, batch: Batch, *, dry_run: bool = False, skip_duplicate_check: bool = False
) -> Imported:
    """Make the file's posts, or only judge them: the same rows are refused. Raises Invalid when the file as such cannot be read."""
    rows = csv_rows.read(raw)
    if skip_duplicate_check:
        rows = [_unchecked(row) for row in rows]
    items = [Item(row.number, row.cells, row.command) for row in rows]
    if dry_run:
        return Imported(len(rows), tuple(_judged(ports, caller, batch, items)), True)
    made = make(ports, caller, batch, items)
    return Imported(len(rows), tuple(made), False)


def column(error: RostrumError) -> tuple[str, str]:
    """The column that an error is about (empty: the row as such), and its message in the file's words."""
    field, message = str(error.meta.get("field") or ""), error.message
    known = field.partition(".")[0] if field.startswith("platform_data") else field
    name = next((name for shape, name in _COLUMNS if shape.fullmatch(field)), known)
    if field and message.startswith(field):
        message = name + message.removeprefix(field)
    return (name if name in csv_rows.COLUMNS else ""), message


def _unchecked(row: Row) -> Row:
    if isinstance(row.command, RostrumError):
        return row
    return replace(row, command=replace(row.command, check_duplicates=False))


def _judged(ports: Ports, caller: Caller, batch: Batch, items: Sequence[Item]) -> list[Outcome]:
    run = _Rehearsal(ports, caller, ports.clock.monotonic() + PATIENCE)
    try:
        before = answered(ports, caller, batch, items)
    except StoreError:
        return [Outcome(item.place, error=unclear()) for item in items]
    return [Outcome(item.place, error=run.issue(item, known)) for item, known in zip(items, before, strict=True)]


@dataclass(slots=True)
class _Rehearsal:
    """One dry run: what its rows would have said, and used of the plan."""

    ports: Ports
    caller: Caller
    until: float
    said: Said = field(default_factory=Said)
    counted: int = 0

    def issue(self, item: Item, known: RostrumError | bool) -> RostrumError | None:
        """What the row would be refused for. ``known``: it was made before, or its key says something else."""
        command = item.command
        if known is True:
            return None
        if isinstance(command, RostrumError) or isinstance(known, RostrumError):
            return command if isinstance(command, RostrumError) else known or None
        if self.ports.clock.monotonic() > self.until:
            return not_reached()
        try:
            if rehearse(self.ports, self.caller, command, self.said):
                allowances.check_posts(self.ports, self.caller, self.counted + 1)
                self.counted += 1
        except RostrumError as error:
            return error
        except StoreError:
            return unclear()
        return None
