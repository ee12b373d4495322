"""The ports that reach outside, each call in a span; see ``shared.runtime.tracing``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from opentelemetry.trace import Span, SpanKind

from shared.platforms import registry
from shared.ports.bus import Bus, Message
from shared.ports.clock import Clock
from shared.ports.http import Http, Request, Response
from shared.ports.queue import Queue, Task
from shared.runtime.tracing import Tracer, failed, traceparent

LATER = timedelta(minutes=5)  # what is due after that has a trace of its own, with a link to this one
LONG_STEP = 48  # characters: a longer step of a path is no id of a thing, but what an upload is entitled by


class TracedQueue(Queue):
    """A task has ``traceparent`` in its body, or ``tracelink`` where it is due later: the edge takes either off."""

    def __init__(self, inner: Queue, tracer: Tracer, clock: Clock, system: str) -> None:
        self._inner, self._tracer, self._clock, self._system = inner, tracer, clock, system

    def enqueue(self, task: Task) -> bool:
        with self._tracer.doing(f"send {task.queue}", SpanKind.PRODUCER, self._said(task.queue, 1)) as span:
            return self._inner.enqueue(self._marked(task, span))

    def enqueue_with(self, tasks: Sequence[Task], commit: Callable[[], None]) -> None:
        if not tasks:
            return self._inner.enqueue_with(tasks, commit)
        queue = tasks[0].queue
        with self._tracer.doing(f"send {queue}", SpanKind.PRODUCER, self._said(queue, len(tasks))) as span:
            return self._inner.enqueue_with([self._marked(task, span) for task in tasks], commit)

    def _said(self, queue: str, count: int) -> dict[str, str | int]:
        return _messaging(self._system, queue) | ({"messaging.batch.message_count": count} if count > 1 else {})

    def _marked(self, task: Task, span: Span) -> Task:
        later = task.at is not None and task.at - self._clock.now() > LATER
        return replace(task, body={**task.body, "tracelink" if later else "traceparent": traceparent(span)})


class TracedBus(Bus):
    """A message has the attribute ``traceparent``, which the edge takes off."""

    def __init__(self, inner: Bus, tracer: Tracer, system: str) -> None:
        self._inner, self._tracer, self._system = inner, tracer, system

    def publish(self, topic: str, data: Mapping[str, Any], attributes: Mapping[str, str]) -> str:
        with self._tracer.doing(f"send {topic}", SpanKind.PRODUCER, _messaging(self._system, topic)) as span:
            return self._inner.publish(topic, data, _continued(attributes, span))

    def publish_before(self, messages: Sequence[Message], commit: Callable[[], None]) -> None:
        if not messages:
            return self._inner.publish_before(messages, commit)
        topic = messages[0].topic
        with self._tracer.doing(f"send {topic}", SpanKind.PRODUCER, _messaging(self._system, topic)) as span:
            marked = [replace(one, attributes=_continued(one.attributes, span)) for one in messages]
            return self._inner.publish_before(marked, commit)


def _continued(attributes: Mapping[str, str], span: Span) -> dict[str, str]:
    return {**attributes, "traceparent": traceparent(span)}


class TracedHttp:
    """The request goes out as it is: whom we call learns nothing of our traces. Whatever else the port can do is its own."""

    def __init__(self, inner: Http, tracer: Tracer, *, sandbox: bool = False) -> None:
        self.inner, self._tracer, self._sandbox = inner, tracer, sandbox

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def send(self, request: Request) -> Response:
        """As the port does."""
        with self._tracer.doing(request.method, SpanKind.CLIENT, self._said(request)) as span:
            response = self.inner.send(request)
            span.set_attribute("http.response.status_code", response.status)
            if response.status >= 400:
                failed(span, str(response.status))
            return response

    def _said(self, request: Request) -> dict[str, str | int]:
        parts = urlsplit(request.url)
        host = parts.hostname or ""
        said: dict[str, str | int] = {"http.request.method": request.method, "server.address": host}
        if parts.port:
            said["server.port"] = parts.port
        if request.network:
            said["rostrum.platform"] = request.network
            if registry.for_host(host, request.network):  # any other address may be one that only its owner should know
                said["url.path"] = "/".join("…" if len(step) > LONG_STEP else step for step in parts.path.split("/"))
        return said | ({"rostrum.mode": "test"} if self._sandbox else {})


def _messaging(system: str, destination: str) -> dict[str, str | int]:
    operation = {"messaging.operation.type": "send", "messaging.operation.name": "send"}
    return {"messaging.system": system, "messaging.destination.name": destination, **operation}
