"""What a network's pushes prove of a piece: it is there, for the network calls it by the key that was sent along with it.

Kept when it is told, because that may be before anybody doubts; read only where the network cannot be asked (``reconciling``).
The key is 128 bits that nobody but the network and we have seen. It proves that a piece is there, and never that it is not.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.evidence import Evidence, evidence_path
from shared.domain.posts import Target
from shared.platforms.contract import Published
from shared.ports.store import AlreadyExists, Write
from shared.ports.world import Ports

KEPT = timedelta(days=2)  # a piece is in doubt for hours at most


def keep(ports: Ports, account: Account, key: str, network_id: str) -> None:
    """The network has told that what was sent with ``key`` is ``network_id``. One write. Raises store.Unavailable."""
    made = Evidence(network_id, ports.clock.now() + KEPT)
    with suppress(AlreadyExists):
        ports.store.commit([Write("create", evidence_path(account.space, account.id, key), codec.encode(made))])


def of(ports: Ports, target: Target) -> Published | None:
    """What is known of the piece at hand. One read. Raises store.Unavailable."""
    doc = ports.store.get(evidence_path(target.space, target.account_id, target.piece.key))
    return Published(codec.decode(Evidence, doc.data).network_id) if doc else None
