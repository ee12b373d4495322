"""Work that is done again under its Idempotency-Key finds what it made the first time.

Whoever claims a request gets a seed, which stays in the record while nothing was answered. Ids and secrets are drawn from
it: a second run, after a crash or an answer that was lost on the way from the store, draws the same ones, its ``create``
finds that they are there already, and that is its success. No second brand, webhook, key, export or file is made.

Secrets take the caller's own key as well, which is not stored: who reads the record cannot draw them.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from shared.ports.ids import Ids
from shared.ports.store import AlreadyExists, Doc, Query, Store, Transaction, Write
from shared.ports.world import Ports

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # https://www.crockford.com/base32.html
T = TypeVar("T")


def repeatable(ports: Ports, seed: bytes, began: datetime) -> Ports:
    """The same ports for one run of the work: what it makes depends on ``seed`` and ``began`` alone."""
    drawn = _Drawn(seed, began)
    return replace(ports, ids=drawn, store=_Finding(ports.store, drawn))


class _Drawn(Ids):
    """The ids port, out of a seed: the n-th of its answers is the same in every run."""

    def __init__(self, seed: bytes, began: datetime) -> None:
        self.count = 0
        self.made: set[str] = set()
        self._seed = seed
        self._milliseconds = int(began.timestamp() * 1000)

    def new(self, prefix: str) -> str:
        number = (self._milliseconds & (1 << 48) - 1) << 80 | self._number(80)
        made = f"{prefix}_{''.join(_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))}"
        self.made.add(made)
        return made

    def token(self, bits: int = 256) -> str:
        from base64 import urlsafe_b64encode

        size = (bits + 7) // 8
        made = urlsafe_b64encode(self._number(size * 8).to_bytes(size)).rstrip(b"=").decode()
        self.made.add(hashlib.sha256(made.encode()).hexdigest())  # as documents are named that a secret opens
        return made

    def below(self, limit: int) -> int:
        return self._number(limit.bit_length() + 128) % limit  # 128 bits more: no residue is likelier than another

    def _number(self, bits: int) -> int:
        self.count += 1
        found = b""
        while len(found) * 8 < bits:
            said = f"{self.count}/{len(found)}".encode()
            found += hmac.new(self._seed, said, hashlib.sha256).digest()
        return int.from_bytes(found) & (1 << bits) - 1


class _Finding(Store):
    """The store; a ``create`` of what an earlier run made is done, and so is all that was to be written with it."""

    def __init__(self, store: Store, drawn: _Drawn) -> None:
        self._store = store
        self._drawn = drawn

    def get(self, path: str) -> Doc | None:
        return self._store.get(path)

    def get_many(self, paths: Sequence[str]) -> list[Doc | None]:
        return self._store.get_many(paths)

    def query(self, query: Query) -> list[Doc]:
        return self._store.query(query)

    def count(self, query: Query) -> int:
        return self._store.count(query)

    def commit(self, writes: Sequence[Write]) -> None:
        try:
            self._store.commit(writes)
        except AlreadyExists:
            if not self._is_there(writes):
                raise

    def transact(self, body: Callable[[Transaction], T]) -> T:
        began, runs = self._drawn.count, list[tuple[_Noted, T]]()

        def noted(txn: Transaction) -> T:
            self._drawn.count = began  # contention runs it again: it draws the same
            runs[:] = []
            seen = _Noted(txn)
            answer = body(seen)
            runs.append((seen, answer))
            return answer

        try:
            return self._store.transact(noted)
        except AlreadyExists:
            if not runs or not self._is_there(runs[0][0].writes):
                raise
            return runs[0][1]

    def _is_there(self, writes: Sequence[Write]) -> bool:
        """Whether an earlier run wrote these: its ids cannot be anybody else's."""
        created = (write.path for write in writes if write.op == "create")
        drawn = (path for path in created if not self._drawn.made.isdisjoint(path.split("/")))
        return any(self._store.get(path) is not None for path in drawn)


class _Noted(Transaction):
    """A transaction that keeps what it was told to write."""

    def __init__(self, txn: Transaction) -> None:
        self.writes: list[Write] = []
        self._txn = txn

    def get(self, path: str) -> Doc | None:
        return self._txn.get(path)

    def query(self, query: Query) -> list[Doc]:
        return self._txn.query(query)

    def write(self, write: Write) -> None:
        self.writes.append(write)
        self._txn.write(write)
