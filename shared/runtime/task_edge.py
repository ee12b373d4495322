"""The edge of functions that our own queue and schedule call: proof of the caller, JSON in, 200 out.

A handler answers 200 unless our own infrastructure failed: a network's trouble becomes our own re-scheduling, because a
429 or a 503 from a handler would throttle its whole queue.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.wrappers import Request, Response

from shared.domain.errors import Broken
from shared.ports import about
from shared.ports.blobs import BlobsError
from shared.ports.bus import BusError
from shared.ports.queue import QueueError
from shared.ports.store import StoreError
from shared.ports.vault import VaultError
from shared.ports.world import Ports
from shared.runtime import bootstrap, entry, gate

log = logging.getLogger(__name__)
Operation = Callable[[Ports, Mapping[str, Any]], Any]
OURS = (StoreError, QueueError, BusError, VaultError, BlobsError, Broken)


def run(request: Request, operation: Operation, ports: Ports) -> Response:
    """200 when the operation ran, 400 for a body that no queue of ours sends, 403 for strangers, 500 to be called again."""
    return entry.internal(request, ports, lambda: _answered(request, operation, ports))


def _answered(request: Request, operation: Operation, ports: Ports) -> Response:
    settings = bootstrap.settings()
    try:
        gate.check(request.headers.get("Authorization", ""), settings)
    except gate.Refused as refused:
        log.warning("internal endpoint refused a caller", extra={"reason": str(refused), "path": request.path})
        return Response("Forbidden\n", 403)
    body = _body(request)
    if body is None:
        return Response("The body must be a JSON object.\n", 400)
    about.named(body)
    parent, link = body.pop("traceparent", ""), body.pop("tracelink", "")  # put there by shared.runtime.tracing
    return entry.served("consumer", lambda: _ran(operation, ports, body), str(parent), str(link))


def _ran(operation: Operation, ports: Ports, body: Mapping[str, Any]) -> Response:
    try:
        outcome = operation(ports, body)
    except OURS as error:
        log.exception("our own infrastructure failed; to be delivered again", extra={"task": dict(body)})
        return Response(f"{type(error).__name__}\n", 500)
    log.debug("task done", extra={"task": dict(body), "outcome": str(outcome)})
    return Response(status=200)


def _body(request: Request) -> dict[str, Any] | None:
    data = request.get_data(cache=False)
    if not data.strip():
        return {}
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
