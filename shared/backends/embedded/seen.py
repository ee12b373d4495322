"""Documents that were read before: what has not changed is not parsed again, and often not even asked for.

Every commit of every process changes the header of the file's wal-index before it returns, and that header lies in
shared memory (https://www.sqlite.org/walformat.html#the_wal_index_file_format, 2026-11). Whoever finds it as it was
when a document was read knows that the document is as it was: SQLite keeps its own page cache by the same comparison.
"""

from __future__ import annotations

import mmap
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from shared.backends.embedded import values
from shared.ports.store import Doc

_MANY, _LONG = 1024, 16_384  # documents, and characters of the longest: 16 MB at most
_ONE = "SELECT path, version, data FROM documents WHERE path = ?"
_COPY = 48  # bytes of the header, which stands there twice
_FORMAT = (3_007_000).to_bytes(4, sys.byteorder)  # the only one there is; of another we know nothing


class WalIndex:
    """The header of the wal-index beside the file at ``path``, which a connection must have opened.

    Close it after every connection: closing a file ends all of the process's locks on it, SQLite's too.
    """

    def __init__(self, path: Path) -> None:
        self._map: mmap.mmap | None = None
        try:
            self._file = Path(f"{path}-shm").open("rb")  # noqa: SIM115 - open as long as the database
            self._map = mmap.mmap(self._file.fileno(), 2 * _COPY, access=mmap.ACCESS_READ)
        except (OSError, ValueError):
            return  # then every read asks SQLite

    def state(self) -> bytes | None:
        """Another value after each commit of any process; None while nobody can tell."""
        if self._map is None:
            return None
        first, second = self._map[:_COPY], self._map[_COPY:]
        return first if first == second and first[:4] == _FORMAT and first[12] == 1 else None

    def close(self) -> None:
        """Tell nothing from now on."""
        found, self._map = self._map, None
        if found is not None:
            found.close()
            self._file.close()


def commits_between(before: bytes, after: bytes) -> int:
    """How many transactions were committed from the one state to the other."""
    counts = (int.from_bytes(state[8:12], sys.byteorder) for state in (after, before))
    return (next(counts) - next(counts)) % (1 << 32)


class Seen:
    """The documents of one file that were read last, by path. Thread safe without a lock: what is replaced is replaced
    as a whole, and what a thread adds too late lies in a dict that nobody looks at any more."""

    def __init__(self, index: WalIndex) -> None:
        self._index = index
        self._docs: dict[str, Doc] = {}
        self._sure: tuple[bytes, dict[str, Doc]] = (b"", {})  # a state of the file, and documents as they are in it
        self._begun: tuple[bytes, dict[str, Doc]] = (b"", {})

    def state(self) -> bytes | None:
        """The file's state now; see :class:`WalIndex`."""
        return self._index.state()

    def sure(self, paths: Sequence[str]) -> list[Doc | None]:
        """The documents that are certainly still so, None where SQLite has to be asked."""
        state, docs = self._sure
        return [docs.get(path) for path in paths] if self._index.state() == state else [None] * len(paths)

    def note(self, state: bytes | None, docs: Iterable[Doc]) -> None:
        """These were read after the file was in ``state``."""
        if state is None or self._index.state() != state:
            return  # something was committed meanwhile
        sure = self._sure
        if sure[0] != state or len(sure[1]) >= _MANY:
            sure = self._sure = (state, {})
        sure[1].update({doc.path: doc for doc in docs if self._docs.get(doc.path) is doc})

    def begin(self) -> None:
        """A writer has the file to itself from here to :meth:`committed`."""
        sure = self._sure
        self._begun = sure if sure[0] == self._index.state() else (b"", {})

    def committed(self, paths: Iterable[str]) -> None:
        """The writer has committed, and changed nothing but these documents: the others are still so."""
        (before, docs), now = self._begun, self._index.state()
        if not before or now is None or commits_between(before, now) != 1:
            return  # another process was as fast
        still = docs.copy()
        for path in paths:
            still.pop(path, None)
        since = self._sure
        if since[0] == now:
            still.update(since[1].copy())
        self._sure = (now, still)

    def one(self, connection: sqlite3.Connection, path: str) -> Doc | None:
        """The document at this path, as the connection sees it."""
        row = connection.execute(_ONE, (path,)).fetchone()
        return self.doc(*row) if row else None

    def doc(self, path: str, version: str, text: str) -> Doc:
        """The document of a row."""
        known = self._docs.get(path)
        if known is not None and known.version == version:
            return known
        made = Doc(path, values.load(text), version)
        if len(text) <= _LONG:
            if len(self._docs) >= _MANY:
                self._docs = {}
            self._docs[path] = made
        return made
