"""Advance one target of a post, and sweep up what the queue forgot. Triggers: Cloud Tasks, one queue per platform;
Cloud Scheduler, each minute."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations import housekeeping, publishing
from shared.runtime import bootstrap, task_edge


@functions_framework.http
def publish(request: Request) -> Response:
    """One step of one target."""
    return task_edge.run(request, publishing.advance, bootstrap.ports())


@functions_framework.http
def sweep(request: Request) -> Response:
    """Every overdue target gets one more task; what has expired is forgotten."""
    return task_edge.run(request, housekeeping.keep, bootstrap.ports())
