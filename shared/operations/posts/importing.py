"""Posts from a CSV file: rows are independent, each makes its post once, and a bad one is told by its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.callers import Caller
from shared.domain.errors import RostrumError
from shared.operations.posts import csv_rows, labels
from shared.operations.posts.batching import PATIENCE, Batch, Item, Outcome, make, not_reached, unclear
from shared.operations.posts.commands import CreatePost
from shared.operations.posts.csv_rows import Row
from shared.operations.posts.planning import plan
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


def import_(ports: Ports, caller: Caller, raw: bytes, batch: Batch, *, dry_run: bool = False) -> Imported:
    """Make the file's posts, or only judge them. Raises Invalid when the file as such cannot be read."""
    rows = csv_rows.read(raw)
    if dry_run:
        return Imported(len(rows), tuple(_judged(ports, caller, rows)), True)
    made = make(ports, caller, batch, [Item(row.number, row.cells, row.command) for row in rows])
    return Imported(len(rows), tuple(made), False)


def column(error: RostrumError) -> tuple[str, str]:
    """The column that an error is about (empty: the row as such), and its message in the file's words."""
    field, message = str(error.meta.get("field") or ""), error.message
    known = field.partition(".")[0] if field.startswith("platform_data") else field
    name = next((name for shape, name in _COLUMNS if shape.fullmatch(field)), known)
    if field and message.startswith(field):
        message = name + message.removeprefix(field)
    return (name if name in csv_rows.COLUMNS else ""), message


def _judged(ports: Ports, caller: Caller, rows: Sequence[Row]) -> list[Outcome]:
    until = ports.clock.monotonic() + PATIENCE
    return [Outcome(row.number, error=_issue(ports, caller, row.command, until)) for row in rows]


def _issue(ports: Ports, caller: Caller, command: CreatePost | RostrumError, until: float) -> RostrumError | None:
    if isinstance(command, RostrumError):
        return command
    if ports.clock.monotonic() > until:
        return not_reached()
    try:
        plan(ports, caller, labels.tidied(command)).found.raise_if_any()
    except RostrumError as error:
        return error
    except StoreError:
        return unclear()
    return None
