"""Keep accounts connected. Triggers: Cloud Scheduler, every five minutes; Cloud Tasks, queue ``refresh``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations import refreshing
from shared.runtime import bootstrap, task_edge


@functions_framework.http
def refresh_due(request: Request) -> Response:
    """A task for every account whose connection has to be looked at."""
    return task_edge.run(request, refreshing.refresh_due, bootstrap.ports())


@functions_framework.http
def refresh(request: Request) -> Response:
    """One account's connection."""
    return task_edge.run(request, refreshing.refresh, bootstrap.ports())
