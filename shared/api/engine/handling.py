"""One request, from its first byte to its answer."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

from werkzeug import Request, Response
from werkzeug.datastructures import Headers

from shared.api.engine import bodies, decoding, forms, limiting, replaying
from shared.api.engine.authentication import check_origin, check_scope, cookies
from shared.api.engine.exchange import Exchange, File, Reply, Sent
from shared.api.engine.problems import Internal
from shared.api.engine.routes import Dialect, Route, load
from shared.api.engine.routing import Match, dialect_of, match
from shared.domain.callers import Caller
from shared.domain.errors import Broken, RostrumError
from shared.ports import about
from shared.ports.blobs import BlobsUnavailable
from shared.ports.store import Unavailable
from shared.ports.vault import VaultUnavailable
from shared.ports.world import Ports

log = logging.getLogger(__name__)
REQUEST_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
}
_SECURITY = list(SECURITY.items())
_COLLECTIONS = {  # what an id in a path is the id of, by the step before it
    "posts": "post_id",
    "accounts": "account_id",
    "brands": "brand_id",
    "media": "media_id",
    "actions": "action_id",
    "exports": "export_id",
    "webhooks": "webhook_id",
    "deliveries": "delivery_id",
    "platforms": "platform",
}


def handle(request: Request, ports: Ports, dialects: Sequence[Dialect]) -> Response:
    """Answer one request in the dialect of its path. Never raises."""
    began = ports.clock.monotonic()
    request_id = _request_id(request, ports)
    dialect = dialect_of(request.path, dialects)
    with about.Work(request_id=request_id, dialect=dialect.name):
        return _answered(request, ports, dialect, request_id, began)


def _answered(request: Request, ports: Ports, dialect: Dialect, request_id: str, began: float) -> Response:
    said = {"X-Request-ID": request_id}
    try:
        with request:  # closes files that were spooled to disk
            reply = _serve(request, ports, dialect, said)
    except RostrumError as error:
        reply = _spelled(dialect, error, request_id)
    except (Unavailable, VaultUnavailable, BlobsUnavailable) as error:
        log.warning("infrastructure did not answer", extra={"reason": type(error).__name__})
        broken = Broken("system.unavailable", "We could not answer clearly just now. Send the request again.")
        reply = _spelled(dialect, broken, request_id)
    except Exception:  # the last line: no stack trace, no text of an unknown error may reach a caller
        log.exception("unhandled error")
        reply = _spelled(dialect, Internal(), request_id)
    _log(request.method, reply, ports.clock.monotonic() - began)
    return _response(reply, said)


def _serve(request: Request, ports: Ports, dialect: Dialect, said: dict[str, str]) -> Reply:
    """The reply; ``said`` gets the headers that an answer to this caller has."""
    found = match(dialect, request.method, request.path)
    if found.route is None:
        return Reply(204, headers={"Allow": ", ".join(found.allow)})
    route = found.route
    about.learnt(route=f"{route.method} {route.path}")
    about.learnt(**{name: found.path[step] for step, name in _ids(route.path)})
    caller = None
    if route.scope is not None:
        check_origin(ports, request.method, request.headers)
        caller = load(dialect.authenticate)(ports, request.headers)
        about.learnt(workspace=caller.workspace, key_id=caller.key_id, mode=caller.mode)
        limiting.count(ports, caller, route, said)
        check_scope(caller, route)
    exchange, given = _decoded(request, ports, (found, route), caller, said["X-Request-ID"])
    key = replaying.key_of(exchange, request.headers.get("Idempotency-Key"), route, given)
    reply: Reply = replaying.run(replace(exchange, key=key) if key else exchange, route, load(route.handler))
    if reply.status == 201 and route.location:
        said["Location"] = _located(route, reply)
    if caller is not None:
        limiting.tell_allowances(ports, caller, route, said)
    return reply


@cache
def _ids(path: str) -> tuple[tuple[str, str], ...]:
    """The steps of a route's path that are ids, with what they are called in a line of the log."""
    steps = path.split("/")
    return tuple(
        (step[1:-1], _COLLECTIONS[kind]) for kind, step in pairwise(steps) if step[:1] == "{" and kind in _COLLECTIONS
    )


def _located(route: Route, reply: Reply) -> str:
    """The address of what was made."""
    fields = vars(reply.body) if reply.body is not None else json.loads(reply.raw or b"{}")
    about.learnt(**{name: fields[step] for step, name in _ids(route.location)})
    return route.location.format(**fields)


def _decoded(
    request: Request, ports: Ports, found: tuple[Match, Route], caller: Caller | None, request_id: str
) -> tuple[Exchange[Any, Any], Mapping[str, Any] | None]:
    """The exchange, and the body as it was sent."""
    matched, route = found
    given, body, file = _body(request, route)
    args = decoding.query_arguments(request.args.to_dict(flat=False))
    if route.query is None and not route.foreign_query:
        decoding.refuse_any(args)
    query = decoding.decode(load(route.query), args, text=True) if route.query else None
    made: Exchange[Any, Any] = Exchange(ports, request_id, matched.path, body, query, who=caller, file=file, args=args)
    if route.raw:
        made = replace(made, sent=Sent(bodies.read(request, route.raw), dict(request.headers)))
    return replace(made, cookies=cookies(request.headers)) if "Cookie" in request.headers else made, given


def _body(request: Request, route: Route) -> tuple[Mapping[str, Any] | None, Any, File | None]:
    if route.upload is not None:
        file, fields = forms.read_file(request, route.upload)
        return fields, decoding.decode(load(route.body), fields, text=True) if route.body else None, file
    if route.raw:
        return None, None, None
    if route.body is None:
        return None if route.method == "GET" else bodies.refuse_any(request), None, None
    if route.form and forms.is_form(request):
        fields = forms.read_form(request)
        return fields, decoding.decode(load(route.body), fields, text=True), None
    given = bodies.read_json(request, optional=route.body_optional)
    return given, decoding.decode(load(route.body), given or {}), None


def _request_id(request: Request, ports: Ports) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if REQUEST_ID.fullmatch(given) else ports.ids.new("req")


def _spelled(dialect: Dialect, error: RostrumError, request_id: str) -> Reply:
    about.learnt(error_code=error.code)
    reply: Reply = load(dialect.spell)(error, request_id)
    return reply


def _response(reply: Reply, said: Mapping[str, str]) -> Response:
    body = reply.encode()
    headers = _Known([*_SECURITY, *said.items()])
    for name, value in reply.headers.items():
        headers.set(name, value)
    if body:
        headers.append(("Content-Type", reply.content_type))
    response = Response(body, reply.status, headers)
    if not body:
        response.headers.pop("Content-Type", None)
    if reply.status in (200, 201):  # nothing is left for werkzeug to work out: it has set the length with the body
        response.get_wsgi_headers = headers.complete  # type: ignore[method-assign]  # flask exchanges the class
    return response


class _Known(Headers):
    """Headers of which werkzeug need not check and copy each one, because they are our own."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._list = pairs

    def complete(self, environ: Mapping[str, Any]) -> Headers:
        """What is sent, whatever the request was."""
        del environ
        return self

    def append(self, pair: tuple[str, str]) -> None:
        """One more."""
        self._list.append(pair)


def _log(method: str, reply: Reply, seconds: float) -> None:
    """One line per request; never a header, a query or a body, nor the path itself: an invite's is its secret."""
    route = about.known().get("route", "")
    shown = {"requestMethod": method, "requestUrl": route.partition(" ")[2], "status": reply.status}
    log.info("request", extra={"httpRequest": {**shown, "latency": f"{seconds:.4f}s"}})
