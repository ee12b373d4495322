"""What a workspace has decided about its posts: read and changed."""

from __future__ import annotations

from typing import Literal

from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.post_settings import PostSettings, settings_path
from shared.operations import auditing
from shared.ports.store import Write
from shared.ports.world import Ports


def read(ports: Ports, caller: Caller) -> PostSettings:
    """The settings of the caller's workspace and mode. One read. Raises store.Unavailable."""
    doc = ports.store.get(settings_path(caller.space))
    return codec.of(PostSettings, doc) if doc else PostSettings()


def change(ports: Ports, caller: Caller, approval: Literal["none", "required"] | None) -> PostSettings:
    """Decide; None leaves things as they are. Raises store.Unavailable."""
    if approval is None:
        return read(ports, caller)
    made = PostSettings(approval, ports.clock.now())
    kept = [Write("set", settings_path(caller.space), codec.encode(made))]
    auditing.commit(ports, caller, "settings.changed", "posts", kept, approval=approval)
    return made
