"""The bus port on the SQLite file: one durable push per subscription, delivered by the queue's worker."""

from __future__ import annotations

import base64
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from shared.backends.embedded import deliveries
from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.deliveries import Delivery
from shared.ports.bus import BusRefused, BusUnavailable
from shared.ports.clock import Clock

MAX_MESSAGE_BYTES = 10_000_000  # https://cloud.google.com/pubsub/quotas (2026-11)


class EmbeddedBus:
    """Topics in the SQLite file at ``path``; ``topics`` maps each to the functions that subscribed to it.

    A subscriber gets a POST to ``/_functions/{function}`` in Pub/Sub's push shape (also as a binary CloudEvent, see
    the worker), at least once, until it answers 2xx or seven days have passed.
    """

    def __init__(self, path: str | os.PathLike[str], clock: Clock, topics: Mapping[str, Sequence[str]]) -> None:
        self._clock = clock
        self._topics = {topic: tuple(functions) for topic, functions in topics.items()}
        try:
            self._database = open_database(path, self)
        except FileError as error:
            raise BusUnavailable(str(error)) from error

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        """Publish one JSON message and answer its id, once it is durable. Raises BusUnavailable, BusRefused."""
        if topic not in self._topics:
            raise BusRefused(f"there is no topic {topic!r}")
        now = self._clock.now()
        message = {
            "data": base64.b64encode(_payload(data, attributes)).decode(),
            "attributes": dict(attributes),
            "messageId": uuid.uuid4().hex,
            "publishTime": now.isoformat().replace("+00:00", "Z"),
        }
        rows = [
            Delivery(
                f"bus:{topic}:{function}",
                str(message["messageId"]),
                "push",
                function,
                _push(message, topic, function),
                now,
            )
            for function in self._topics[topic]
        ]
        try:
            self._database.write(lambda held: deliveries.insert(held, rows))
        except FileError as error:
            raise BusUnavailable(str(error)) from error
        self._database.announce()
        return str(message["messageId"])

    def close(self) -> None:
        """Close the file; the bus cannot be used afterwards."""
        self._database.close(self)


def _payload(data: Mapping[str, Any], attributes: Mapping[str, str]) -> bytes:
    try:
        payload = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise BusRefused(f"data: not JSON ({error})") from None
    if any(not isinstance(item, str) for pair in attributes.items() for item in pair):
        raise BusRefused("attributes: names and values are strings")
    size = len(payload) + sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
    if size > MAX_MESSAGE_BYTES:
        raise BusRefused(f"a message of {size} bytes, the limit is {MAX_MESSAGE_BYTES}")
    return payload


def _push(message: Mapping[str, Any], topic: str, function: str) -> str:
    subscription = f"projects/local/subscriptions/{topic}-{function}"
    return json.dumps({"message": message, "subscription": subscription}, separators=(",", ":"))
