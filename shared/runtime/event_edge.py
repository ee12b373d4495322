"""The edge of functions that a subscription calls: proof of the caller, Pub/Sub's push message in, 200 out.

https://cloud.google.com/pubsub/docs/push (2026-11). A message is delivered at least once, until it is answered 2xx; what
no code of ours can read is answered 400, so that the subscription's dead-letter policy takes it aside in the end.
"""

from __future__ import annotations

import base64
import json
import logging
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.ports import about
from shared.ports.world import Ports
from shared.runtime import bootstrap, entry, gate
from shared.runtime.task_edge import OURS

log = logging.getLogger(__name__)
Operation = Callable[[Ports, Mapping[str, Any], Mapping[str, str]], Any]


def run(request: Request, operation: Operation, ports: Ports) -> Response:
    """200 when the operation ran, 400 for no message, 403 for strangers, 500 to be called again."""
    return entry.internal(request, ports, lambda: _answered(request, operation, ports))


def _answered(request: Request, operation: Operation, ports: Ports) -> Response:
    settings = bootstrap.settings()
    try:
        gate.check(request.headers.get("Authorization", ""), settings)
    except gate.Refused as refused:
        log.warning("internal endpoint refused a caller", extra={"reason": str(refused), "path": request.path})
        return Response("Forbidden\n", 403)
    message = _message(request)
    if message is None:
        log.error("a subscription delivered what is no message of ours")
        return Response("The body must be a push message with JSON data.\n", 400)
    data, attributes = message
    parent = attributes.pop("traceparent", "")  # put there by shared.runtime.tracing
    _about(data, attributes)
    return entry.served("consumer", lambda: _ran(operation, ports, data, attributes), parent)


def _about(data: Mapping[str, Any], attributes: Mapping[str, str]) -> None:
    """Events have a space and a type; what networks pushed is kept under its id."""
    about.named({**data, **attributes})
    if "space" in attributes:
        about.learnt(event_id=attributes.get("id", ""), event_type=attributes.get("type", ""))
    else:
        about.learnt(raw_event=attributes.get("id", ""))


def _ran(operation: Operation, ports: Ports, data: Mapping[str, Any], attributes: Mapping[str, str]) -> Response:
    try:
        outcome = operation(ports, data, attributes)
    except OURS as error:
        log.exception("our own infrastructure failed; to be delivered again", extra={"attributes": dict(attributes)})
        return Response(f"{type(error).__name__}\n", 500)
    log.debug("message done", extra={"attributes": dict(attributes), "outcome": str(outcome)})
    return Response(status=200)


def _message(request: Request) -> tuple[dict[str, Any], dict[str, str]] | None:
    """Data and attributes."""
    try:
        message = json.loads(request.get_data(cache=False))["message"]
        about.learnt(message_id=str(message.get("messageId", ""))[: entry.LONGEST])
        data = json.loads(base64.b64decode(message.get("data", "")))
        attributes = {str(name): str(value) for name, value in (message.get("attributes") or {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, BadBase64):
        return None
    return (data, attributes) if isinstance(data, dict) else None
