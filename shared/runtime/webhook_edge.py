"""The edge where networks deliver: raw bytes in, an answer out that waits for nothing but one store write.

``GET`` is a handshake, ``POST`` a delivery. A network takes anything but a 2xx for «send it again»: what is forged is 401, what
is none of ours 404; what only we are at fault for is 503.
"""

from __future__ import annotations

import json
import logging

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from shared.domain.raw_events import MAX_BODY
from shared.operations.ingesting import deletions, receiving
from shared.operations.ingesting.receiving import Forged, NoWebhooks
from shared.operations.ingesting.secrets import KeysUnavailable, NotConfigured
from shared.ports import about
from shared.ports.store import StoreError
from shared.ports.world import Ports
from shared.runtime import entry

ROOT = "webhooks"
CHUNK = 65_536
log = logging.getLogger(__name__)


def run(request: Request, ports: Ports) -> Response:
    """Answer one request below ``/webhooks/{platform}``."""
    known = {"function": "ingest", "request_id": ports.ids.new("req")}
    return entry.work(request, ports, lambda: entry.served("server", lambda: _answered(request, ports)), **known)


def _answered(request: Request, ports: Ports) -> Response:
    platform, path = _named(request.path)
    about.learnt(platform=platform[: entry.LONGEST])
    if request.method not in ("GET", "POST"):
        return _said(405, "Method not allowed.", Allow="GET, POST")
    answered = _asked if request.method == "GET" else _delivered
    try:
        return answered(request, ports, platform, path)
    except NoWebhooks:
        return _said(404, "No network delivers here.")
    except Forged as error:
        log.warning("a delivery was not signed by its network", extra={"platform": str(error)})
        return _said(401, "The signature is not right.")
    except NotConfigured as error:
        log.error("a delivery cannot be verified: %s", error)  # noqa: TRY400 - the message is all there is to say
        return _said(503, "This installation is not set up for this network's webhooks.")
    except KeysUnavailable as error:
        log.warning("the network's public keys could not be had", extra={"platform": platform, "reason": str(error)})
        return _said(503, "The signature cannot be verified now: send it again.")
    except StoreError:
        log.exception("a delivery could not be kept; it has to be sent again", extra={"platform": platform})
        return _said(503, "It could not be kept: send it again.")


def _asked(request: Request, ports: Ports, platform: str, path: str) -> Response:
    """A handshake; or a person who wants to know what became of their wish to be forgotten."""
    if path:
        found = deletions.status(ports, platform, path, request.args.get("code", ""))
        return _said(
            200 if found else 404, found or "No such request; one that is older than eight days was carried out."
        )
    reply = receiving.challenge(ports, platform, request.args.to_dict())
    if reply is None:
        return _said(403, "This handshake is not ours: check the verify token.")
    return _said(reply.status, reply.body, reply.content_type)


def _delivered(request: Request, ports: Ports, platform: str, path: str) -> Response:
    receiving.resolved(platform, path)  # before anything is read
    try:
        body = _body(request)
    except RequestEntityTooLarge:
        return _said(413, f"A delivery has at most {MAX_BODY} bytes.")
    except ClientDisconnected:
        return _said(400, "The body broke off.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    received = receiving.receive(ports, platform, headers, body, path)
    about.learnt(raw_event=received.id)
    confirmation = deletions.confirmation(ports, platform, path, received.id)
    if confirmation:
        return _said(200, json.dumps(confirmation), "application/json")
    return _said(200, "")


def _body(request: Request) -> bytes:
    """The bytes as they came, and never more than a delivery may have. Raises RequestEntityTooLarge, ClientDisconnected."""
    if (request.content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge
    found = bytearray()
    while part := request.stream.read(min(CHUNK, MAX_BODY + 1 - len(found))):
        found += part
        if len(found) > MAX_BODY:
            raise RequestEntityTooLarge
    return bytes(found)


def _named(path: str) -> tuple[str, str]:
    """Platform and what follows it, of ``/webhooks/{platform}/…``; empty for any other path."""
    root, _, rest = path.strip("/").partition("/")
    platform, _, below = rest.partition("/") if root == ROOT else ("", "", "")
    return platform, below


def _said(status: int, text: str, content_type: str = "text/plain", **headers: str) -> Response:
    """What a handshake has us repeat must be no page: whoever shows it to a browser gets plain text."""
    fixed = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(text, status, {**fixed, **headers}, content_type=f"{content_type}; charset=utf-8")
