"""An instance of every function on Google's emulators: ``python -m tests.e2e.instance FD``, whose settings are its environment.

Several share one listening socket (the file descriptor FD), as a service's instances share its address: what nobody has taken
yet waits for the next one. OIDC, which no emulator sends, is not asked for: functions are entered behind the gate of their edge.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from shared.operations import publishing
from shared.ports.world import Ports
from shared.runtime import task_edge
from tests.contract.emulators import signer

OPERATIONS: Mapping[str, task_edge.Operation] = {
    "publish": publishing.advance,
    "sweep": publishing.sweep,
    "hand_over": lambda ports, body: None,  # nobody listens to webhooks here
}


class Quiet(WSGIRequestHandler):
    """Says nothing."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


def run(name: str, request: Request, ports: Ports) -> Response:
    """What the function of this name does with a task."""
    body: dict[str, Any] = json.loads(request.get_data() or b"{}")
    return task_edge._ran(OPERATIONS[name], ports, body)


def _ports(env: Mapping[str, str]) -> Ports:
    """What bootstrap makes, and files whose URLs are signed with the session's key: an emulator's environment has none."""
    from shared.backends.gcp.blobs import GcsBlobs
    from shared.runtime import bootstrap

    made, chosen = bootstrap.ports(), bootstrap.settings()
    gate, key = f"http://{env['ALLOW_PRIVATE_HOSTS']}", env["EMULATED_SIGNER"]
    blobs = GcsBlobs(chosen.bucket, credentials=lambda: signer.credentials(key), endpoint=gate, strict_uploads=False)
    return replace(made, blobs=blobs)


def main(arguments: list[str]) -> int:
    """Serve the API and the functions until the end of the process."""
    from shared.runtime import api_edge

    ports = _ports(os.environ)

    @Request.application
    def application(request: Request) -> Response:
        name = request.path.strip("/")
        return run(name, request, ports) if name in OPERATIONS else api_edge.run(request, ports)

    make_server("", 0, application, threaded=True, request_handler=Quiet, fd=int(arguments[0])).serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
