"""What networks push to us, and having them push. Triggers: HTTP (``/webhooks/{platform}``, public); a Pub/Sub subscription of
the topic ``webhooks``; the schedule, every minute; Cloud Tasks, queues ``subscribe`` and ``sandbox``."""

import functions_framework
from werkzeug.wrappers import Request, Response

from shared.operations import sandboxing, subscribing
from shared.operations.ingesting import processing
from shared.runtime import bootstrap, event_edge, task_edge, webhook_edge


@functions_framework.http
def ingest(request: Request) -> Response:
    """One delivery or handshake of a network: proven, kept, answered."""
    return webhook_edge.run(request, bootstrap.ports())


@functions_framework.http
def process(request: Request) -> Response:
    """One kept delivery, worked off."""
    return event_edge.run(request, processing.process, bootstrap.ports())


@functions_framework.http
def subscribe_due(request: Request) -> Response:
    """Tasks for the subscriptions that are due, and what the simulated networks sent."""
    return task_edge.run(request, sandboxing.due, bootstrap.ports())


@functions_framework.http
def subscribe(request: Request) -> Response:
    """One account's subscription, made or seen to."""
    return task_edge.run(request, subscribing.subscribe, bootstrap.ports())


@functions_framework.http
def hand_over(request: Request) -> Response:
    """What the simulated networks sent, as if it had come over the network."""
    return task_edge.run(request, sandboxing.hand_over, bootstrap.ports())
