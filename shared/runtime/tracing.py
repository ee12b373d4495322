"""Traces by OpenTelemetry: loaded only where ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set, so that it costs nothing elsewhere.

A span per request, task, message and call of a network, in one trace from the API to the webhook. What travels with a task or
a message is W3C's ``traceparent``, which the edges take off again; networks and callers' endpoints are strangers and get none.
Names are those of the semantic conventions (https://opentelemetry.io/docs/specs/semconv/, 2026-11: http stable, messaging in
development); ours begin with ``rostrum.``. An attribute is an id or a short word, never a query, a header, a body or a text.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from werkzeug.wrappers import Response

from shared.ports import about
from shared.ports.world import Ports
from shared.runtime import entry
from shared.runtime.flushing import PAUSE, Flusher
from shared.runtime.logs import redact

if TYPE_CHECKING:
    from opentelemetry.context import Context

    from shared.runtime.settings import Settings

GOOGLES = "telemetry.googleapis.com"
LONGEST = 200  # characters of an attribute
_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}
_NOT_SAID = {entry.TRACE, entry.SPAN, entry.SAMPLED, "route"}
_propagator = TraceContextTextMapPropagator()
log = logging.getLogger(__name__)


class Tracer:
    """Spans of one process, by one provider. ``flush``: send what a request made before it is answered."""

    def __init__(self, provider: TracerProvider, *, flush: bool = False) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("rostrum")
        self._flusher = Flusher(provider.force_flush) if flush else None

    def served(self, kind: entry.Kind, parent: str, link: str, answer: Callable[[], Response]) -> Response:
        """As :class:`shared.runtime.entry.Tracing` says."""
        links = [Link(trace.get_current_span(_context(link)).get_span_context())] if link else []
        span = self._tracer.start_span(kind, _context(parent), _KINDS[kind], links=links)
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                response = _answered(span, answer)
            _described(span, kind, response.status_code)
        finally:
            span.end()
        if self._flusher is not None and span.get_span_context().trace_flags.sampled:
            self._flusher.flush()
        return response

    @contextmanager
    def doing(self, name: str, kind: SpanKind, said: dict[str, str | int]) -> Iterator[Span]:
        """A span around one call of a port. What it raises is told by its name: its text may have what nobody should read."""
        with self._tracer.start_as_current_span(
            name, kind=kind, attributes=said, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except Exception as error:
                failed(span, type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left, and end."""
        self._provider.shutdown()


def start(ports: Ports, chosen: Settings) -> Ports:
    """Switch traces on for this process; its ports, traced. What goes wrong with sending spans is logged, and fails nothing."""
    tracer = Tracer(provider(chosen, _exporter(chosen)), flush=chosen.backend == "gcp")
    entry.trace_with(tracer)
    return traced(ports, tracer, "gcp" if chosen.backend == "gcp" else "")


def traced(ports: Ports, tracer: Tracer, cloud: str = "") -> Ports:
    """The ports, with a span around each task that is asked for, each message and each call of a network."""
    from shared.runtime import traced_ports as of

    return replace(
        ports,
        queue=of.TracedQueue(ports.queue, tracer, ports.clock, "gcp_cloud_tasks" if cloud else "rostrum"),
        bus=of.TracedBus(ports.bus, tracer, "gcp_pubsub" if cloud else "rostrum"),
        http=of.TracedHttp(ports.http, tracer),
        sandbox=of.TracedHttp(ports.sandbox, tracer, sandbox=True),
    )


def provider(chosen: Settings, exporter: SpanExporter) -> TracerProvider:
    """By the SDK's own variables (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_…).

    Without a sampler all is sampled, whatever a caller's ``traceparent`` says: Cloud Run sends one with each request, and has one in
    ten seconds sampled (https://cloud.google.com/run/docs/trace, 2026-11).
    """
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME") or "rostrum"}
    named |= {"faas.name": chosen.function} if chosen.function else {}
    named |= {"gcp.project_id": chosen.project} if chosen.project else {}
    made = TracerProvider(
        sampler=None if os.environ.get("OTEL_TRACES_SAMPLER") else ALWAYS_ON, resource=Resource.create(named)
    )
    made.add_span_processor(BatchSpanProcessor(Reticent(exporter)))
    return made


class Reticent(SpanExporter):
    """An exporter that lets a collector alone for a while that took nothing, and drops what comes meanwhile: the library logs
    each refusal as an error, and a missing right would make one of every request."""

    def __init__(self, inner: SpanExporter, pause: float = PAUSE) -> None:
        self._inner, self._pause, self._not_before = inner, pause, 0.0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if time.monotonic() < self._not_before:
            return SpanExportResult.FAILURE
        result = self._inner.export(spans)
        if result is not SpanExportResult.SUCCESS:
            self._not_before = time.monotonic() + self._pause
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


def _exporter(chosen: Settings) -> SpanExporter:
    """OTLP over HTTP; to Google as ourselves (https://cloud.google.com/stackdriver/docs/instrumentation/migrate-to-otlp-endpoints,
    2026-11)."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    if urlsplit(chosen.traces_endpoint).hostname != GOOGLES:
        return OTLPSpanExporter()
    import google.auth
    from google.auth.transport.requests import AuthorizedSession

    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    return OTLPSpanExporter(session=AuthorizedSession(credentials))


def _context(traceparent: str) -> Context:
    """Of what came with a request; an empty one of what is none."""
    from opentelemetry.context import Context as Empty

    return _propagator.extract({"traceparent": traceparent}, Empty())


def traceparent(span: Span) -> str:
    """What makes others' spans its children."""
    carried: dict[str, str] = {}
    _propagator.inject(carried, trace.set_span_in_context(span))
    return carried.get("traceparent", "")


def failed(span: Span, why: str) -> None:
    """``why``: an error's name or an HTTP status."""
    span.set_status(Status(StatusCode.ERROR))
    span.set_attribute("error.type", why)


def _answered(span: Span, answer: Callable[[], Response]) -> Response:
    """``answer()``; its log lines belong to the span."""
    context = span.get_span_context()
    entry.belongs(
        trace.format_trace_id(context.trace_id),
        trace.format_span_id(context.span_id),
        sampled=bool(context.trace_flags.sampled),
    )
    try:
        return answer()
    except Exception as error:
        failed(span, type(error).__name__)
        raise


def _described(span: Span, kind: entry.Kind, status: int) -> None:
    """By what the work turned out to be about."""
    known = about.known()
    method, _, route = str(known.get("route", "")).partition(" ")
    if kind == "consumer":
        where = str(known.get("queue") or known.get("function", ""))
        span.update_name(f"process {where}")
        span.set_attributes({"messaging.operation.type": "process", "messaging.destination.name": where})
    else:
        span.update_name(f"{method} {route}" if route else str(known.get("function", "request")))
        span.set_attributes({"http.response.status_code": status})
        span.set_attributes({"http.request.method": method, "http.route": route} if route else {})
    span.set_attributes({f"rostrum.{name}": _short(value) for name, value in known.items() if name not in _NOT_SAID})
    if status >= 500:
        failed(span, str(status))


def _short(value: object) -> str:
    return redact(str(value))[:LONGEST]
