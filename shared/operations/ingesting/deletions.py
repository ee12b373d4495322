"""A person asked a network to have us forget them: the confirmation that the network wants, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from shared.domain.raw_events import raw_path
from shared.operations import lookup
from shared.operations.ingesting import receiving
from shared.operations.ingesting.applying import NOBODY
from shared.platforms import registry
from shared.ports.world import Ports

_SAID: Mapping[str, str] = {
    "waiting": "Your request was received and is being carried out.",
    "done": "Your request was carried out: your accounts were disconnected, what they gave us access with is destroyed, and "
    "what we had of your profile is deleted.",
    NOBODY: "Your request was received. We found no account here that is connected by you.",
    "dead": "Your request was received and could not be carried out yet: whoever runs this installation was told.",
}


def confirmation(ports: Ports, platform: str, path: str, event_id: str) -> dict[str, str] | None:
    """What a data deletion callback is answered with; None for any other delivery."""
    name = registry.resolve(platform)
    if registry.manifest(name).hooks.callbacks.get(path) != "erase":
        return None
    url = f"{ports.delivered_to}/webhooks/{name}/{path}?code={event_id}"
    return {"url": url, "confirmation_code": event_id}


def status(ports: Ports, platform: str, path: str, code: str) -> str | None:
    """What became of it, in words for the person; None for a code that is not known, or is too old.

    Raises NoWebhooks, store.Unavailable.
    """
    name = receiving.resolved(platform, path)
    doc = ports.store.get(raw_path(code)) if code and lookup.plain(code) else None
    if doc is None or (doc.data["platform"], doc.data["path"]) != (name, path):
        return None
    state, reason = doc.data["state"], doc.data["reason"]
    return _SAID[NOBODY if (state, reason) == ("done", NOBODY) else state]
