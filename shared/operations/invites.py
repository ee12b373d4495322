"""Invites: links by which somebody outside connects one account to a brand."""

from __future__ import annotations

from shared.domain import codec
from shared.domain.invites import Invite
from shared.operations import lookup
from shared.ports.store import Query, Write
from shared.ports.world import Ports


def revoke_all(ports: Ports, space: str, brand_id: str) -> None:
    """Revoke what is open of a brand that goes. Repeatable. Raises store.Unavailable."""
    now = ports.clock.now()
    for doc in list(
        lookup.every(ports, Query("invites", where=(("space", "==", space), ("brand_id", "==", brand_id))))
    ):
        if codec.decode(Invite, doc.data).is_active(now):
            ports.store.commit([Write("update", doc.path, {"revoked_at": now})])
