"""What the schedule asks for each minute: overdue targets first, then what nobody will need any more."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from shared.operations import publishing
from shared.operations.publishing.sweeping import Swept
from shared.ports import about
from shared.ports.store import Unavailable
from shared.ports.world import Ports

log = logging.getLogger(__name__)
# Named, not imported: whoever publishes loads none of them. Each takes the ports, and is safe to be run twice.
_FORGET = ("consents", "choosing", "invites", "signing_in")  # forget_expired(ports) -> how many
_GO_ON = (
    ("user_deletion", "go_on"),
    ("brand_deletion", "go_on"),
    ("exports.sweeping", "sweep"),
    ("telling", "sweep"),
    ("webhooks.tending", "sweep"),
    ("ingesting.sweeping", "sweep"),
    ("chores_planning", "go_on"),
    ("inbox.forgetting", "go_on"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What one minute's run did: ``forgotten`` counts consents that nobody finished, choices nobody made, invites and
    sessions that are over."""

    swept: Swept
    forgotten: int


def keep(ports: Ports, body: Mapping[str, Any] | None = None) -> Kept:
    """One run; safe to run twice at once and safe to be skipped. Raises store.Unavailable: the next run goes on."""
    swept = publishing.sweep(ports, body)
    forgotten = sum(_done(ports, name, "forget_expired") or 0 for name in _FORGET)
    for name, work in _GO_ON:
        _done(ports, name, work)
    return Kept(swept, forgotten)


def _done(ports: Ports, name: str, work: str) -> Any:
    """One of the jobs; what is wrong with it must not keep the others waiting. Raises store.Unavailable."""
    try:
        with about.part():
            return getattr(import_module(f"shared.operations.{name}"), work)(ports)
    except Unavailable:
        raise
    except Exception:  # a document that cannot be read, a refusal nobody foresaw: told, and tried again next minute
        log.exception("a job of the minute failed", extra={"job": f"{name}.{work}"})
    return None
