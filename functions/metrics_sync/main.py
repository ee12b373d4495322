"""Figures of posts and accounts: read from the networks on schedule, and written into files. Triggers: Cloud Scheduler,
each minute; Cloud Tasks, queues ``sync-{platform}`` and ``exports``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations.exports import processing
from shared.operations.syncing import running
from shared.runtime import bootstrap, task_edge


@functions_framework.http
def export(request: Request) -> Response:
    """One step of one export."""
    return task_edge.run(request, processing.advance, bootstrap.ports())


@functions_framework.http
def sync_due(request: Request) -> Response:
    """A task for every account of which something is due."""
    return task_edge.run(request, running.hand_out, bootstrap.ports())


@functions_framework.http
def sync(request: Request) -> Response:
    """One run of one account."""
    return task_edge.run(request, running.advance, bootstrap.ports())
