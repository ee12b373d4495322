"""Who calls, for the dialects: a key, a session or a JWT in the Authorization header, or a browser's session cookie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers
from werkzeug.http import parse_cookie

from shared.api.engine.routes import ADMIN, Route
from shared.domain.callers import ACCOUNT_LEVEL, Caller, Kind, Mode
from shared.domain.errors import Forbidden, Invalid
from shared.operations import callers
from shared.ports.world import Ports

Sent = Mapping[str, str] | Headers
MODE = "Rostrum-Mode"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FULL: Mapping[Kind, str] = {
    "key": "Send a key without scopes and brands.",
    "session": "Ask the workspace's owner or an admin: your role does not give it.",
    "token": "Only a token whose role is tenant_admin or above has it.",
}
_LACKS: Mapping[Kind, str] = {
    "key": "Make a key that has {scope}, or one of full access.",
    "session": "Your role does not give {scope}: use a key that names it, or ask the workspace's owner.",
    "token": "None of the token's roles gives {scope}.",
}


def by_bearer(ports: Ports, headers: Sent) -> Caller:
    """The caller behind ``Authorization: Bearer …`` or, without such a header, behind a browser's session cookie.

    People and JWTs choose the mode with ``Rostrum-Mode: test`` (live if left out); a key has its
    own, which the header may repeat, not change. Raises Unauthenticated, Forbidden, Invalid (the mode), Broken.
    """
    token = session_cookie(ports, headers)
    if token is not None and "Authorization" not in headers:
        return callers.by_session(ports, token, _mode(headers) or "live")
    return by_role(ports, headers)


def by_role(ports: Ports, headers: Sent) -> Caller:
    """The caller behind ``Authorization: Bearer …``: a JWT whose roles give it its scopes, a key, or a session's token.

    For dialects that browsers do not speak. Raises as :func:`by_bearer`; a JWT of the configured issuer without one of
    the seven roles: Forbidden (``auth.insufficient_scope``, ``meta.required_roles``).
    """
    wanted = _mode(headers)
    caller = callers.resolve(ports, callers.bearer(headers.get("Authorization")), wanted or "live")
    if wanted and caller.mode != wanted:  # whoever believes in the sandbox must not publish for real
        text = f"{MODE}: a key has its own mode, and this is a {caller.mode} key. Leave the header out, or send a {wanted} key."
        raise Invalid("validation.field_invalid", text, field=MODE)
    return caller


def check_scope(caller: Caller, route: Route) -> None:
    """Refuse a key that may not do this. Raises Forbidden naming the scope."""
    if route.scope == ADMIN and caller.restricted:
        raise Forbidden("auth.insufficient_scope", f"This takes full access. {_FULL[caller.kind]}")
    if route.scope not in (None, ADMIN, "") and not caller.may(str(route.scope)):
        message = f"The scope {route.scope} is missing. {_LACKS[caller.kind].format(scope=route.scope)}"
        if caller.brand_ids and route.scope in ACCOUNT_LEVEL:
            message = f"{route.scope} covers all brands: no key that is bound to brands has it. Send one that is not."
        raise Forbidden("auth.insufficient_scope", message, required_scope=route.scope)


def check_origin(ports: Ports, method: str, headers: Sent) -> None:
    """Refuse what another site made a browser send: a cookie alone proves nothing of who wished it. Raises Forbidden.

    Browsers set ``Sec-Fetch-Site`` and ``Origin`` themselves; no page can. Requests with an Authorization header are
    not concerned, because no other site can add one.
    """
    if method in _SAFE or "Authorization" in headers or session_cookie(ports, headers) is None:
        return
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site != "same-origin" if site is not None else origin != own_origin(ports):
        text = "A session's cookie changes things from this installation's own pages only. Elsewhere, send a key."
        raise Forbidden("auth.origin_mismatch", text)


def session_cookie(ports: Ports, headers: Sent) -> str | None:
    """The session's token that the browser sent, None if there is none."""
    return cookies(headers).get(cookie_name(ports, "session"))


def cookies(headers: Sent) -> Mapping[str, str]:
    """All cookies; none where they are no text: they are set by whoever likes, and not only ours."""
    given = headers.get("Cookie")
    try:
        return parse_cookie(given) if given else {}
    except UnicodeDecodeError:
        return {}


def cookie_name(ports: Ports, use: str) -> str:
    """``__Host-rostrum_{use}`` where we are reached by https: browsers bind such a cookie to exactly this host."""
    return f"__Host-rostrum_{use}" if is_https(ports) else f"rostrum_{use}"


def set_cookie(ports: Ports, use: str, value: str, seconds: int) -> str:
    """A ``Set-Cookie`` header's value; ``seconds`` 0 removes the cookie."""
    secure = "; Secure" if is_https(ports) else ""
    return f"{cookie_name(ports, use)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def is_https(ports: Ports) -> bool:
    """Whether callers reach this installation by https."""
    return ports.public_url.startswith("https://")


def own_origin(ports: Ports) -> str:
    """Scheme, host and port, as browsers spell an origin."""
    parts = urlsplit(ports.public_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _mode(headers: Sent) -> Mode | None:
    """The mode that the header names, None without it. Raises Invalid."""
    if MODE not in headers:
        return None
    given = headers[MODE].strip().lower()
    if given not in ("test", "live"):
        raise Invalid("validation.field_invalid", f"{MODE}: test or live.", field=MODE)
    return cast(Mode, given)
