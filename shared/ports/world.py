"""All ports together: what an operation receives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.ports.blobs import Blobs
    from shared.ports.bus import Bus
    from shared.ports.clock import Clock
    from shared.ports.http import Http, OutsideHttp
    from shared.ports.identity import Identity
    from shared.ports.ids import Ids
    from shared.ports.payments import Payments
    from shared.ports.queue import Queue
    from shared.ports.store import Store
    from shared.ports.vault import Vault


@dataclass(frozen=True, slots=True)
class Ports:
    """The world, as operations see it. ``http`` is the real network; ``sandbox`` answers with simulators.

    ``public_url``: where callers and networks reach this installation, without a trailing slash. ``webhooks_url``: where networks
    deliver (``{webhooks_url}/webhooks/{platform}``) where that is another address; see :attr:`delivered_to`.
    ``apps``: the installation's app credentials (client id, secret) per platform name; empty where none is set.
    ``payments``: who takes the money, None where nobody does. ``default_plan``: the tier of workspaces that have none of their own.
    ``identity``: who people are, None where nobody can sign in or show a token.
    ``memory``: what this process remembers between requests, by operation: only what may be forgotten at any time.
    """

    store: Store
    queue: Queue
    bus: Bus
    vault: Vault
    blobs: Blobs
    http: OutsideHttp
    sandbox: Http
    clock: Clock
    ids: Ids
    public_url: str
    apps: Apps
    payments: Payments | None = None
    default_plan: str = "self_hosted"
    identity: Identity | None = None
    memory: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    webhooks_url: str = ""

    @property
    def delivered_to(self) -> str:
        """What networks are told to deliver to, without ``/webhooks/{platform}``."""
        return self.webhooks_url or self.public_url


if TYPE_CHECKING:
    from collections.abc import Mapping

    Apps = Mapping[str, Mapping[str, str]]
