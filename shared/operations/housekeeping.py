"""What the schedule asks for each minute: overdue targets first, then what nobody will need any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.operations import brand_deletion, choosing, consents, invites, publishing, signing_in, user_deletion
from shared.operations.exports import sweeping
from shared.operations.publishing.sweeping import Swept
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Kept:
    """What one minute's run did: ``forgotten`` counts consents that nobody finished, choices nobody made, invites and
    sessions that are over."""

    swept: Swept
    forgotten: int


def keep(ports: Ports, body: Mapping[str, Any] | None = None) -> Kept:
    """One run; safe to run twice at once and safe to be skipped. Raises store.Unavailable: the next run goes on."""
    swept = publishing.sweep(ports, body)
    forgotten = consents.forget_expired(ports) + choosing.forget_expired(ports) + invites.forget_expired(ports)
    forgotten += signing_in.forget_expired(ports)
    user_deletion.go_on(ports)
    brand_deletion.go_on(ports)
    sweeping.sweep(ports)
    return Kept(swept, forgotten)
