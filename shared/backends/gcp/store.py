"""The store port on Firestore (Native mode).

It speaks through the client's generated layer (``google.cloud.firestore_v1``'s ``FirestoreClient``), not through its
``Client``: that one sends a commit again when the answer was lost, so that a ``create`` which succeeded would report
AlreadyExists, and a transaction's body would run again over its own effect. Here a write is sent once; a lost answer is
Unavailable, as the port says. Errors: https://cloud.google.com/firestore/docs/understand-error-codes (2026-11).
"""

from __future__ import annotations

import contextlib
import functools
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from shared.backends import indexes
from shared.backends.gcp.turns import Crowd, Turn
from shared.ports import store
from shared.ports.store import Doc, Query, Transaction, Write

if TYPE_CHECKING:
    from google.cloud.firestore_v1.services.firestore import FirestoreClient

T = TypeVar("T")
ATTEMPTS = 10  # of a transaction, or of a commit, that Firestore aborted (nothing was written)
PATIENCE = 20.0  # seconds after which no further attempt is begun
MAX_COMMIT_BYTES = 10 * 1_048_576  # one request, https://cloud.google.com/firestore/quotas (2026-11)
# A function that was frozen between requests finds its connection dead: notice within seconds, not minutes.
CHANNEL_OPTIONS = [
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


class FirestoreStore:
    """Documents in one Firestore database. Thread safe; the client loads and connects at the first call.

    ``emulator``: ``host:port`` of an emulator, else None for the real service with the environment's credentials.
    ``timeout``: seconds for one call. ``declared``: the composite indexes (default: ``indexes.json``).
    """

    def __init__(
        self,
        project: str,
        database: str = "(default)",
        *,
        emulator: str | None = None,
        timeout: float = 10.0,
        declared: Sequence[indexes.Index] | None = None,
    ) -> None:
        self._database = f"projects/{project}/databases/{database}"
        self._root = f"{self._database}/documents"
        self._emulator = emulator
        self._timeout = timeout
        self._plan = indexes.Planner(indexes.load() if declared is None else declared).plan
        self._connecting = threading.Lock()
        self._crowd = Crowd()
        self._client: FirestoreClient | None = None

    def get(self, path: str) -> Doc | None:
        return self._read(None, [path])[0]

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        return self._read(None, paths)

    def query(self, query: Query) -> list[Doc]:
        return self._query(None, query)

    def count(self, query: Query) -> int:
        plan = self._plan(query)
        with _errors():
            client, wire = self._api()
            counted = wire.structured(query, plan, self._root, paged=False)
            asked = {"structured_query": counted, "aggregations": [{"alias": "n", "count": {}}]}
            request = {"parent": wire.parent(query, self._root), "structured_aggregation_query": asked}
            answers = client.run_aggregation_query(request=request, **self._call(reading=True))
            return sum(int(answer.result.aggregate_fields["n"].integer_value) for answer in answers)

    def commit(self, writes: Sequence[Write]) -> None:
        check(writes)
        if not writes:
            return
        for _ in _attempts():
            with contextlib.suppress(Contended), _errors():
                self._commit(writes, b"")
                return
        raise store.Unavailable("contention: Firestore kept aborting the commit; nothing was written")

    def transact(self, body: Callable[[Transaction], T]) -> T:
        handle = b""
        for _ in _attempts():
            with _errors():
                handle = self._begin(handle)
            with self._crowd.turn() as turn:
                try:
                    return self._attempt(body, handle, turn)
                except Contended:
                    self._crowd.collided(turn.read)
                    self._roll_back(handle)
                except BaseException:
                    self._roll_back(handle)
                    raise
        raise store.Unavailable("contention: Firestore kept aborting the transaction; nothing was written")

    def _attempt(self, body: Callable[[Transaction], T], handle: bytes, turn: Turn) -> T:
        running = _Transaction(functools.partial(self._read, handle), functools.partial(self._query, handle), turn)
        answer = body(running)
        with _errors():
            self._commit(running.writes, handle)
        return answer

    def _read(self, transaction: bytes | None, paths: Sequence[str]) -> list[Doc | None]:
        for path in paths:
            indexes.check_path(path, "document")
        if not paths:
            return []
        with _errors():
            client, wire = self._api()
            names = list(dict.fromkeys(f"{self._root}/{path}" for path in paths))
            request: dict[str, Any] = {"database": self._database, "documents": names}
            if transaction is not None:
                request["transaction"] = transaction
            found: dict[str, Doc] = {}
            for answer in client.batch_get_documents(request=request, **self._call(reading=True)):
                message = type(answer).pb(answer)
                if message.HasField("found"):
                    doc = wire.document(message.found, self._root)
                    found[doc.path] = doc
            return [found.get(path) for path in paths]

    def _query(self, transaction: bytes | None, query: Query) -> list[Doc]:
        plan = self._plan(query)
        with _errors():
            client, wire = self._api()
            request: dict[str, Any] = {
                "parent": wire.parent(query, self._root),
                "structured_query": wire.structured(query, plan, self._root),
            }
            if transaction is not None:
                request["transaction"] = transaction
            answers = client.run_query(request=request, **self._call(reading=True))
            messages = (type(answer).pb(answer) for answer in answers)
            return [wire.document(m.document, self._root) for m in messages if m.HasField("document")]

    def _begin(self, earlier: bytes) -> bytes:
        client, _ = self._api()
        # Naming the aborted transaction keeps its place in the line for the locks.
        options = {"read_write": {"retry_transaction": earlier}}
        request = {"database": self._database, "options": options}
        return bytes(client.begin_transaction(request=request, **self._call(reading=True)).transaction)

    def _commit(self, writes: Sequence[Write], transaction: bytes) -> None:
        client, wire = self._api()
        messages = [wire.write(write, self._root) for write in writes]
        size = sum(message.ByteSize() for message in messages)
        if size > MAX_COMMIT_BYTES:
            raise store.TooLarge(f"a commit of {size} bytes; at most {MAX_COMMIT_BYTES}")
        request = {"database": self._database, "writes": messages, "transaction": transaction}
        client.commit(request=request, **self._call(reading=False))

    def _roll_back(self, transaction: bytes) -> None:
        # Only frees the locks sooner: what fails here expires there.
        with contextlib.suppress(store.StoreError), _errors():
            client, _ = self._api()
            client.rollback(
                request={"database": self._database, "transaction": transaction}, **self._call(reading=False)
            )

    def _call(self, *, reading: bool) -> dict[str, Any]:
        """How one call is made: reads again until the timeout, writes exactly once."""
        from google.api_core import exceptions
        from google.api_core.retry import Retry, if_exception_type

        again = if_exception_type(exceptions.ServiceUnavailable, exceptions.InternalServerError)
        retry = Retry(predicate=again, initial=0.1, maximum=1.0, timeout=self._timeout) if reading else None
        metadata = [("google-cloud-resource-prefix", self._database)]
        if self._emulator is not None:
            metadata.append(("authorization", "Bearer owner"))  # the emulator's word for "not subject to rules"
        return {"retry": retry, "timeout": self._timeout, "metadata": metadata}

    def _api(self) -> tuple[FirestoreClient, Any]:
        from shared.backends.gcp import _firestore

        with self._connecting:
            if self._client is None:
                self._client = _connect(self._emulator)
        return self._client, _firestore


def _connect(emulator: str | None) -> FirestoreClient:
    import grpc
    from google.cloud.firestore_v1.services.firestore import FirestoreClient
    from google.cloud.firestore_v1.services.firestore.transports import FirestoreGrpcTransport

    if emulator is not None:
        channel = grpc.insecure_channel(emulator, options=CHANNEL_OPTIONS)
    else:
        channel = FirestoreGrpcTransport.create_channel(options=CHANNEL_OPTIONS)
    return FirestoreClient(transport=FirestoreGrpcTransport(channel=channel))


class Contended(store.Unavailable):
    """Firestore gave way to another writer; nothing was written. Handled here, by trying again."""


class _Transaction:
    """One attempt at a transaction's body."""

    def __init__(
        self, read: Callable[[list[str]], list[Doc | None]], query: Callable[[Query], list[Doc]], turn: Turn
    ) -> None:
        self._read = read
        self._query = query
        self._turn = turn
        self.writes: list[Write] = []

    def get(self, path: str) -> Doc | None:
        self._reading()
        self._turn.reading(path)
        return self._read([path])[0]

    def query(self, query: Query) -> list[Doc]:
        self._reading()
        found = self._query(query)
        self._turn.read.update(doc.path for doc in found)
        return found

    def write(self, write: Write) -> None:
        check([*self.writes, write])
        self.writes.append(write)

    def _reading(self) -> None:
        if self.writes:
            raise store.ReadAfterWrite("a transaction reads first and writes afterwards")


def check(writes: Sequence[Write]) -> None:
    """Refuse what Firestore would refuse, before anything is sent."""
    if len(writes) > store.MAX_COMMIT_WRITES:
        raise store.TooLarge(f"{len(writes)} writes in one commit; at most {store.MAX_COMMIT_WRITES}")
    written: set[str] = set()
    for write in writes:
        indexes.check_path(write.path, "document")
        if write.op not in ("create", "set", "update", "delete"):
            raise store.InvalidWrite(f"{write.path}: unknown op {write.op!r}")
        if write.if_version is not None and write.op in ("create", "set"):
            raise store.InvalidWrite(f"{write.path}: if_version goes with update and delete, not {write.op}")
        if write.op == "create" and write.path in written:
            raise store.AlreadyExists(f"{write.path}: written before by the same commit")
        (written.discard if write.op == "delete" else written.add)(write.path)


def _attempts() -> Iterator[int]:
    """Count attempts, a random while apart, until one is left or patience ends."""
    began = time.monotonic()
    for attempt in range(ATTEMPTS):
        yield attempt
        if time.monotonic() - began > PATIENCE:
            return
        time.sleep(random.uniform(0, min(0.02 * 2**attempt, 1.0)))  # noqa: S311 (spreads writers; no secret)


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    """Google's errors as the port's."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except GoogleAPIError as error:
        raise translate(error) from error
    except GoogleAuthError as error:
        raise store.Unavailable(f"no credentials for Firestore: {error}") from error


def translate(error: Exception) -> store.StoreError:
    """The port's error for one of Google's. What is not listed is Unavailable: nobody knows what happened."""
    from google.api_core import exceptions

    said = str(error)
    match error:
        case exceptions.AlreadyExists():
            return store.AlreadyExists(said)
        case exceptions.NotFound():
            return store.NotFound(said)
        case exceptions.Aborted():
            return Contended(said)
        case exceptions.FailedPrecondition():
            return store.MissingIndex(said) if "requires an index" in said else store.Conflict(said)
        case exceptions.InvalidArgument():
            return _refusal(said)
        case _:
            return store.Unavailable(said)


def _refusal(said: str) -> store.StoreError:
    if "exceeds the maximum" in said or "longer than" in said or "maximum entity size" in said:
        return store.TooLarge(said)
    if "transaction has expired" in said or "no longer valid" in said:
        return store.Unavailable(said)
    return store.InvalidWrite(said)
