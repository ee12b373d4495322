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
from shared.operations.exports.report import FIGURES
from shared.operations.exports.table import COLUMNS, FORMULA

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


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
    _chart(book, rows)
    book.close()
    return target.getvalue()


def _chart(book: Workbook, rows: Sequence[Row]) -> None:
    """How the posts did by when they went out: views by the axis on the left, what people did by the one on the right."""
    told = [name for name in FIGURES if any(getattr(row, name) is not None for row in rows)]
    if not told:
        return
    chart, names = book.add_chart({"type": "scatter"}), [name for _, name, _ in COLUMNS]
    for name in told:
        column = names.index(name)
        chart.add_series(
            {
                "name": ["Posts", 0, column],
                "categories": ["Posts", 1, names.index("published_at"), len(rows), names.index("published_at")],
                "values": ["Posts", 1, column, len(rows), column],
                "y2_axis": name != "views" and "views" in told,
            }
        )
    chart.set_title({"name": "Posts by when they went out"})
    chart.set_x_axis({"num_format": "yyyy-mm-dd"})
    chart.set_y_axis({"name": "Views" if "views" in told else "", "min": 0})
    chart.set_y2_axis({"min": 0})
    sheet = book.add_chartsheet("Chart")
    sheet.set_chart(chart)


def _write(sheet: Worksheet, at: tuple[int, int], value: Any, quoted: Format) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(*at, _naive(value))
    elif isinstance(value, int):
        sheet.write_number(*at, value)
    elif value:
        sheet.write_string(*at, str(value), quoted if str(value).startswith(FORMULA) else None)


def _naive(at: datetime) -> datetime:
    """Excel knows no time zones."""
    return at.astimezone(UTC).replace(tzinfo=None)
