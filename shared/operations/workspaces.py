"""Workspaces: made with their first keys."""

from __future__ import annotations

from dataclasses import dataclass

from shared.domain import codec
from shared.domain.workspaces import Workspace, workspace_path
from shared.operations import keys
from shared.operations.keys import NewKey
from shared.ports.store import Write
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """A workspace and, this once, the raw text of its first two keys."""

    workspace: Workspace
    test: NewKey
    live: NewKey


def create(ports: Ports, name: str) -> NewWorkspace:
    """Make a workspace with a test key and a live key of full access, in one commit. Raises store.Unavailable."""
    workspace = Workspace(ports.ids.new("ws"), name, ports.clock.now())
    test = keys.mint(ports, workspace.id, "test", "First test key")
    live = keys.mint(ports, workspace.id, "live", "First live key")
    kept = Write("create", workspace_path(workspace.id), codec.encode(workspace))
    ports.store.commit([kept, keys.stored(test), keys.stored(live)])
    return NewWorkspace(workspace, test, live)
