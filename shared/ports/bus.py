"""The bus port: fan-out of domain events to whoever subscribed (Pub/Sub on Google Cloud)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What :meth:`Bus.publish` takes."""

    topic: str
    data: Mapping[str, Any]
    attributes: Mapping[str, str]


class Bus(Protocol):
    """At-least-once publication. Thread safe.

    A message published twice has two message ids: consumers deduplicate by the event's own ``id`` attribute.
    """

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one JSON message (at most 10 MB) and answer the bus's message id, once it is durable.

        Raises BusUnavailable (it may or may not have been published), BusRefused (unknown topic or too large).
        """

    def publish_before(self, messages: Sequence[Message], commit: Callable[[], None]) -> None:
        """Publish the messages, then run ``commit``, which notes in the store that they are: never the other way round.

        A bus that lies in the store's own file does both in one transaction; any other publishes first. Raises what
        ``commit`` raises, and what :meth:`publish` raises: nothing was noted then, and some may have been published.
        """
        for message in messages:
            self.publish(message.topic, message.data, message.attributes)
        commit()


class BusError(Exception):
    """Root of the bus's errors."""


class BusUnavailable(BusError):
    """The bus did not answer clearly."""


class BusRefused(BusError):
    """The topic does not exist, or the message is over 10 MB."""
