"""The bus port on the SQLite file: one durable push per subscription, delivered by the queue's worker."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.backends.embedded import deliveries
from shared.backends.embedded.database import FileError, open_database
from shared.backends.embedded.deliveries import Delivery
from shared.ports.bus import Bus, BusRefused, BusUnavailable, Message
from shared.ports.clock import Clock

MAX_MESSAGE_BYTES = 10_000_000  # https://cloud.google.com/pubsub/quotas (2026-11)


class EmbeddedBus(Bus):
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
        """Publish one JSON message and answer its id. Raises BusUnavailable, BusRefused.

        It survives the end of the process at once, and a power cut from the next synced commit on: whatever is noted in the
        store because of it is one.
        """
        number, rows = self._pushes(Message(topic, data, attributes))
        self._written(lambda: self._database.write(_inserting(rows), durable=False))
        return number

    def publish_before(self, messages: Sequence[Message], commit: Callable[[], None]) -> None:
        """Both in one transaction; ``commit`` is to write to the file at ``path``."""
        rows = [row for message in messages for row in self._pushes(message)[1]]
        unit = _inserting(rows)
        # A power cut takes the messages and the note of them, or neither.
        if not self._database.along(unit, commit, durable=False):  # there was nothing to note
            self._written(lambda: self._database.write(unit, durable=False))
        else:
            self._database.announce()

    def _pushes(self, message: Message) -> tuple[str, list[Delivery]]:
        """The message's new id, and a delivery for each who subscribed. Raises BusRefused."""
        topic, number, now = message.topic, uuid.uuid4().hex, self._clock.now()
        if topic not in self._topics:
            raise BusRefused(f"there is no topic {topic!r}")
        sent = {
            "data": base64.b64encode(_payload(message.data, message.attributes)).decode(),
            "attributes": dict(message.attributes),
            "messageId": number,
            "publishTime": now.isoformat().replace("+00:00", "Z"),
        }
        names = self._topics[topic]
        return number, [
            Delivery(f"bus:{topic}:{one}", number, "push", one, _push(sent, topic, one), now) for one in names
        ]

    def _written(self, write: Callable[[], object]) -> None:
        try:
            write()
        except FileError as error:
            raise BusUnavailable(str(error)) from error
        self._database.announce()

    def close(self) -> None:
        """Close the file; the bus cannot be used afterwards."""
        self._database.close(self)


def _inserting(rows: Sequence[Delivery]) -> Callable[[sqlite3.Connection], int]:
    return lambda held: deliveries.insert(held, rows)


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
