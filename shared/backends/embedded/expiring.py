"""Firestore's TTL policies on one machine: what has ended is deleted, a few documents at a time.

No index by time is kept for it, which every write would pay for: the file is walked in the order in which documents were
first written, and from its beginning again at the end. A document is deleted only as it was read: what was renewed stays.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from shared.backends.embedded.store import EmbeddedStore
from shared.ports.clock import Clock
from shared.ports.store import Conflict, Doc, NotFound, Unavailable, Write

LOOKED = 2_000  # documents that one run looks at
log = logging.getLogger(__name__)


class Expiry:
    """Deletes what has ended in these collection groups (group to field)."""

    def __init__(self, store: EmbeddedStore, clock: Clock, fields: Mapping[str, str]) -> None:
        self._store = store
        self._clock = clock
        self._fields = fields
        self._after = 0

    def run(self, limit: int = LOOKED) -> int:
        """Look at the next ``limit`` documents; answers how many were deleted. Safe beside any other writer; a store that
        does not answer is asked again the next time."""
        try:
            return self._run(limit)
        except Unavailable:
            log.warning("what has ended could not be deleted now")
            return 0

    def _run(self, limit: int) -> int:
        found, self._after = self._store.walk(tuple(self._fields), self._after, limit)
        now = self._clock.now()
        return sum(self._deleted(doc) for doc in found if self._over(doc, now))

    def _over(self, doc: Doc, now: datetime) -> bool:
        ends = doc.data.get(self._fields[doc.path.split("/")[-2]])
        return isinstance(ends, datetime) and ends <= now

    def _deleted(self, doc: Doc) -> bool:
        try:
            self._store.commit([Write("delete", doc.path, if_version=doc.version)])
        except (Conflict, NotFound):  # somebody wrote it meanwhile, or was faster
            return False
        return True
