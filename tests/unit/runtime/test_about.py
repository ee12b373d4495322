"""What the work is about stands in each line of its log, whoever writes it, and in no line of anybody else's."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable, Mapping
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from shared.domain.errors import Broken
from shared.operations import fan_out, publishing, sessions
from shared.ports import about
from shared.ports.world import Ports
from shared.runtime import api_edge, bootstrap, entry, event_edge, task_edge, webhook_edge
from shared.runtime.logs import JsonFormatter
from shared.runtime.settings import load
from tests.api.client import api
from tests.support import memory_ports
from tests.support.faults import once
from tests.support.logged import logged

TOKEN = "internal-token"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
TASK = {"X-CloudTasks-TaskName": "t-1", "X-CloudTasks-QueueName": "publish-bluesky", "X-CloudTasks-TaskRetryCount": "2"}
log = logging.getLogger("shared.anywhere")


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "settings", lambda: load({"INTERNAL_TOKEN": TOKEN, "GOOGLE_CLOUD_PROJECT": "acme"}))


def asked(path: str, body: Any, headers: Mapping[str, str] | None = None) -> Request:
    sent = {"Authorization": f"Bearer {TOKEN}", **PARENT, **(headers or {})}
    return Request(EnvironBuilder(path, method="POST", json=body, headers=list(sent.items())).get_environ())


def lines_of(run: Callable[[], Response], status: int = 200) -> list[dict[str, Any]]:
    """What was logged meanwhile: at least one line, and each with what every line has."""
    with logged() as lines:
        assert run().status_code == status
    assert lines
    for line in lines:
        assert line[entry.TRACE] == f"projects/acme/traces/{TRACE}", line
        assert (line[entry.SPAN], line[entry.SAMPLED]) == (SPAN, True), line
        assert re.fullmatch(r"req_[0-9A-Z]{26}|mine", line["request_id"]), line
        assert line["function"], line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", line["time"]), line
    assert about.known() == {}, "nothing is left for the next one"
    return lines


def noted(*_: object) -> None:
    log.info("done")


def told(line: Mapping[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(line.get(name) for name in names)


def test_the_api() -> None:
    call = api(memory_ports.rig())
    sent = {"Authorization": f"Bearer {call.test_key}", "X-Request-ID": "mine"}
    post = call.post("Hello", ("bluesky",), scheduled_at="2026-11-23T12:00:00Z")
    call.rig.faults.hook = once(4, "before", lambda: RuntimeError("broken"))
    request = asked(f"/v1/posts/{post['id']}/publish", {}, sent)
    lines = lines_of(lambda: api_edge.run(request, call.rig.ports), 500)
    assert [line["message"] for line in lines] == ["unhandled error", "request"]
    for line in lines:
        wanted = ("api", "mine", call.workspace, "test", post["id"])
        assert told(line, "function", "request_id", "workspace", "mode", "post_id") == wanted


def test_what_was_made_and_whom_a_network_was_asked_about_is_known_once_it_is() -> None:
    call = api(memory_ports.rig())
    sent = {"Authorization": f"Bearer {call.test_key}"}
    account = call.connect("bluesky")
    body = {"text": "Hello", "targets": [{"account_id": account}]}
    (line,) = lines_of(lambda: api_edge.run(asked("/v1/posts", body, sent), call.rig.ports), 201)
    (doc,) = [doc for path, doc in call.rig.store.everything() if "/posts/" in path]
    assert line["post_id"] == doc["id"]
    with about.Work():
        sessions.call(call.rig.ports, sessions.open_account(call.rig.ports, call.caller.space, account))
        assert about.known() == {"account_id": account, "platform": "bluesky"}


def test_a_caller_names_no_task_of_ours() -> None:
    """What Cloud Tasks says of a task counts where it is proven that the queue calls."""
    call = api(memory_ports.rig())
    sent = {"Authorization": f"Bearer {call.test_key}", **TASK}
    (line,) = lines_of(lambda: api_edge.run(asked("/v1/posts", {"text": "Hello"}, sent), call.rig.ports), 201)
    assert told(line, "task_name", "queue", "retry") == (None, None, None)


def test_a_task_knows_its_target_its_post_and_its_account() -> None:
    """The task names the target; whose it is, and of which post, is known once it was read."""
    rig = memory_ports.rig()
    body = {"space": "ws_1.test", "target_id": "tgt_1", "generation": 1}

    def operation(_ports: Ports, _body: Mapping[str, Any]) -> None:
        log.info("before")
        about.learnt(post_id="post_1", account_id="acc_1")
        log.info("after")
        raise Broken("system.unavailable", "nothing")

    lines = lines_of(lambda: task_edge.run(asked("/_functions/publish", body, TASK), operation, rig.ports), 500)
    assert [line["message"] for line in lines[:2]] == ["before", "after"]
    for line in lines:
        named = ("function", "workspace", "mode", "target_id", "task_name", "queue", "retry")
        assert told(line, *named) == ("publish", "ws_1", "test", "tgt_1", "t-1", "publish-bluesky", "2")
    assert told(lines[0], "post_id", "account_id") == (None, None)
    assert told(lines[-1], "post_id", "account_id") == ("post_1", "acc_1")


def test_publishing_learns_what_the_task_does_not_say() -> None:
    call = api(memory_ports.rig())
    post = call.post("Hello", ("bluesky",), publish_now=True)
    (task,) = call.rig.queue.take(call.rig.clock.now())
    request = asked("/_functions/publish", dict(task.body), TASK)
    lines = lines_of(lambda: task_edge.run(request, publishing.advance, call.rig.ports))
    target = post["targets"][0]["id"]
    wanted = (call.workspace, target, post["id"], call.accounts["bluesky"], "bluesky")
    assert told(lines[-1], "workspace", "target_id", "post_id", "account_id", "platform") == wanted


def test_a_message_and_what_a_network_pushed() -> None:
    event = {"id": "evt_1", "type": "post.published", "space": "ws_1.live"}
    pushed = {"id": "raw_1", "platform": "facebook"}
    for attributes, names, wanted in (
        (event, ("event_id", "event_type", "workspace", "post_id"), ("evt_1", "post.published", "ws_1", "post_1")),
        (pushed, ("raw_event", "platform"), ("raw_1", "facebook")),
    ):
        data = base64.b64encode(json.dumps({"post_id": "post_1"}).encode()).decode()
        request = asked("/_functions/record", {"message": {"data": data, "attributes": attributes, "messageId": "1"}})
        lines = lines_of(partial(event_edge.run, request, noted, memory_ports.ports_for_tests()))
        assert told(lines[-1], "function", "message_id", *names) == ("record", "1", *wanted)


def test_a_network_at_the_door() -> None:
    lines = lines_of(lambda: webhook_edge.run(asked("/webhooks/facebook", {}), memory_ports.ports_for_tests()), 503)
    assert told(lines[-1], "function", "platform") == ("ingest", "facebook")


def test_the_schedule_and_a_stranger() -> None:
    def sweep(_ports: Ports, _body: Mapping[str, Any]) -> None:
        log.info("swept")

    rig = memory_ports.rig()
    lines = lines_of(lambda: task_edge.run(asked("/_functions/sweep", {}), sweep, rig.ports))
    assert told(lines[0], "message", "function") == ("swept", "sweep")
    stranger = asked("/_functions/sweep", {}, {"Authorization": "Bearer other"})
    (line,) = lines_of(lambda: task_edge.run(stranger, sweep, rig.ports), 403)
    assert told(line, "message", "function") == ("internal endpoint refused a caller", "sweep")


def test_several_networks_at_once_keep_what_each_of_them_learns_to_themselves() -> None:
    together = Barrier(3, timeout=10)

    def question(number: int) -> Mapping[str, Any]:
        about.learnt(account_id=f"acc_{number}")
        together.wait()
        return dict(about.known())

    with about.Work(request_id="req_1"):
        found = [one.answer for one in fan_out.asked_all((1, 2, 3), question)]
        assert about.known() == {"request_id": "req_1"}
    assert found == [{"request_id": "req_1", "account_id": f"acc_{number}"} for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({"X-Cloud-Trace-Context": f"{TRACE}/255;o=1"}, (f"projects/acme/traces/{TRACE}", "00000000000000ff", True)),
        ({"X-Cloud-Trace-Context": TRACE}, (f"projects/acme/traces/{TRACE}", "0000000000000000", False)),
        ({"traceparent": f"00-{TRACE}-{SPAN}-00"}, (f"projects/acme/traces/{TRACE}", SPAN, False)),
        ({"traceparent": f"00-{TRACE}-{SPAN}-01\n"}, (None, None, None)),
        ({"traceparent": "00-nothing"}, (None, None, None)),
        ({"traceparent": f"00-{'0' * 32}-{SPAN}-01"}, (None, None, None)),
        ({"traceparent": f"00-{TRACE}-{'0' * 16}-01"}, (None, None, None)),
        ({"traceparent": f"ff-{TRACE}-{SPAN}-01"}, (None, None, None)),
        ({"X-Cloud-Trace-Context": "x" * 5000}, (None, None, None)),
    ],
)
def test_a_trace_is_read_or_nothing(headers: Mapping[str, str], wanted: tuple[Any, ...]) -> None:
    with about.Work():
        entry.of(headers.get("traceparent", ""), headers.get("X-Cloud-Trace-Context", ""))
        assert told(about.known(), entry.TRACE, entry.SPAN, entry.SAMPLED) == wanted


def test_what_a_caller_names_itself_is_redacted_as_all_else() -> None:
    """A request's id is the caller's own word: somebody may put a key there."""
    record = logging.makeLogRecord({"msg": "x", "levelname": "INFO", "levelno": logging.INFO})
    with about.Work(request_id="rst_live_0123456789abcdef"):
        line = json.loads(JsonFormatter().format(record))
    assert line["request_id"] == "rst_live_[redacted]"


def test_an_error_without_a_traceback_is_reported_too() -> None:
    """Error Reporting takes it by its @type; a warning is none."""
    with logged() as lines:
        log.error("given up")
        log.warning("not yet")
    assert lines[0]["@type"].endswith(".ReportedErrorEvent")
    assert "@type" not in lines[1]
