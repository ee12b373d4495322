"""Each minute: exports whose task was lost get another one, and what has expired is removed."""

from __future__ import annotations

import logging
from dataclasses import replace

from shared.domain import codec
from shared.domain.exports import OVERDUE, Export, export_path
from shared.operations import lookup
from shared.operations.exports import asking, files
from shared.ports.blobs import BlobsError
from shared.ports.store import Conflict, Doc, NotFound, Query, Write
from shared.ports.world import Ports

PAGE = 20
AT_ONCE = 100  # documents of one commit
log = logging.getLogger(__name__)


def sweep(ports: Ports) -> int:
    """A page of what is due; safe to run twice at once. Answers how many it moved. Raises store.Unavailable."""
    now = ports.clock.now()
    query = Query(group="exports", where=(("wake_at", "<=", now),), order_by=(("wake_at", "asc"),), limit=PAGE)
    return sum(_moved(ports, doc) for doc in ports.store.query(query))


def _moved(ports: Ports, doc: Doc) -> bool:
    export = codec.decode(Export, doc.data)
    over = export.status in ("completed", "failed")
    gone = over and _removed(ports, export)
    after = replace(export, tick=export.tick + 1, wake_at=None if gone else ports.clock.now() + OVERDUE)
    changes = {"tick": after.tick, "wake_at": after.wake_at}
    try:
        ports.store.commit([Write("update", doc.path, changes, doc.version)])
    except (Conflict, NotFound):
        return False
    if not over:
        asking.enqueue(ports, after)
    return True


def _removed(ports: Ports, export: Export) -> bool:
    """Its rows and files are gone; the entry in the list stays."""
    try:
        files.forget(ports, export)
    except BlobsError:
        log.warning("an export's files could not be removed, tried again", extra={"export_id": export.id})
        return False
    found = lookup.every(ports, Query(f"{export_path(export.space, export.id)}/parts"))
    writes = [Write("delete", doc.path) for doc in found]
    for start in range(0, len(writes), AT_ONCE):
        ports.store.commit(writes[start : start + AT_ONCE])
    return True
