"""Exports of a workspace: the latest ones, one of them, its rows."""

from __future__ import annotations

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.errors import Invalid, Missing
from shared.domain.exports import Export, ExportStatus, Row, export_path
from shared.operations import lookup, permissions
from shared.operations.exports import files
from shared.operations.exports.asking import LATEST_FIRST, SCOPE
from shared.ports.store import Query
from shared.ports.world import Ports

SHOWN = 50


def list_(ports: Ports, caller: Caller, status: ExportStatus | None = None) -> list[Export]:
    """The 50 latest. Raises Forbidden."""
    permissions.scope(caller, SCOPE)
    collection = f"workspaces/{caller.space}/exports"
    where = (("status", "==", status),) if status else ()
    docs = ports.store.query(Query(collection, where=where, order_by=LATEST_FIRST, limit=SHOWN))  # type: ignore[arg-type]
    return [codec.decode(Export, doc.data) for doc in docs]


def get(ports: Ports, caller: Caller, export_id: str) -> Export:
    """One of them. Raises Forbidden, Missing."""
    permissions.scope(caller, SCOPE)
    doc = ports.store.get(export_path(caller.space, export_id)) if lookup.plain(export_id) else None
    if doc is None:
        shown = export_id[:128]
        text = f"No export {shown!r} in this workspace."
        raise Missing("resource.not_found", text, resource="export", id=shown)
    return codec.decode(Export, doc.data)


def rows(ports: Ports, caller: Caller, export_id: str) -> tuple[Export, list[Row]]:
    """The export and its rows. Raises Forbidden, Missing, Invalid (not completed, or expired)."""
    export = get(ports, caller, export_id)
    if export.status != "completed":
        raise Invalid("export.not_ready", f"The export is {export.status}: rows are there once it is completed.")
    if export.expires_at and export.expires_at <= ports.clock.now():
        raise Invalid(
            "export.expired", f"The export's rows were kept until {export.expires_at:%Y-%m-%d}: ask for another."
        )
    return export, files.rows(ports, export)
