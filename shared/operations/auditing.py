"""The audit, written in the transaction of what it tells of: where it cannot be written, the act does not happen.

Two ways: :func:`commit` in place of ``store.commit``; and inside a transaction :func:`opened` before its first write, then
:meth:`Chain.add`. ``audits`` reads and checks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain import codec
from shared.domain.audit import Act, Entry, Head, digest, entry_path, head_path
from shared.domain.callers import Caller
from shared.ports.store import Store, Transaction, Write
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Chain:
    """A space's chain in a transaction that has read its head."""

    ports: Ports
    space: str
    ends: list[Head]

    def add(self, txn: Transaction, actor: str, act: Act, resource_id: str, **details: str) -> None:
        """Write one entry. ``details``: names and ids only; what is empty is left out."""
        last, now = self.ends[0], self.ports.clock.now()
        said = {name: value for name, value in details.items() if value}
        made = Entry(last.seq + 1, self.space, now, act, actor, resource_id, last.hash, details=said)
        made = replace(made, hash=digest(made))
        self.ends[0] = Head(made.seq, made.hash, now)
        txn.write(Write("create", entry_path(self.space, made.seq), codec.encode(made)))
        txn.write(Write("set", head_path(self.space), codec.encode(self.ends[0])))


def opened(ports: Ports, txn: Transaction, space: str) -> Chain:
    """Read the chain's end. Before the transaction's first write."""
    return Chain(ports, space, [head_of(txn, space)])


def commit(
    ports: Ports, caller: Caller, act: Act, resource_id: str, writes: Sequence[Write] = (), **details: str
) -> None:
    """As ``store.commit``, with an entry about what the caller did. Raises what that raises."""

    def body(txn: Transaction) -> None:
        chain = opened(ports, txn, caller.space)
        for write in writes:
            txn.write(write)
        chain.add(txn, caller.actor, act, resource_id, **details)

    ports.store.transact(body)


def head_of(store: Store | Transaction, space: str) -> Head:
    """The chain's end, of an empty chain its beginning. Raises store.Unavailable."""
    doc = store.get(head_path(space))
    return codec.decode(Head, doc.data) if doc else Head()
