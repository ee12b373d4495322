"""The ground of a simulated Graph: requests as it reads them, its errors, fields, pages, usage headers, signed pushes.

A network's simulator keeps accounts, tokens and things in its own documents; what is here is the same for all of them.
Instants are epoch seconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from shared.platforms._graph.calls import appsecret_proof
from shared.platforms._graph.webhooks import SIGNATURE, signature
from shared.platforms.contract import Push, World
from shared.ports.http import Request, Response, whole

HOUR, DAY = 3600, 86_400
SECRET = "sandbox-secret"  # of the app that a simulator signs its pushes for
VERSION = "v26.0"
_VERSION = re.compile(r"v\d{2}\.\d")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Document = dict[str, Any]


class Problem(Exception):
    """A refusal in Graph's form: ``{"error": {message, type, code, error_subcode, …, fbtrace_id}}``."""

    def __init__(
        self,
        code: int,
        message: str,
        subcode: int | None = None,
        *,
        status: int = 400,
        user_message: str = "",
        transient: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})
        self.error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
        if subcode is not None:
            self.error |= {"error_subcode": subcode, "is_transient": transient}
        if user_message:
            self.error |= {"error_user_title": message, "error_user_msg": user_message}

    def response(self, world: World) -> Response:
        trace = sha256(f"trace.{world.serial('graph.trace')}".encode()).hexdigest()[:21]
        return answer({"error": {**self.error, "fbtrace_id": f"A{trace}"}}, self.status, self.headers)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: path without the version, parameters of query and body together (form or JSON).

    ``headers`` have lower-case names; ``body`` is raw, for what is uploaded; ``files`` are the parts of a multipart form
    that have a file name.
    """

    method: str
    host: str
    path: tuple[str, ...]
    params: dict[str, Any]
    bearer: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    files: Mapping[str, bytes] = field(default_factory=dict)

    @staticmethod
    def of(request: Request, *, raw: bool = False) -> Ask:
        """Read a request; ``raw``: its body is a file, not parameters. Raises Problem."""
        url = urlsplit(request.url)
        path = [part for part in url.path.split("/") if part]
        if path and _VERSION.fullmatch(path[0]):
            path = path[1:]
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = whole(request)
        params: dict[str, Any] = dict(parse_qsl(url.query, keep_blank_values=True))
        given_params, files = ({}, {}) if raw else _parameters(headers.get("content-type", ""), body)
        params |= given_params
        given = headers.get("authorization", "")
        bearer = given.removeprefix("Bearer ").removeprefix("OAuth ") or str(params.get("access_token", ""))
        return Ask(request.method, url.hostname or "", tuple(path), params, bearer, headers, body, files)

    def text(self, name: str) -> str:
        return str(self.params.get(name, ""))

    def items(self, name: str) -> list[Any]:
        """A list parameter: a JSON array, or words with commas between."""
        given = self.params.get(name)
        if isinstance(given, list):
            return given
        try:
            value = json.loads(str(given)) if given else []
        except ValueError:
            value = None
        return value if isinstance(value, list) else [part for part in str(given).split(",") if part]

    def object(self, name: str) -> Document:
        """An object parameter, as JSON text in a form or as it is in a JSON body; ``{}`` when it is none."""
        given = self.params.get(name)
        try:
            value = json.loads(given) if isinstance(given, str) and given else given
        except ValueError:
            value = None
        return value if isinstance(value, dict) else {}

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "1"}

    def allow(self, *names: str) -> None:
        """Stricter than Graph, which ignores what it does not know: an unknown parameter is a mistake of ours."""
        known = {*names, "access_token", "appsecret_proof", "fields", "summary"}
        if unknown := sorted(set(self.params) - known):
            raise Problem(100, f"(#100) The parameter {unknown[0]} is not a parameter of this request")

    def need(self, *names: str) -> None:
        """Raise Problem 100 for a parameter that must be given and is not."""
        for name in names:
            if not self.params.get(name):
                raise Problem(100, f"(#100) The parameter {name} is required")


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON, as Graph sends it."""
    named = {"content-type": "application/json; charset=UTF-8", **(headers or {})}
    return Response(status, named, json.dumps(body, ensure_ascii=False).encode())


def now(world: World) -> float:
    """The world's time in epoch seconds."""
    return world.now.timestamp()


def stamp(epoch: float) -> str:
    """``2026-11-22T12:00:00+0000``."""
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def hashed(value: str) -> str:
    """Under which tokens, codes and secrets are kept."""
    return sha256(value.encode()).hexdigest()


def fresh(world: World, kind: str, network: str) -> str:
    """A fresh token or code, and nothing that can be guessed from another."""
    seed = f"{kind}.{world.serial(f'{network}.secret')}.{now(world)}"
    return f"{kind}{hashed(seed)}"


# ---------------------------------------------------------------------------------------------------- refusals


def expired(when: str) -> Problem:
    """190/463."""
    return Problem(190, f"Error validating access token: Session has expired on {when}.", 463)


def unreadable() -> Problem:
    """190, of a token that never was one."""
    return Problem(190, "Invalid OAuth access token - Cannot parse access token")


def invalidated(subcode: int = 467) -> Problem:
    """190/460 (password), 190/467 (otherwise)."""
    return Problem(190, "Error validating access token: The session has been invalidated.", subcode)


def unauthorised() -> Problem:
    """190/458: the person removed the app."""
    return Problem(190, "Error validating access token: The user has not authorized the application.", 458)


def denied(scope: str) -> Problem:
    """10, naming the permission that is missing."""
    return Problem(10, f"(#10) Application does not have permission for this action: {scope}", status=403)


def missing(id_: str, method: str = "get") -> Problem:
    """100/33, in Graph's own words."""
    message = (
        f"Unsupported {method} request. Object with ID '{id_}' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation. Please read the Graph API documentation."
    )
    return Problem(100, message, 33)


def limited(
    account: str, type_: str, *, code: int = 4, minutes: int = 0, headers: Mapping[str, str] | None = None
) -> Problem:
    """A rate limit with the headers that say for how long. ``type_``: the business use case (``pages``)."""
    full = {"call_count": 100, "total_cputime": 100, "total_time": 100}
    entry = {"type": type_, **full, "estimated_time_to_regain_access": minutes}
    named = {
        "x-app-usage": json.dumps(full),
        "x-business-use-case-usage": json.dumps({account: [entry]}),
        **(headers or {}),
    }
    words = "Application request limit reached" if code == 4 else "There have been too many calls to this account."
    return Problem(code, f"(#{code}) {words}", status=429 if code == 4 else 400, headers=named)


def check_proof(ask: Ask, secret: str) -> None:
    """Raise Problem 100 when an ``appsecret_proof`` is given and is not the token's under this secret."""
    given = ask.text("appsecret_proof")
    if given and given != appsecret_proof(ask.bearer, secret):
        raise Problem(100, "Invalid appsecret_proof provided in the API argument")


# --------------------------------------------------------------------------------------------- calls per hour


def count_call(world: World, account: str, allowed: int, type_: str) -> None:
    """One more call in this hour. Raises Problem 4 above the limit."""
    used = _calls(world, account) + 1
    if used > allowed:
        raise limited(account, type_, minutes=60)
    world.put("usage", account, {"hour": _hour(world), "calls": used})


def usage(world: World, account: str, allowed: int) -> dict[str, str]:
    """The header that Graph sends with each answer, in percent."""
    percent = _calls(world, account) * 100 // allowed
    return {"x-app-usage": json.dumps({"call_count": percent, "total_time": percent, "total_cputime": percent})}


def _calls(world: World, account: str) -> int:
    """How many there were in this hour: one entry an account, which each hour begins anew."""
    kept = world.get("usage", account)
    return int(kept["calls"]) if kept and kept.get("hour") == _hour(world) else 0


def _hour(world: World) -> int:
    return int(now(world)) // HOUR


# ------------------------------------------------------------------------------------------- fields and pages


def chosen(ask: Ask, have: Mapping[str, Any], node: str) -> Document:
    """The fields that were asked for (``id`` alone by default); None values are left out, as Graph does.

    ``from{id,name}`` picks within an object, a list, or an edge (``{"data": […]}``). Raises Problem 100 for a field that
    ``have`` lacks.
    """
    return picked(ask.text("fields"), have, node)


def picked(fields: str, have: Mapping[str, Any], node: str) -> Document:
    """As :func:`chosen`, of a ``fields`` text."""
    wanted = fields_of(fields) or {"id": ""}
    for name in wanted:
        if name not in have:
            raise Problem(100, f"(#100) Tried accessing nonexisting field ({name}) on node type ({node})")
    if "id" in have:
        wanted = {**wanted, "id": ""}
    return {name: _within(sub, have[name], node) for name, sub in wanted.items() if have[name] is not None}


def fields_of(text: str) -> dict[str, str]:
    """``id,from{id,name},comments.limit(5){id}`` as field names with what is asked within each."""
    found: dict[str, str] = {}
    for part in _split(text):
        name = _FIELD.match(part)
        if name is None:
            raise Problem(2500, f"Syntax error \"Expected name at character 0 before '{part}'.\"")
        begins = part.find("{")
        found[name[0]] = part[begins + 1 : -1] if begins > 0 and part.endswith("}") else ""
    return found


def page(ask: Ask, rows: Sequence[Document], shown: Callable[[Document], Document], address: str) -> Response:
    """One page of ``rows`` (each with an ``id``), with cursors; ``address`` is the listing's own, for ``next``."""
    limit = max(1, min(int(ask.text("limit") or 25), 100))
    ids = [row["id"] for row in rows]
    after = ask.text("after")
    start = ids.index(after) + 1 if after in ids else 0
    some = rows[start : start + limit]
    body: Document = {"data": [shown(row) for row in some]}
    if some:
        body["paging"] = {"cursors": {"before": some[0]["id"], "after": some[-1]["id"]}}
    if some and start + limit < len(rows):
        query = {"fields": ask.text("fields"), "limit": str(limit), "after": some[-1]["id"]}
        body["paging"]["next"] = f"{address}?{urlencode(query)}"
    return answer(body)


def _within(fields: str, value: Any, node: str) -> Any:
    if not fields:
        return value
    if isinstance(value, list):
        return [_within(fields, item, node) for item in value]
    if isinstance(value, dict) and set(value) <= {"data", "paging", "summary"} and "data" in value:
        return {**value, "data": _within(fields, value["data"], node)}
    return picked(fields, value, node) if isinstance(value, dict) else value


def _split(text: str) -> Iterable[str]:
    """The parts between commas that are outside of any braces and parentheses."""
    depth, part = 0, ""
    for letter in text:
        depth += (letter in "{(") - (letter in "})")
        if letter == "," and depth == 0:
            yield part.strip()
            part = ""
        else:
            part += letter
    if part.strip():
        yield part.strip()


# ------------------------------------------------------------------------------------------------------ pushes


def push(id_: str, at: datetime, object_: str, entry: Mapping[str, Any], secret: str = SECRET) -> Push:
    """A signed delivery of one entry. ``id_`` the same when the same thing is delivered again."""
    body = json.dumps({"object": object_, "entry": [entry]}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", SIGNATURE: signature(body, secret)}
    return Push(id_, at, headers, body)


def changed(account: str, at: float, name: str, value: Mapping[str, Any]) -> Document:
    """An entry with one change of a field."""
    return {"id": account, "time": int(at), "changes": [{"field": name, "value": value}]}


def _parameters(kind: str, body: bytes) -> tuple[Document, dict[str, bytes]]:
    if not body:
        return {}, {}
    if "json" in kind:
        try:
            value = json.loads(body)
        except ValueError:
            raise Problem(100, "(#100) The body is not valid JSON") from None
        return value if isinstance(value, dict) else {}, {}
    if "multipart/form-data" in kind:
        return _multipart(kind, body)
    if "form-urlencoded" not in kind:
        raise Problem(100, f"(#100) Cannot read a body of {kind or 'no content type'}")
    return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


def _multipart(kind: str, body: bytes) -> tuple[Document, dict[str, bytes]]:
    """The parts of a form (RFC 7578): fields, and those with a file name."""
    fields: Document = {}
    files: dict[str, bytes] = {}
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]*)"', head)
        if name and b'filename="' in head:
            files[name[1].decode()] = content.removesuffix(b"\r\n")
        elif name:
            fields[name[1].decode()] = content.removesuffix(b"\r\n").decode()
    return fields, files
