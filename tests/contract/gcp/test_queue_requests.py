"""What the queue sends to Cloud Tasks: names, targets, tokens, times; and the used name, which no emulator refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from google.cloud import tasks_v2

from shared.backends.gcp.queue import CloudTasksQueue
from shared.ports.queue import HORIZON, QueueUnavailable, Task, TaskRefused
from tests.contract.gcp.clock import StillClock
from tests.contract.gcp.recorder import Method, Recorder, serve

TASK = Task("publish-bluesky", "t_1-2", "publish", {"target": "tgt_1"})
BASE = "https://region-project.cloudfunctions.net"
QUEUE = "projects/p/locations/l/queues/publish-bluesky"


@pytest.fixture
def server() -> Iterator[Recorder]:
    methods = {"CreateTask": Method(tasks_v2.CreateTaskRequest, tasks_v2.Task)}
    recorder, running = serve("google.cloud.tasks.v2.CloudTasks", methods)
    yield recorder
    running.stop(None)


@pytest.fixture
def queue(server: Recorder) -> CloudTasksQueue:
    return CloudTasksQueue("p", "l", f"{BASE}/", "caller@p.iam", StillClock(), emulator=server.address)


def test_the_request_carries_target_token_name_and_time(server: Recorder, queue: CloudTasksQueue) -> None:
    at = datetime(2026, 11, 22, 12, 30, 0, 250_000, tzinfo=UTC)
    assert queue.enqueue(replace(TASK, at=at)) is True
    (request,) = server.requests["CreateTask"]
    sent = request.task.http_request
    assert (request.parent, request.task.name) == (QUEUE, f"{QUEUE}/tasks/t_1-2")
    assert (sent.url, sent.http_method) == (f"{BASE}/publish", tasks_v2.HttpMethod.POST)
    assert (json.loads(sent.body), dict(sent.headers)) == ({"target": "tgt_1"}, {"Content-Type": "application/json"})
    assert sent.oidc_token.service_account_email == "caller@p.iam"
    assert sent.oidc_token.audience == f"{BASE}/publish"
    assert request.task.schedule_time == at
    assert timedelta(seconds=15) <= request.task.dispatch_deadline <= timedelta(minutes=30)


def test_a_task_for_now_has_no_time(server: Recorder, queue: CloudTasksQueue) -> None:
    queue.enqueue(TASK)
    assert not tasks_v2.Task.pb(server.requests["CreateTask"][0].task).HasField("schedule_time")


def test_the_audience_can_be_set(server: Recorder) -> None:
    queue = CloudTasksQueue("p", "l", BASE, "a@b", StillClock(), audience="https://aud", emulator=server.address)
    queue.enqueue(TASK)
    assert server.requests["CreateTask"][0].task.http_request.oidc_token.audience == "https://aud"


def test_a_used_name_is_false(server: Recorder, queue: CloudTasksQueue) -> None:
    server.answers["CreateTask"] = [grpc.StatusCode.ALREADY_EXISTS]
    assert queue.enqueue(TASK) is False


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("UNAVAILABLE", QueueUnavailable),
        ("DEADLINE_EXCEEDED", QueueUnavailable),
        ("INTERNAL", QueueUnavailable),
        ("RESOURCE_EXHAUSTED", QueueUnavailable),
        ("PERMISSION_DENIED", QueueUnavailable),
        ("INVALID_ARGUMENT", TaskRefused),
        ("NOT_FOUND", TaskRefused),
    ],
)
def test_errors_and_no_second_request(
    server: Recorder, queue: CloudTasksQueue, code: str, error: type[Exception]
) -> None:
    """Sent again after a lost answer, the task would be told that its name is used: True and False would both lie."""
    server.answers["CreateTask"] = [grpc.StatusCode[code]]
    with pytest.raises(error):
        queue.enqueue(TASK)
    assert len(server.requests["CreateTask"]) == 1


@pytest.mark.parametrize(
    "task",
    [
        replace(TASK, name="a/b"),
        replace(TASK, name=""),
        replace(TASK, name="n" * 501),
        replace(TASK, queue="under_score"),
        replace(TASK, function="../admin"),
        replace(TASK, body={"blob": "x" * 102_400}),
        replace(TASK, body={"when": datetime(2026, 1, 1, tzinfo=UTC)}),
        replace(TASK, at=datetime(2026, 1, 1)),  # noqa: DTZ001 (naive on purpose)
        replace(TASK, at=StillClock().now() + HORIZON + timedelta(seconds=1)),
    ],
    ids=["slash", "empty", "long", "queue", "function", "size", "json", "naive", "horizon"],
)
def test_what_can_never_be_accepted_is_not_sent(server: Recorder, queue: CloudTasksQueue, task: Task) -> None:
    with pytest.raises(TaskRefused):
        queue.enqueue(task)
    assert not server.requests


def test_the_horizon_itself_is_accepted(queue: CloudTasksQueue) -> None:
    assert queue.enqueue(replace(TASK, name="n" * 500, at=StillClock().now() + HORIZON)) is True
