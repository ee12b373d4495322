"""Reading a table of posts: CSV as spreadsheets write it (RFC 4180), row by row into commands.

A row is told by the number that a spreadsheet shows: the header is row 1, and a cell with line breaks is still one row.
"""

from __future__ import annotations

import csv
import io
import json
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NoReturn, cast, get_args

from shared.domain.errors import Invalid, RostrumError
from shared.operations.posts.commands import CreatePost, MediaInput, TargetOrder, Visibility
from shared.operations.posts.issues import nearest

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 1000
MAX_TEXT = 100_000  # characters of one cell
COLUMNS = (
    "text",
    "title",
    "account_ids",
    "scheduled_at",
    "visibility",
    "first_comment",
    "platform_data",
    "board_id",
    "timezone",
    "media_urls",
    "tags",
    "campaign_id",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the spreadsheet, its cells by column, and what it asks for or why that cannot be read."""

    number: int
    cells: Mapping[str, str]
    command: CreatePost | RostrumError


def read(raw: bytes) -> list[Row]:
    """All rows but the empty ones. Raises Invalid when the file as such cannot be read."""
    if len(raw) > MAX_BYTES:
        message = f"file: at most {MAX_BYTES} bytes, and it has {len(raw)}. Split the file."
        raise Invalid("validation.body_too_large", message, field="file", limit=MAX_BYTES, counted_in="bytes")
    records = _records(_text(raw))
    header = next(records, None)
    if header is None:
        _refuse(f"The file is empty. Its first row names the columns: {', '.join(COLUMNS)}; only text is required.")
    names = _names(header)
    full = ((number, record) for number, record in enumerate(records, 2) if any(cell.strip() for cell in record))
    rows = [_row(number, names, record) for number, record in islice(full, MAX_ROWS)]
    if next(full, None) is not None:  # not counted to the end: five megabytes hold millions of rows
        message = f"file: at most {MAX_ROWS} rows in one import, and there are more. Split the file."
        raise Invalid("validation.body_invalid", message, field="file", limit=MAX_ROWS)
    return rows


def _text(raw: bytes) -> str:
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        _refuse("The file is UTF-16. Save it as «CSV UTF-8».")
    try:
        return raw.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        _refuse(f"The file is not UTF-8 (byte {error.start}). Save it as «CSV UTF-8».")


def _records(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        why = next((said for known, said in _FAULTS.items() if known in str(error)), str(error))
        _refuse(f"The file is no CSV at line {reader.line_num}: {why}. Write a quote within a quoted cell twice.")


_FAULTS = {
    "unexpected end of data": "a quote is opened and never closed",
    "field larger than field limit": f"a cell is far longer than {MAX_TEXT} characters, or a quote is never closed",
}


def _names(header: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip().lower() for cell in header)
    while names and not names[-1]:  # spreadsheets write the empty columns at the right, too
        names = names[:-1]
    if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
        _refuse("The columns are separated by semicolons or tabs. Separate them by commas.")
    for name in names:
        if name not in COLUMNS:
            guess = nearest(name, COLUMNS)
            hint = f"Did you mean {guess}?" if guess else f"Known: {', '.join(COLUMNS)}."
            meta = {"column": name[:64]} | ({"did_you_mean": guess} if guess else {})
            message = f"The first row names a column {name[:64]!r}, which is not known. {hint}"
            raise Invalid("validation.body_invalid", message, field="file", **meta)
        if names.count(name) > 1:
            _refuse(f"The first row names the column {name} twice.")
    if "text" not in names:
        _refuse("The first row names no column text.")
    return names


def _row(number: int, names: Sequence[str], record: Sequence[str]) -> Row:
    cells = {name: cell for name, cell in zip(names, record, strict=False) if cell.strip()}
    try:
        if any(cell.strip() for cell in record[len(names) :]):
            counts = f"The row has {len(record)} cells, and the header {len(names)}."
            _refuse(f"{counts} Put a cell that holds a comma in quotes.", "row")
        return Row(number, cells, _command(cells))
    except Invalid as error:
        return Row(number, cells, error)


def _command(cells: Mapping[str, str]) -> CreatePost:
    for name, cell in cells.items():
        if "\x00" in cell or len(cell) > MAX_TEXT:
            _refuse(f"{name}: a cell holds at most {MAX_TEXT} characters, and no NUL.", name)
    media = tuple(MediaInput("url", url) for url in _list(cells.get("media_urls", "")))
    if not cells.get("text") and not media:
        _refuse("text: it is empty, and there are no media_urls.", "text", "validation.field_required")
    board = cells.get("board_id", "").strip() or None
    accounts = tuple(TargetOrder(one, board_id=board) for one in _list(cells.get("account_ids", "")))
    return replace(
        CreatePost(cells.get("text", ""), cells.get("title", "").strip(), accounts, media),
        first_comment=cells.get("first_comment", ""),
        visibility=_visibility(cells.get("visibility", "").strip().lower()),
        scheduled_at=cells.get("scheduled_at", "").strip() or None,
        timezone=cells.get("timezone", "").strip() or None,
        platform_data=_platform_data(cells.get("platform_data", "")),
        tags=tuple(_list(cells.get("tags", ""))),
        campaign_id=cells.get("campaign_id", ""),
        check_duplicates=True,
    )


def _list(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _visibility(cell: str) -> Visibility:
    known = get_args(Visibility)
    if cell and cell not in known:
        _refuse(f"visibility: it must be one of {', '.join(known)}.", "visibility", "validation.field_invalid")
    return cast(Visibility, cell or "public")


def _platform_data(cell: str) -> dict[str, dict[str, Any]]:
    if not cell.strip():
        return {}
    try:
        found = json.loads(cell, parse_constant=_no_number)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(options, dict) for options in found.values()):
        example = '{"a platform": {"an option": "its value"}}'
        _refuse(f"platform_data: write a JSON object by platform, such as {example}.", "platform_data")
    if "\\u" in cell and not _encodable(found):
        _refuse("platform_data: it holds half of a surrogate pair.", "platform_data")
    return found


def _encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _refuse(message: str, field: str = "file", code: str = "validation.body_invalid") -> NoReturn:
    raise Invalid(code, message, field=field)
