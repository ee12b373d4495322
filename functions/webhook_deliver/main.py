"""Tell callers what happened: the events log, and signed events to their endpoints. Triggers: a Pub/Sub subscription of
the topic ``events``; Cloud Tasks, queue ``webhooks``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations import events
from shared.operations.webhooks import delivering
from shared.runtime import bootstrap, event_edge, task_edge


@functions_framework.http
def record(request: Request) -> Response:
    """One message of the bus, into the log of its workspace."""
    return event_edge.run(request, events.observe, bootstrap.ports())


@functions_framework.http
def deliver(request: Request) -> Response:
    """One attempt of one delivery."""
    return task_edge.run(request, delivering.deliver, bootstrap.ports())
