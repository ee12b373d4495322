"""An export's rows and files: read from its parts, written to the blobs, reached by signed URLs while they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shared.domain import codec
from shared.domain.exports import Export, Part, Row, blob_key, export_path
from shared.operations import lookup
from shared.ports.blobs import MAX_URL_AGE
from shared.ports.store import Query
from shared.ports.world import Ports

WORKBOOK, REPORT, TABLE = "export.xlsx", "report.html", "export.csv"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html; charset=utf-8"
CSV = "text/csv; charset=utf-8"
MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the files can be fetched by anyone, for a while. ``table`` None: of an export that was made before there were any."""

    excel: str
    report: str
    table: str | None


def rows(ports: Ports, export: Export) -> list[Row]:
    """All rows, the latest post first."""
    docs = lookup.every(ports, Query(f"{export_path(export.space, export.id)}/parts"))
    parts = sorted((codec.decode(Part, doc.data) for doc in docs), key=lambda part: part.number)
    return [row for part in parts[: export.parts] for row in part.rows]


def write(ports: Ports, export: Export) -> None:
    """The workbook, the report and the table. Raises BlobsUnavailable, store.Unavailable."""
    from shared.operations.exports import report, table, workbook

    listed = rows(ports, export)
    made = (
        (WORKBOOK, workbook.made(export, listed), EXCEL),
        (REPORT, report.made(export, listed), HTML),
        (TABLE, table.made(listed), CSV),
    )
    for name, content, kind in made:
        ports.blobs.put(blob_key(export, name), [content], kind, MAX_BYTES)


def urls(ports: Ports, export: Export) -> Urls | None:
    """Links that live for a day, never longer than the files; None where there are no files (yet, or any more)."""
    left = export.expires_at - ports.clock.now() if export.expires_at else timedelta()
    if export.status != "completed" or left <= timedelta():
        return None
    age = min(left, timedelta(days=1), MAX_URL_AGE)
    excel, page = (ports.blobs.download_url(blob_key(export, name), age) for name in (WORKBOOK, REPORT))
    return Urls(excel, page, ports.blobs.download_url(blob_key(export, TABLE), age) if export.table else None)


def forget(ports: Ports, export: Export) -> None:
    """Its files are gone afterwards. Raises BlobsUnavailable."""
    for name in (WORKBOOK, REPORT, TABLE):
        ports.blobs.delete(blob_key(export, name))
