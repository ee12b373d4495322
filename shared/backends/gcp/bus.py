"""The bus port on Pub/Sub. Ordering is off: subscribers deduplicate and order by what the event says.

It speaks through the publisher's generated layer (``google.pubsub_v1``): the batching client above it publishes from a
thread of its own, which a function's frozen CPU would leave waiting, and cannot carry an attribute named ``topic``.
https://cloud.google.com/pubsub/docs/publisher (2026-11).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.ports.bus import Bus, BusRefused, BusUnavailable

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

MAX_MESSAGE_BYTES = 10_000_000  # https://cloud.google.com/pubsub/quotas (2026-11)
MAX_ATTRIBUTES = 100


class PubSubBus(Bus):
    """Topics of one project. Thread safe; the client loads and connects at the first call.

    ``emulator``: ``host:port`` of an emulator. ``timeout``: seconds for one publication, its repetitions included.
    """

    def __init__(self, project: str, *, emulator: str | None = None, timeout: float = 15.0) -> None:
        self._project = project
        self._emulator = emulator
        self._timeout = timeout
        self._connecting = threading.Lock()
        self._client: PublisherClient | None = None

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        message = {"data": _payload(data, attributes), "attributes": dict(attributes)}
        request = {"topic": f"projects/{self._project}/topics/{topic}", "messages": [message]}
        from shared.backends.gcp._grpc import errors

        with errors(BusRefused, BusUnavailable):
            answer = self._connected().publish(request=request, retry=_retry(self._timeout), timeout=self._timeout)
            return str(answer.message_ids[0])

    def _connected(self) -> PublisherClient:
        with self._connecting:
            if self._client is None:
                self._client = _connect(self._emulator)
        return self._client


def _connect(emulator: str | None) -> PublisherClient:
    try:
        from google.pubsub_v1 import PublisherClient
    except ModuleNotFoundError as error:  # the API's bundle has no client: what it has to tell goes by the queue
        raise BusUnavailable("this function ships no bus") from error
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    if emulator is None:
        return PublisherClient()
    import grpc

    return PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(emulator)))


def _retry(timeout: float) -> Any:
    """Publishing again is safe (at least once); the client's own default would go on for ten minutes."""
    from google.api_core import exceptions
    from google.api_core.retry import Retry, if_exception_type

    again = if_exception_type(exceptions.Aborted, exceptions.InternalServerError, exceptions.ServiceUnavailable)
    return Retry(predicate=again, initial=0.1, maximum=2.0, timeout=timeout)


def _payload(data: Mapping[str, Any], attributes: Mapping[str, str]) -> bytes:
    try:
        payload = json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
    except (TypeError, ValueError) as error:
        raise BusRefused(f"data: not JSON ({error})") from None
    if any(not isinstance(item, str) for pair in attributes.items() for item in pair):
        raise BusRefused("attributes: names and values are strings")
    if len(attributes) > MAX_ATTRIBUTES:
        raise BusRefused(f"attributes: {len(attributes)}, at most {MAX_ATTRIBUTES}")
    size = len(payload) + sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
    if size > MAX_MESSAGE_BYTES:
        raise BusRefused(f"a message of {size} bytes, the limit is {MAX_MESSAGE_BYTES}")
    return payload
