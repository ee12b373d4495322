"""What the bus tells of posts and actions, kept: in the events log, and in the inbox what was answered from here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.operations import events
from shared.operations.inbox import owning
from shared.ports.world import Ports


def observe(ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
    """One message. Answers what the log made of it. Safe to repeat. Raises store.Unavailable, and what is wrong with the action:
    it is in the log by then.
    """
    said = events.observe(ports, data, attributes)
    owning.observe(ports, data, attributes)
    return said
