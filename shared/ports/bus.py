"""The bus port: fan-out of domain events to whoever subscribed (Pub/Sub on Google Cloud)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Bus(Protocol):
    """At-least-once publication. Thread safe.

    A message published twice has two message ids: consumers deduplicate by the event's own ``id`` attribute.
    """

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one JSON message (at most 10 MB) and answer the bus's message id, once it is durable.

        Raises BusUnavailable (it may or may not have been published), BusRefused (unknown topic or too large).
        """


class BusError(Exception):
    """Root of the bus's errors."""


class BusUnavailable(BusError):
    """The bus did not answer clearly."""


class BusRefused(BusError):
    """The topic does not exist, or the message is over 10 MB."""
