"""The queue port on Cloud Tasks: HTTP targets, called with an OIDC token of our service account.

https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2 (2026-11). A queue's rates, retries and
concurrency are terraform's; a task carries only what differs from task to task.
"""

from __future__ import annotations

import json
import re
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from shared.ports.clock import Clock
from shared.ports.queue import HORIZON, Queue, QueueUnavailable, Task, TaskRefused

if TYPE_CHECKING:
    from google.cloud.tasks_v2 import CloudTasksClient

MAX_BODY_BYTES = 102_400  # https://cloud.google.com/tasks/docs/quotas (2026-11)
SECONDS = 10.0  # for one call
DISPATCH_DEADLINE = timedelta(minutes=10)  # Cloud Tasks allows 15 s to 30 min for HTTP targets
_NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")
_QUEUE = re.compile(r"[A-Za-z0-9-]{1,100}")
_FUNCTION = re.compile(r"[A-Za-z0-9_-]{1,100}")


class CloudTasksQueue(Queue):
    """Tasks in the queues of one location. Thread safe; the client loads and connects at the first call.

    ``functions_base``: a function's URL without ``/{function}``. ``service_account``: who calls it; our own identity
    needs ``iam.serviceAccounts.actAs`` on it. ``audience``: of the OIDC token; None for the function's own URL.
    ``emulator``: ``host:port`` of an emulator, which gets no token.
    """

    def __init__(
        self,
        project: str,
        location: str,
        functions_base: str,
        service_account: str,
        clock: Clock,
        *,
        audience: str | None = None,
        emulator: str | None = None,
    ) -> None:
        self._parent = f"projects/{project}/locations/{location}/queues"
        self._base = functions_base.rstrip("/")
        self._service_account = service_account
        self._audience = audience
        self._clock = clock
        self._emulator = emulator
        self._connecting = threading.Lock()
        self._client: CloudTasksClient | None = None

    def enqueue(self, task: Task) -> bool:
        request = self.request(task)
        from google.api_core.exceptions import AlreadyExists

        from shared.backends.gcp._grpc import errors

        with errors(TaskRefused, QueueUnavailable):
            try:
                # Never sent twice: the second copy of a lost answer would be refused as a used name.
                self._connected().create_task(request=request, retry=None, timeout=SECONDS)
            except AlreadyExists:
                return False
        return True

    def request(self, task: Task) -> dict[str, Any]:
        """The ``CreateTaskRequest`` for a task. Raises TaskRefused for what Cloud Tasks would refuse."""
        _check(task)
        queue = f"{self._parent}/{task.queue}"
        message: dict[str, Any] = {
            "name": f"{queue}/tasks/{task.name}",
            "http_request": self._target(task),
            "dispatch_deadline": DISPATCH_DEADLINE,
        }
        if task.at is not None:
            self._check_horizon(task)
            message["schedule_time"] = task.at
        return {"parent": queue, "task": message}

    def _target(self, task: Task) -> dict[str, Any]:
        url = f"{self._base}/{task.function}"
        token = {"service_account_email": self._service_account, "audience": self._audience or url}
        return {
            "http_method": "POST",
            "url": url,
            "headers": {"Content-Type": "application/json"},
            "body": _body(task),
            "oidc_token": token,
        }

    def _check_horizon(self, task: Task) -> None:
        if task.at is None or task.at.tzinfo is None:
            raise TaskRefused("at: must be aware; use datetime.now(UTC)")
        if task.at - self._clock.now() > HORIZON:
            raise TaskRefused("at: over 30 days ahead; let the sweeper enqueue it in time")

    def _connected(self) -> CloudTasksClient:
        with self._connecting:
            if self._client is None:
                self._client = _connect(self._emulator)
        return self._client


def _connect(emulator: str | None) -> CloudTasksClient:
    from google.cloud.tasks_v2 import CloudTasksClient
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport

    if emulator is None:
        return CloudTasksClient()
    import grpc

    return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(emulator)))


def _check(task: Task) -> None:
    if not _QUEUE.fullmatch(task.queue):
        raise TaskRefused(f"queue: there is no queue {task.queue!r}")
    if not _NAME.fullmatch(task.name):
        raise TaskRefused("name: 1 to 500 letters, digits, - and _")
    if not _FUNCTION.fullmatch(task.function):
        raise TaskRefused(f"function: {task.function!r} is no entry point's name")


def _body(task: Task) -> bytes:
    try:
        body = json.dumps(task.body, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise TaskRefused(f"body: not JSON ({error})") from None
    if len(body) > MAX_BODY_BYTES:
        raise TaskRefused(f"body: {len(body)} bytes, the limit is {MAX_BODY_BYTES}; send ids, not content")
    return body
