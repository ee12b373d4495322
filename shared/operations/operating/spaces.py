"""The spaces of an installation, workspace by workspace, and what is noted in their audits."""

from __future__ import annotations

from collections.abc import Iterator

from shared.domain.audit import Act
from shared.domain.errors import Missing
from shared.domain.workspaces import workspace_path
from shared.operations import auditing, lookup
from shared.ports.store import Query, Transaction
from shared.ports.world import Ports

MODES = ("test", "live")
OPERATOR = "operator"  # the actor of audits' entries


def every(ports: Ports, workspace: str = "") -> Iterator[str]:
    """``{workspace}.test`` and ``{workspace}.live`` of every workspace, or of that one (``ws_1``, or a space of it ``ws_1.live``).

    Raises Missing, store.Unavailable.
    """
    if workspace:
        name, _, mode = workspace.partition(".")
        if mode not in ("", *MODES) or not lookup.plain(name) or ports.store.get(workspace_path(name)) is None:
            raise Missing("workspace.not_found", f"workspace: there is no {workspace[:80]!r} in this installation.")
        yield from (f"{name}.{one}" for one in MODES if mode in ("", one))
        return
    for doc in lookup.every(ports, Query("workspaces")):
        yield from (f"{doc.id}.{mode}" for mode in MODES)


def note(ports: Ports, space: str, act: Act, resource_id: str, **details: str) -> None:
    """One entry in the space's audit. Raises store.Unavailable."""

    def body(txn: Transaction) -> None:
        auditing.opened(ports, txn, space).add(txn, OPERATOR, act, resource_id, **details)

    ports.store.transact(body)
