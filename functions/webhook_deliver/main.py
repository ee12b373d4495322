"""Tell callers what happened: the events log, and signed events to their endpoints. Triggers: two Pub/Sub subscriptions of
the topic ``events``; Cloud Tasks, queue ``webhooks``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations import recording
from shared.operations.webhooks import delivering, fanning_out
from shared.runtime import bootstrap, event_edge, task_edge


@functions_framework.http
def record(request: Request) -> Response:
    """One message of the bus, into the log of its workspace; what was answered from here, into its inbox."""
    return event_edge.run(request, recording.observe, bootstrap.ports())


@functions_framework.http
def notify(request: Request) -> Response:
    """One message of the bus, to the endpoints that want to hear of it."""
    return event_edge.run(request, fanning_out.notify, bootstrap.ports())


@functions_framework.http
def deliver(request: Request) -> Response:
    """One attempt of one delivery, or what else an endpoint needs."""
    return task_edge.run(request, delivering.deliver, bootstrap.ports())
