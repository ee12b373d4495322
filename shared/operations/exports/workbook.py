"""The Excel file. Everything that somebody else wrote is text: no cell of it is ever a formula.

A text that begins as a formula would carries Excel's own mark for text (the quote prefix) as well, so that it stays text
when a person edits the cell. https://owasp.org/www-community/attacks/CSV_Injection (2026-11)
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from shared.domain.exports import Export, Row

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

COLUMNS: tuple[tuple[str, str, int], ...] = (  # heading, field, width
    ("Published (UTC)", "published_at", 20),
    ("Title", "title", 30),
    ("Text", "text", 60),
    ("Link", "permalink", 40),
    ("Views", "views", 10),
    ("Likes", "likes", 10),
    ("Comments", "comments", 10),
    ("Shares", "shares", 10),
    ("Saves", "saves", 10),
    ("Seconds", "duration_seconds", 10),
    ("Width", "width", 8),
    ("Height", "height", 8),
    ("Id at the network", "platform_post_id", 24),
    ("Post", "post_id", 32),
    ("Remark", "error", 40),
)
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def made(export: Export, rows: Sequence[Row]) -> bytes:
    """The file's bytes."""
    import xlsxwriter

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {**_PLAIN, "default_date_format": "yyyy-mm-dd hh:mm"})
    book.set_properties({"title": "Published posts", "created": _naive(export.created_at)})
    sheet = book.add_worksheet("Posts")
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    heading, quoted = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
    for column, (title, _, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, heading)
    for number, row in enumerate(rows, 1):
        for column, (_, name, _) in enumerate(COLUMNS):
            _write(sheet, (number, column), getattr(row, name), quoted)
    book.close()
    return target.getvalue()


def _write(sheet: Worksheet, at: tuple[int, int], value: Any, quoted: Format) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*at, _naive(value))
    elif isinstance(value, int):
        sheet.write_number(*at, value)
    elif value:
        sheet.write_string(*at, str(value), quoted if str(value).startswith(_FORMULA) else None)


def _naive(at: datetime) -> datetime:
    """Excel knows no time zones."""
    return at.astimezone(UTC).replace(tzinfo=None)
