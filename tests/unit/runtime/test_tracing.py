"""Traces: one from the request to the webhook, nothing secret in it, nothing changed by it, and nothing at all where it is off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanKind, StatusCode
from werkzeug.wrappers import Response as Answer

from shared.ports import about
from shared.ports.http import AnswerLost, Request, Response
from shared.ports.queue import Task
from shared.runtime import bootstrap, entry, traced_ports, tracing
from shared.runtime.flushing import Flusher
from shared.runtime.settings import BadSetting, load
from tests.contract.emulators.process import free_port
from tests.e2e.receiving import Receiver, receiver
from tests.support import memory_ports, one_process
from tests.support.logged import logged
from tests.support.one_process import Here

CANARY = "cAnArY0123456789"
ROOT = Path(__file__).parents[3]


@dataclass
class World:
    """An installation on this machine, somebody who listens to its webhooks, and its spans (None: traces are off)."""

    here: Here
    hook: Receiver
    spans: InMemorySpanExporter | None

    def finished(self) -> Sequence[ReadableSpan]:
        assert self.spans is not None
        return self.spans.get_finished_spans()


@pytest.fixture(scope="module")
def hook() -> Iterator[Receiver]:
    with receiver(free_port()) as made:
        yield made


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, hook: Receiver
) -> Iterator[World]:
    traced = getattr(request, "param", True)
    chosen = one_process.settings(tmp_path, {"ALLOW_PRIVATE_HOSTS": urlsplit(hook.url).netloc})
    bare, spans = bootstrap.embedded(chosen), InMemorySpanExporter() if traced else None
    tracer = tracing.Tracer(_provider(spans)) if spans else None
    ports = tracing.traced(bare, tracer) if tracer else bare
    here = one_process.installed(monkeypatch, ports, chosen, "bluesky")
    made = here.call("POST", "/v1/webhooks", {"url": f"{hook.url}/{CANARY}", "events": ["post.published"]})
    assert made.status_code == 201, made.data
    here.drain()
    hook.got.clear()
    if spans:
        spans.clear()
    entry.trace_with(tracer)
    yield World(here, hook, spans)
    entry.trace_with(None)
    here.close()
    files: list[Any] = [bare.store, bare.queue, bare.bus, bootstrap.sandbox(bare)]
    for one in files:
        one.close()


def _provider(exporter: SpanExporter) -> TracerProvider:
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(SimpleSpanProcessor(exporter))
    return made


def published(world: World, **headers: str) -> Mapping[str, Any]:
    """A post, from its creation to its webhook."""
    order = {"account_id": world.here.account}
    body = {"text": f"Hello {CANARY}", "targets": [order], "publish_now": True}
    made = world.here.call("POST", "/v1/posts", body, Idempotency_Key="once", **headers)
    assert made.status_code == 201, made.data
    world.here.drain()
    post: Mapping[str, Any] = world.here.call("GET", f"/v1/posts/{made.get_json()['id']}").get_json()
    assert post["status"] == "published"
    return post


def attributes(span: ReadableSpan) -> Mapping[str, Any]:
    return dict(span.attributes or {})


def chain(spans: Sequence[ReadableSpan], last: ReadableSpan) -> list[str]:
    """The names from the first span to this one."""
    by_id = {span.context.span_id: span for span in spans if span.context}
    names = [last.name]
    while last.parent is not None and last.parent.span_id in by_id:
        last = by_id[last.parent.span_id]
        names.insert(0, last.name)
    return names


def test_one_trace_from_the_request_to_the_webhook(world: World) -> None:
    post = published(world)
    spans = [span for span in world.finished() if span.name != "GET /v1/posts/{pid}"]
    assert len({span.context.trace_id for span in spans if span.context}) == 1
    (delivered,) = [span for span in spans if attributes(span).get("server.address") == "127.0.0.1"]
    way = chain(spans, delivered)
    assert way[:3] == ["POST /v1/posts", "send publish-bluesky", "process publish-bluesky"]
    assert way[3:] == ["send events", "process notify", "send webhooks", "process webhooks", "POST"]
    assert "process record" in {span.name for span in spans}
    calls = [span for span in spans if span.kind is SpanKind.CLIENT and span is not delivered]
    assert calls
    for call in calls:
        assert chain(spans, call)[2] == "process publish-bluesky"
        said = attributes(call)
        assert (said["rostrum.platform"], said["http.response.status_code"], said["rostrum.mode"]) == (
            "bluesky",
            200,
            "test",
        )
        assert said["url.path"].startswith("/xrpc/")
    publishing = next(span for span in spans if span.name == "process publish-bluesky")
    target = post["targets"][0]
    wanted = {"post_id": post["id"], "target_id": target["id"], "account_id": world.here.account, "platform": "bluesky"}
    assert {f"rostrum.{name}": value for name, value in wanted.items()}.items() <= attributes(publishing).items()


def test_nothing_secret_stands_in_a_span(world: World) -> None:
    """Neither the text, nor a key, nor a query, nor the path of somebody's endpoint; and whom we call is told nothing of us."""
    published(world, X_Request_ID="rst_live_0123456789abcdef0123")
    world.here.call("GET", f"/v1/posts?cursor={CANARY}")
    told = "\n".join(span.to_json() for span in world.finished())
    assert CANARY not in told
    assert world.here.key not in told
    assert "rst_live_0123" not in told
    assert len(told) > 1000
    ((headers, _),) = world.hook.got
    assert not {"traceparent", "tracestate", "baggage"} & set(headers)


def test_lines_of_the_log_are_found_by_their_trace(world: World) -> None:
    with logged() as lines:
        published(world)
    ids = {f"{span.context.trace_id:032x}" for span in world.finished() if span.context}
    assert {line[entry.TRACE] for line in lines if line["message"] in ("request", "task done", "message done")} == ids


@pytest.mark.parametrize("world", [True, False], indirect=True)
def test_traces_change_nothing(world: World) -> None:
    """The same tasks and messages, and the same event to the webhook; only their marks are more."""
    post = published(world)
    functions = [one.function for one in world.here.delivered]
    assert sorted(functions[-6:]) == ["deliver", "notify", "notify", "publish", "record", "record"]
    ((_, body),) = world.hook.got
    event = json.loads(body)
    assert (event["event"], event["data"]["post_id"]) == ("post.published", post["id"])
    marks = [one for one in world.here.delivered if "traceparent" in one.body or _pushed(one.body)]
    assert bool(marks) == (world.spans is not None)


def _pushed(body: str) -> bool:
    return "traceparent" in str(json.loads(body).get("message", {}).get("attributes", ""))


def test_what_is_due_later_has_a_trace_of_its_own_with_a_link(world: World) -> None:
    """Between the two lie hours: nobody looks at a trace that long."""
    soon = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    body = {"text": "Later", "targets": [{"account_id": world.here.account}], "scheduled_at": soon}
    assert world.here.call("POST", "/v1/posts", body).status_code == 201
    sent = next(span for span in world.finished() if span.name == "send publish-bluesky")
    assert world.spans is not None
    assert sent.context is not None
    world.spans.clear()
    token = {"Authorization": f"Bearer {one_process.TOKEN}"}
    link = tracing.traceparent(NonRecordingSpan(sent.context))
    early = {"space": "ws.test", "target_id": "tgt_x", "generation": 1, "tracelink": link}
    assert world.here.client.post("/_functions/publish", json=early, headers=token).status_code == 200
    (span,) = world.finished()
    assert span.parent is None
    assert [one.context.span_id for one in span.links] == [sent.context.span_id]


def test_a_task_is_marked_by_how_late_it_is_due() -> None:
    rig, spans = memory_ports.rig(), InMemorySpanExporter()
    queue = traced_ports.TracedQueue(rig.queue, tracing.Tracer(_provider(spans)), rig.clock, "rostrum")
    for name, later in (("a", 0), ("b", 300), ("c", 301)):
        at = rig.clock.now() + timedelta(seconds=later)
        assert queue.enqueue(Task("publish-bluesky", name, "publish", {"target_id": name}, at))
    marks = {task.name: set(task.body) - {"target_id"} for task in rig.queue.waiting.values()}
    assert marks == {"a": {"traceparent"}, "b": {"traceparent"}, "c": {"tracelink"}}


@pytest.mark.parametrize(
    ("url", "network", "path"),
    [
        ("https://graph.facebook.com/v25.0/1_2/comments?access_token=secret", "facebook", "/v25.0/1_2/comments"),
        (f"https://graph.facebook.com/{'x' * 49}/1", "facebook", "/…/1"),
        ("https://hooks.example.com/services/secret", "facebook", None),
        ("https://hooks.example.com/services/secret", "", None),
    ],
)
def test_a_path_is_told_of_a_networks_own_hosts_only(url: str, network: str, path: str | None) -> None:
    spans = InMemorySpanExporter()
    rig = memory_ports.rig()
    host = urlsplit(url).hostname or ""
    rig.outside.hosts[host] = lambda _: Response(403, {}, b"")
    http = traced_ports.TracedHttp(rig.ports.http, tracing.Tracer(_provider(spans)))
    assert http.send(Request("POST", url, network=network)).status == 403
    (span,) = spans.get_finished_spans()
    said = attributes(span)
    assert (said.get("url.path"), said["server.address"], said["http.response.status_code"]) == (path, host, 403)
    assert (span.status.status_code, said["error.type"]) == (StatusCode.ERROR, "403")
    assert "secret" not in span.to_json()


def test_what_a_port_raises_is_raised_and_told_by_its_name_alone() -> None:
    spans = InMemorySpanExporter()
    rig = memory_ports.rig()

    def lost(_: Request) -> Response:
        raise AnswerLost(f"network.example: {CANARY}")

    rig.outside.hosts["network.example"] = lost
    http = traced_ports.TracedHttp(rig.ports.http, tracing.Tracer(_provider(spans)))
    with pytest.raises(AnswerLost):
        http.send(Request("GET", "https://network.example/"))
    (span,) = spans.get_finished_spans()
    assert attributes(span)["error.type"] == "AnswerLost"
    assert not span.events
    assert CANARY not in span.to_json()


def test_off_nothing_of_it_is_loaded() -> None:
    """A fresh process makes its ports and answers a request; then once more, with a collector."""
    program = """
import json, os, sys
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request
from shared.runtime import api_edge, bootstrap
mine, found = ("opentelemetry", "shared.runtime.trac", "shared.runtime.flush"), []
for more in ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}):
    os.environ.update(more)
    bootstrap.settings.cache_clear()
    bootstrap._ports.cache_clear()
    ports = bootstrap.ports()
    assert api_edge.run(Request(EnvironBuilder("/healthz").get_environ()), ports).status_code == 200
    modules = sorted(name for name in sys.modules if name.startswith(mine))
    found.append([modules, sorted({type(ports.queue).__name__, type(ports.bus).__name__, type(ports.http).__name__})])
print(json.dumps(found), flush=True)
os._exit(0)  # whoever is to get spans is not there: nothing to wait for
"""
    (off, bare), (on, wrapped) = json.loads(_printed(program))
    assert (off, bare) == ([], ["EmbeddedBus", "EmbeddedQueue", "LiveHttp"])
    assert {"shared.runtime.tracing", "opentelemetry.exporter.otlp.proto.http"} <= set(on)
    assert wrapped == ["TracedBus", "TracedHttp", "TracedQueue"]


def _printed(program: str) -> str:
    with TemporaryDirectory() as home:
        given = {"ROSTRUM_HOME": home, "PATH": os.environ["PATH"]}
        run = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, env=given, capture_output=True, text=True, check=True, timeout=60
        )
    return run.stdout.strip()


def test_what_cannot_be_switched_on_is_said_and_left_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle without the exporter runs, and an operator reads why there are no traces."""
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    rig = memory_ports.rig()
    with logged() as lines:
        ports = bootstrap._traced(rig.ports, load({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}))
    assert ports is rig.ports
    assert "docs/observability.md" in lines[0]["message"]


def test_a_collector_gets_spans_by_the_sdks_own_variables(hook: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """OTLP over HTTP, with the key that the collector knows us by, which stands in no setting of ours."""
    hook.got.clear()
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": hook.url, "OTEL_EXPORTER_OTLP_HEADERS": f"x-team={CANARY}"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    rig = memory_ports.rig()
    ports = bootstrap._traced(rig.ports, load({**env, "OTEL_SERVICE_NAME": "posts"}))
    try:
        assert isinstance(ports.queue, traced_ports.TracedQueue)
        with about.Work(function="publish"):
            entry.served("consumer", lambda: Answer(status=200))
        ports.queue._tracer.close()
    finally:
        entry.trace_with(None)
    ((headers, body),) = hook.got
    assert (headers["content-type"], headers["x-team"]) == ("application/x-protobuf", CANARY)
    assert b"process publish" in body


def test_settings_name_what_cannot_be() -> None:
    assert load({}).traces_endpoint == ""
    assert load({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"}).traces_endpoint == ""
    assert load({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}).traces_endpoint
    with pytest.raises(BadSetting, match="OTEL_EXPORTER_OTLP_ENDPOINT"):
        load({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"})
    with pytest.raises(BadSetting, match="OTEL_EXPORTER_OTLP_PROTOCOL"):
        load({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})


def test_a_function_sends_before_it_answers() -> None:
    spans = InMemorySpanExporter()
    provider = tracing.provider(load({}), spans)
    tracer = tracing.Tracer(provider, flush=True)
    with about.Work(function="publish", queue="publish-bluesky"):
        tracer.served("consumer", "", "", lambda: Answer(status=200))
    assert [span.name for span in spans.get_finished_spans()] == ["process publish-bluesky"]
    assert dict(provider.resource.attributes)["service.name"] == "rostrum"
    tracer.close()


def test_who_collects_spans_slows_a_request_once_and_then_not_for_a_while() -> None:
    """The collector hangs: one request waits for the patience, the next ones do not wait at all."""
    hanging, sent = threading.Event(), threading.Event()

    def send() -> None:
        hanging.wait(10)
        sent.set()

    flusher = Flusher(send, patience=0.05, pause=60)
    began = time.monotonic()
    assert not flusher.flush()
    first = time.monotonic()
    assert not any(flusher.flush() for _ in range(100))
    assert first - began < 5
    assert time.monotonic() - first < 1
    hanging.set()
    assert sent.wait(10)
    flusher._not_before = 0.0  # the pause is over
    assert flusher.flush()


def test_an_exporter_that_fails_fails_nothing() -> None:
    class Broken(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            raise OSError("no collector")

    tracer = tracing.Tracer(tracing.provider(load({}), Broken()), flush=True)
    with about.Work(function="api"):
        assert tracer.served("server", "", "", lambda: Answer(status=204)).status_code == 204
    tracer.close()


def test_a_collector_that_refuses_is_let_alone_for_a_while() -> None:
    """A line of the log for each request would be worse than no traces; afterwards it gets spans again."""
    answers, asked = [SpanExportResult.FAILURE, SpanExportResult.SUCCESS, SpanExportResult.SUCCESS], []

    class Refusing(SpanExporter):
        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            asked.append(len(spans))
            return answers.pop(0)

    provider = tracing.provider(load({}), Refusing())
    tracer = tracing.Tracer(provider, flush=True)

    def served(times: int) -> None:
        for _ in range(times):
            with about.Work(function="api"):
                tracer.served("server", "", "", lambda: Answer(status=200))

    served(20)
    assert asked == [1]
    exporter = tracing.Reticent(Refusing(), pause=0.0)
    assert [exporter.export([]), exporter.export([])] == [SpanExportResult.SUCCESS] * 2
    tracer.close()


TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    "forged",
    [
        "00-" + "0" * 10_000_000,
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\r\nX-Injected: {CANARY}",
        f"00-{TRACE}-{SPAN}-01,{CANARY}",
        f"{CANARY};DROP TABLE spans",
        "\x00\ud800",
    ],
    ids=range(8),
)
def test_what_is_no_trace_begins_one_of_its_own_and_stands_nowhere(forged: str) -> None:
    spans = InMemorySpanExporter()
    tracer = tracing.Tracer(_provider(spans))
    began = time.monotonic()
    with about.Work(function="api"):
        assert tracer.served("server", forged, forged, lambda: Answer(status=200)).status_code == 200
    (span,) = spans.get_finished_spans()
    assert span.parent is None
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" != TRACE
    assert CANARY not in span.to_json()
    assert time.monotonic() - began < 5


def test_a_breakdown_is_the_callers_as_before() -> None:
    spans = InMemorySpanExporter()
    tracer = tracing.Tracer(_provider(spans))

    def breaks() -> Answer:
        raise KeyError(CANARY)

    with about.Work(function="publish"), pytest.raises(KeyError):
        tracer.served("consumer", "", "", breaks)
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, attributes(span)["error.type"]) == (StatusCode.ERROR, "KeyError")
    assert CANARY not in span.to_json()


def test_a_simulated_network_stays_a_stage_behind_its_traces() -> None:
    """What the sandbox can do beside answering is asked for by its protocol."""
    from shared.operations.sandboxing import Stage

    rig = memory_ports.rig()
    ports = tracing.traced(rig.ports, tracing.Tracer(_provider(InMemorySpanExporter())))
    assert isinstance(ports.sandbox, Stage) == isinstance(rig.ports.sandbox, Stage)
    assert replace(ports, queue=rig.ports.queue, bus=rig.ports.bus).clock is rig.ports.clock
