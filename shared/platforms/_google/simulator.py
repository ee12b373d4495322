"""What the simulated networks behind a Google account share: the request as they read it, and Google's error bodies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from shared.platforms import _faults
from shared.platforms.contract import World
from shared.ports.http import Request, Response, whole

JSON: Final = "application/json; charset=UTF-8"
STANDARD: Final = {"alt", "fields", "key", "prettyPrint", "quotaUser", "$.xgafv", "uploadType", "upload_id"}
_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class Denied(Exception):
    """An answer that ends the handling of a request."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, taken apart. Header names are lower case; ``user`` and ``scopes`` are set once it is known who asks."""

    world: World
    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    user: Mapping[str, Any] = field(default_factory=dict)
    scopes: frozenset[str] = frozenset()
    client: str = ""
    raw_query: str = ""

    @property
    def user_id(self) -> str:
        return str(self.user["id"])

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Denied."""
        try:
            value = json.loads(self.body or b"null")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Denied(error(400, "parseError", "Invalid JSON payload received. Unexpected token."))
        return value

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def allow(self, *names: str) -> None:
        """Refuse a query with other parameters than these and the standard ones. Raises Denied."""
        for name in self.query:
            if name not in STANDARD and name not in names:
                said = f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
                raise Denied(error(400, "badRequest", said))


def read(request: Request, world: World) -> Asked:
    """A request as the network receives it, from nobody in particular yet."""
    url = urlsplit(request.url)
    body = whole(request)
    return Asked(
        world=world,
        method=request.method.upper(),
        host=(url.hostname or "").lower(),
        path=url.path.rstrip("/"),
        query=dict(parse_qsl(url.query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        raw_query=url.query,
    )


def answer(body: Mapping[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    return Response(status, {"content-type": JSON}, json.dumps(body, ensure_ascii=False).encode())


def error(status: int, reason: str, message: str, domain: str = "global", **more: Any) -> Response:
    """An error of the older APIs: reasons in ``errors``."""
    listed = [{"message": message, "domain": domain, "reason": reason, **more}]
    body: dict[str, Any] = {"code": status, "message": message, "errors": listed}
    if status in {401, 429, 503}:
        body["status"] = _STATUS[status]
    return answer({"error": body}, status)


def rpc_error(status: int, message: str, *details: Mapping[str, Any], word: str = "") -> Response:
    """An error of the newer APIs: google.rpc.Status."""
    body: dict[str, Any] = {"code": status, "message": message, "status": word or _STATUS[status]}
    if details:
        body["details"] = list(details)
    return answer({"error": body}, status)


def unauthenticated() -> Response:
    """What every API of Google's says to a token that it does not accept."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    listed = [
        {
            "message": "Invalid Credentials",
            "domain": "global",
            "reason": "authError",
            "location": "Authorization",
            "locationType": "header",
        }
    ]
    body = {"code": 401, "message": message, "errors": listed, "status": "UNAUTHENTICATED"}
    return answer({"error": body}, 401)


def scope_missing() -> Response:
    """What every API of Google's says to a token without the scope."""
    message = "Request had insufficient authentication scopes."
    listed = [{"message": "Insufficient Permission", "domain": "global", "reason": "insufficientPermissions"}]
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
    }
    body = {"code": 403, "message": message, "errors": listed, "status": "PERMISSION_DENIED", "details": [detail]}
    return answer({"error": body}, 403)


def visible(
    asked: Asked,
    text: str,
    key: str,
    effect: Callable[[], Response],
    *,
    rejected: Callable[[], Response],
    limited: Callable[[], Response],
    broken: Callable[[], Response],
) -> Response:
    """Make a visible effect, or fail as its text asks (see ``_faults``)."""
    return _faults.visible(
        asked.world,
        text=text,
        key=sha256(key.encode()).hexdigest(),
        effect=effect,
        limited=limited,
        expired=unauthenticated,
        rejected=rejected,
        broken=broken,
    )


def known_fields(given: Any, known: Mapping[str, Any], path: str) -> None:
    """Refuse fields that the resource does not have. ``known``: a name's own fields, or None for a value. Raises Denied."""
    if not isinstance(given, dict):
        raise Denied(error(400, "badRequest", f"Invalid value at '{path}': expected an object."))
    for name, value in given.items():
        if name not in known:
            said = f"Invalid JSON payload received. Unknown name \"{name}\" at '{path}': Cannot find field."
            raise Denied(error(400, "badRequest", said))
        if known[name] is not None and value is not None:
            known_fields(value, known[name], f"{path}.{name}")


def keep_until(world: World, kind: str, owner: str, key: str, value: Mapping[str, Any]) -> None:
    """Put one more of an owner's things that end at ``value["until"]`` (epoch s); those that have ended take no room."""
    before = (world.get(f"{kind}.ends", owner) or {"until": {}})["until"]
    now = world.now.timestamp()
    for gone in (one for one, ends in before.items() if ends <= now):
        world.delete(kind, gone)
    alive = {one: ends for one, ends in before.items() if ends > now}
    world.put(f"{kind}.ends", owner, {"until": {**alive, key: value["until"]}})
    world.put(kind, key, value)


def secret(world: World, use: str) -> str:
    """A string that nobody guesses, the same when the same state is run again."""
    number = world.serial("google.secret")
    return sha256(f"{use}.{number}.{world.now.timestamp()}".encode()).hexdigest()
