"""The edge of the api function: a werkzeug request in, whatever dialect it speaks, a response out."""

from __future__ import annotations

from werkzeug.wrappers import Request, Response

from shared.api.engine import handle
from shared.ports.world import Ports


def run(request: Request, ports: Ports) -> Response:
    """Answer one request of a caller."""
    return handle(request, ports)
