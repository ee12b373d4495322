"""The store port: documents, declared indexes, atomic commits.

The shape is Firestore's (Native mode), because that is the stricter of the two worlds: what this port allows is what
Firestore allows, and the embedded backend refuses what Firestore would refuse.

Paths alternate collection and document: ``workspaces/ws_1.test/posts/post_9``. A *collection path* has an odd number
of segments (``workspaces/ws_1.test/posts``); a *collection group* is a bare name (``targets``) and means every
collection of that name, whichever workspace it is in. Group queries cross workspaces, so only the named sweep
operations may use them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")
Data = Mapping[str, Any]
Op = Literal["==", "<", "<=", ">", ">=", "in", "array_contains"]
Direction = Literal["asc", "desc"]

MAX_DOCUMENT_BYTES = 1_048_576  # 1 MiB, https://cloud.google.com/firestore/quotas (2026-11)
MAX_COMMIT_WRITES = 500  # kept well below by callers: at most 100


@dataclass(frozen=True, slots=True)
class Doc:
    """One stored document. ``version`` is opaque: pass it back as ``if_version`` to write only if nothing changed.

    ``data`` is read only: a backend may hand the same document to several readers. ``memo``: what a reader made of it, by
    type, so that the next one need not (``codec.of``).
    """

    path: str
    data: dict[str, Any]
    version: str
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Write:
    """One write of an atomic commit.

    * ``create``: the document must not exist yet (else :class:`AlreadyExists`).
    * ``set``: replace or create.
    * ``update``: the document must exist (else :class:`NotFound`); top-level fields of ``data`` replace its own,
      other fields stay. Keys with dots are field names, never paths.
    * ``delete``: gone afterwards, whether or not it existed.

    ``if_version`` (on update and delete) demands that the document still has that version (else :class:`Conflict`).
    """

    op: Literal["create", "set", "update", "delete"]
    path: str
    data: Data = field(default_factory=dict)
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A query over one collection, or over a collection group.

    Exactly one of ``collection`` (a path) and ``group`` (a name) is set. Filters: equality on any fields, range on at
    most one field, and then the first ``order_by`` must be that field. Documents that lack a filtered or ordered field
    are not found. Ties are ordered by document path, in the direction of the last ``order_by``.

    ``start_after`` is a :class:`Doc` returned by the same query, or None.

    Indexes: equality-only queries without ``order_by`` need none; everything else, and every group query, needs an
    entry in ``shared/backends/indexes.json`` (else :class:`MissingIndex`, before anything is read). A collection query
    with one range or order field and no other filter is served by Firestore's automatic single-field index.
    """

    collection: str | None = None
    group: str | None = None
    where: tuple[tuple[str, Op, Any], ...] = ()
    order_by: tuple[tuple[str, Direction], ...] = ()
    limit: int = 100
    start_after: Doc | None = None


class Transaction(Protocol):
    """Reads first, then writes; a read after the first write raises :class:`ReadAfterWrite`."""

    def get(self, path: str) -> Doc | None: ...

    def query(self, query: Query) -> list[Doc]: ...

    def write(self, write: Write) -> None:
        """Buffer one write; all are applied together when the body returns."""


class Store(Protocol):
    """Documents with atomic commits. Values: None, bool, int (64 bit), float, str, bytes, aware UTC datetime, list
    (not directly inside a list), dict with str keys. Datetimes keep microseconds and come back aware, in UTC.

    Thread safe. Reads see every commit that returned before they began (strong consistency), also group queries.
    """

    def get(self, path: str) -> Doc | None:
        """The document, or None. Raises Unavailable."""

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        """The documents in the order of ``paths``, None where absent; one round trip. Raises Unavailable."""

    def query(self, query: Query) -> list[Doc]:
        """At most ``limit`` documents. Raises MissingIndex, InvalidWrite (a malformed query), Unavailable."""

    def count(self, query: Query) -> int:
        """How many documents the query finds, without reading them (limit and start_after are ignored)."""

    def commit(self, writes: Sequence[Write]) -> None:
        """All or nothing.

        Raises AlreadyExists, NotFound, Conflict (nothing was written), TooLarge, InvalidWrite (nothing was written),
        Unavailable (nobody knows whether it was written: read back what you need to know).
        """

    def transact(self, body: Callable[[Transaction], T]) -> T:
        """Run ``body`` in a transaction and commit its writes; answer what it returned.

        ``body`` may run several times (contention), so it must have no effect but through the transaction. Raises what
        ``commit`` raises (except Conflict of contention, which is retried and then becomes Unavailable), and what
        ``body`` raises, in which case nothing was written.
        """


class StoreError(Exception):
    """Root of the store's errors."""


class Unavailable(StoreError):
    """The store did not answer, or not clearly: a write may or may not have happened."""


class AlreadyExists(StoreError):
    """``create`` met an existing document. Nothing was written."""


class NotFound(StoreError):
    """``update`` met no document. Nothing was written."""


class Conflict(StoreError):
    """``if_version`` did not hold. Nothing was written."""


class TooLarge(StoreError):
    """A document over 1 MiB or a commit over 500 writes. Nothing was written."""


class InvalidWrite(StoreError):
    """A path, value, write or query that Firestore would refuse."""


class MissingIndex(StoreError):
    """The query needs a composite index that ``indexes.json`` does not declare."""


class ReadAfterWrite(StoreError):
    """A transaction read after its first write."""


def utc(value: datetime) -> datetime:
    """``value`` as the store returns it: aware and in UTC. Naive datetimes are a programming error."""
    from datetime import UTC

    if value.tzinfo is None:
        raise InvalidWrite("datetimes in documents must be aware")
    return value.astimezone(UTC)
