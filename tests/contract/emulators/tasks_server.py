"""Serve ``gcloud-tasks-emulator`` on 127.0.0.1 only: its own command listens on every interface.

Run by the interpreter of ``.tools/tasks-emulator``, never imported by tests. Usage: ``python tasks_server.py PORT``.
"""

from __future__ import annotations

import sys
from concurrent import futures

import grpc
from gcloud_tasks_emulator.cloudtasks_pb2_grpc import add_CloudTasksServicer_to_server  # type: ignore[import-not-found]
from gcloud_tasks_emulator.server import Greeter, Processor, QueueState  # type: ignore[import-not-found]

RETRIES = 20  # a handler that answers 503 is asked again so often


def main(port: str) -> None:
    """Serve until killed."""
    state = QueueState("127.0.0.1", 9, RETRIES)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    add_CloudTasksServicer_to_server(Greeter(state), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    Processor(state).start()
    server.wait_for_termination()


if __name__ == "__main__":
    main(sys.argv[1])
