"""The edge of the api function: a werkzeug request in, whatever dialect it speaks, a response out."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from shared.api.connect.dialect import CONNECT
from shared.api.creator.dialect import CREATOR
from shared.api.engine import handling
from shared.api.social.dialect import SOCIAL
from shared.api.v1.dialect import V1
from shared.ports.world import Ports
from shared.runtime import entry

DIALECTS = (V1, SOCIAL, CREATOR, CONNECT)


def run(request: Request, ports: Ports) -> Response:
    """Answer one request of a caller."""
    parent = request.headers.get("traceparent", "")
    return entry.work(
        request,
        ports,
        lambda: entry.served("server", lambda: handling.handle(request, ports, DIALECTS), parent),
        function="api",
    )
