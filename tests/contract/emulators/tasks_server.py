"""Serve ``gcloud-tasks-emulator`` on 127.0.0.1 only (its own command listens on every interface), and more strictly.

Run by the interpreter of ``.tools/tasks-emulator``, never imported by tests. Usage: ``python tasks_server.py PORT``.
"""

from __future__ import annotations

import sys
import threading
from concurrent import futures
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from gcloud_tasks_emulator.cloudtasks_pb2_grpc import add_CloudTasksServicer_to_server  # type: ignore[import-not-found]
from gcloud_tasks_emulator.server import Greeter, Processor, QueueState  # type: ignore[import-not-found]

HORIZON = timedelta(days=30)
RETRIES = 20  # a handler that answers 503 is asked again so often


class Strict(Greeter):  # type: ignore[misc]
    """The emulator, refusing what Cloud Tasks refuses and it does not: a used name, and a time too far ahead."""

    def __init__(self, state: Any) -> None:
        super().__init__(state)
        self._used: set[str] = set()
        self._lock = threading.Lock()

    def CreateTask(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802 (the service's name)
        """Refuse, or do as the emulator does."""
        name, at = request.task.name, request.task.schedule_time
        if at and at - datetime.now(UTC) > HORIZON:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "The schedule time is too far in the future.")
        with self._lock:
            if name in self._used:
                text = "The task cannot be created because a task with this name existed too recently."
                context.abort(grpc.StatusCode.ALREADY_EXISTS, text)
            self._used.add(name)
        return super().CreateTask(request, context)


def main(port: str) -> None:
    """Serve until killed."""
    state = QueueState("127.0.0.1", 9, RETRIES)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    add_CloudTasksServicer_to_server(Strict(state), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    Processor(state).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(sys.argv[1])
