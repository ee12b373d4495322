"""Figures of posts and accounts, as files. Trigger: Cloud Tasks, queue ``exports``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations.exports import processing
from shared.runtime import bootstrap, task_edge


@functions_framework.http
def export(request: Request) -> Response:
    """One step of one export."""
    return task_edge.run(request, processing.advance, bootstrap.ports())
