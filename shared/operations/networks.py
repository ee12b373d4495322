"""Asking a network outside publishing: by which http, as which app, and what its refusals mean to a caller."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from shared.domain.accounts import Account, AccountView, Connected
from shared.domain.errors import Broken, Clash, Forbidden, Invalid, Limited, NetworkRefused, RostrumError, Unsupported
from shared.platforms import registry
from shared.platforms.contract import App, ErrorRow, Fate, Refused
from shared.platforms.manifest import Manifest, NotOffered, ProfileWord
from shared.ports.http import AnswerLost, Blocked, Http, NotSent, Request, Response
from shared.ports.world import Ports

SANDBOX_APP = App("sandbox-client", "sandbox-secret", "4711")
DEFAULT_PAUSE = 60  # seconds, when a network limits us without saying for how long


def resolved(platform: str, field: str = "platform") -> str:
    """The public name of a platform or its alias. Raises Invalid (``account.unsupported_platform``)."""
    try:
        return registry.resolve(platform)
    except registry.UnknownPlatform:
        known = registry.all_names()
        near = difflib.get_close_matches(platform.strip().lower(), known, 1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(known)}."
        text = f"There is no platform {platform[:60]!r}. {hint}"
        raise Invalid("account.unsupported_platform", text, field=field) from None


def title(platform: str) -> str:
    """The name that people know the network by."""
    return registry.manifest(platform).title


def has_consent_page(platform: str) -> bool:
    """Whether accounts are connected on a page of the network's, not by credentials."""
    return registry.manifest(platform).oauth.style == "redirect"


def permissions(account: Account) -> list[str] | None:
    """What the account's person granted, in people's words (``post``, ``read_analytics``); None where the network does not
    say. Credentials give all that there is."""
    manifest = registry.manifest(account.platform)
    if manifest.oauth.style == "credentials":
        return ["post", "read_analytics"] if manifest.publishes else []
    if not account.scopes or not manifest.oauth.grants:
        return None
    return [name for name, scopes in manifest.oauth.grants.items() if not set(scopes).isdisjoint(account.scopes)]


def count_names(platform: str) -> Mapping[str, str]:
    """What the network calls our likes, comments and shares, where otherwise."""
    return registry.manifest(platform).counts


def rhythm(platform: str) -> Literal["work", "leisure", "mixed"]:
    """When people are assumed to look at the network."""
    return registry.manifest(platform).rhythm


def holds_pages(platform: str) -> bool:
    """Whether an account of the network is a page."""
    return registry.manifest(platform).holds == "page"


def told(platform: str, metadata: Mapping[str, Any], word: ProfileWord) -> str | None:
    """What an account's metadata says of it, in our words; None where they do not."""
    found = registry.manifest(platform).told(metadata, word)
    return str(found) if found not in (None, "") else None


def http_for(ports: Ports, platform: str, *, sandbox: bool, world: str) -> Http:
    """The platform's simulator for sandbox accounts, in their ``world`` (of a new connection: its space); the real network for
    live ones."""
    return Named(ports.sandbox, platform, world) if sandbox else Named(ports.http, platform)


class Named:
    """An http port that says on whose behalf it sends: which simulator answers, where several networks share a host, and in
    which world."""

    def __init__(self, inner: Http, platform: str, world: str = "") -> None:
        self._inner, self._platform, self._world = inner, platform, world

    def send(self, request: Request) -> Response:
        """As the port does."""
        return self._inner.send(replace(request, network=self._platform, world=self._world))


def app_variables(platform: str) -> tuple[str, str]:
    """The environment variables that carry the installation's app for this platform."""
    client_id, secret = registry.manifest(platform).oauth.app_env
    stem = platform.upper().replace("-", "_")
    return client_id or f"{stem}_CLIENT_ID", secret or f"{stem}_CLIENT_SECRET"


def other_variables(platform: str) -> tuple[str, str]:
    """Other names of those, for who set them already; empty where there are none."""
    return registry.manifest(platform).oauth.app_env_also


def stems(platform: str) -> tuple[str, ...]:
    """What the names of a network's settings begin with: its public name's, then its aliases'."""
    names = (platform, *registry.manifest(platform).aliases)
    return tuple(name.upper().replace("-", "_") for name in names)


def granted(text: str) -> dict[str, int]:
    """``name=calls,…``: what a network granted an app of its budgets, by their names. Raises ValueError."""
    found: dict[str, int] = {}
    for item in filter(None, (one.strip() for one in text.split(","))):
        name, _, calls = item.partition("=")
        if not calls.strip().isdecimal() or not 0 < int(calls) < 10**12:
            raise ValueError(f"{item!r} is not name=calls")
        found[name.strip()] = int(calls)
    return found


def webhook_secrets(platform: str) -> tuple[str, ...]:
    """Environment variables of other apps' secrets that the network's webhooks may be signed with."""
    return registry.manifest(platform).hooks.secrets_also


def known_as(platform: str, connected: Connected | AccountView) -> tuple[str, ...]:
    """Under which ids the network's deliveries speak of an account, beside its own."""
    told = {**connected.tokens.extra, **connected.metadata}
    return tuple(str(told[name]) for name in registry.manifest(platform).hooks.named_by if told.get(name))


def callback_variable(platform: str) -> str:
    """The environment variable of the redirect URI that the installation's app has at this network, where it is not ours."""
    return f"{platform.upper().replace('-', '_')}_CALLBACK_URL"


def further_variables(platform: str) -> tuple[str, str]:
    """The environment variables of what a network calls the app by beside its id, and of the scopes to ask for."""
    stem = platform.upper().replace("-", "_")
    return f"{stem}_APP_CONFIG", f"{stem}_APP_SCOPES"


def app_for(ports: Ports, platform: str, *, sandbox: bool) -> App:
    """The registration to speak as. Raises Clash (``platform.app_missing``) naming the settings that are missing."""
    if not registry.manifest(platform).oauth.needs_app:
        return App()
    if sandbox:
        return SANDBOX_APP
    given = ports.apps.get(platform, {})
    if not given.get("client_id"):
        client_id, secret = app_variables(platform)
        text = f"This installation has no app for {title(platform)}: set {client_id} and {secret}, or use a test key."
        raise Clash("platform.app_missing", text, platform=platform, settings=[client_id, secret])
    asked = tuple(given.get("scopes", "").replace(",", " ").split())
    return App(given["client_id"], given.get("client_secret", ""), given.get("config", ""), asked)


@contextmanager
def trading(platform: str, now: datetime) -> Iterator[None]:
    """As :func:`asking`, for trading an authorization code: refused is the code, unless our own app is at fault.

    Raises Invalid (naming ``code``), Limited, NetworkRefused, Broken.
    """
    with asking(platform, now):
        try:
            yield
        except Refused as refused:
            if refused.fate in (Fate.LIMITED, Fate.TRANSIENT) or refused.row.caused_by == "system":
                raise
            raise _code_refused(refused) from refused


@contextmanager
def asking(platform: str, now: datetime, field: str = "", address_field: str = "") -> Iterator[None]:
    """Turn what an adapter raises into what a caller is told.

    ``field``: the request's field that carries the credential; a refused credential is then that field's fault.
    ``address_field``: the field that names the server to speak to, if the caller named one; it is at fault when nothing
    there speaks the network's language. Raises Invalid, Limited, NetworkRefused, Broken.
    """
    try:
        yield
    except Refused as refused:
        if address_field and refused.fate is Fate.UNKNOWN:
            raise _no_server(platform, address_field, _words(refused)) from refused
        raise refusal(refused, now, field) from refused
    except Blocked as error:
        named = address_field or field
        if not named:  # an account's own server, whose name leads elsewhere by now: nothing that this request said
            raise _unreachable(platform) from error
        text = f"{named}: {error}; name a public https address."
        raise Invalid("validation.url_not_allowed", text, field=named) from error
    except NotSent as error:
        if address_field:
            text = f"{address_field}: {error}; check the address."
            raise Invalid("validation.url_unreachable", text, field=address_field) from error
        raise _unreachable(platform) from error
    except AnswerLost as error:
        if address_field:
            raise _no_server(platform, address_field, {}) from error
        text = f"{title(platform)} did not answer clearly, and nothing was kept: begin again."
        raise Broken("platform.no_answer", text, platform=platform) from error


def not_offered(manifest: Manifest, what: str, why: NotOffered) -> Unsupported:
    """The network does not offer this, and its manifest says why."""
    text = f"{manifest.title} does not offer {what}: {why.reason.rstrip('.')}."
    return Unsupported("resource.not_supported", text, platform=manifest.name, reason=why.reason, source=why.source.url)


def _unreachable(platform: str) -> Broken:
    text = f"{title(platform)} could not be reached: try again."
    return Broken("platform.unreachable", text, platform=platform)


def _no_server(platform: str, field: str, meta: Mapping[str, Any]) -> Invalid:
    text = f"{field}: this does not answer as a server of {title(platform)}; check the address, or leave it out."
    return Invalid(f"platform.{platform}.service_invalid", text, field=field, **meta)


def refusal(refused: Refused, now: datetime, field: str = "") -> RostrumError:
    """A network's refusal in our words, with its own code and text in ``meta``."""
    row, code, meta = refused.row, f"platform.{refused.platform}.{refused.row.code}", _words(refused)
    if row.fate is Fate.LIMITED:
        return Limited(code, row.message, retry_after_seconds=_seconds(refused.retry_at, now), **meta)
    if row.fate is Fate.TRANSIENT:
        return Broken(code, row.message, **meta)
    if row.fate is Fate.UNAUTHORISED and field:
        return Invalid(code, row.message, field=field, **meta)
    return _final(row)(code, row.message, **meta)


def _final(row: ErrorRow) -> type[RostrumError]:
    """What a final refusal is to whoever asked: a mistake in what they sent, something they may not, or the network's own."""
    if row.fate is Fate.REJECTED and row.category == "validation":
        return Invalid
    if row.fate is Fate.REJECTED and row.category == "auth":
        return Forbidden
    return NetworkRefused


def _code_refused(refused: Refused) -> Invalid:
    """A row made for connecting says it best; any other was worded for posts."""
    row, code = refused.row, "code_invalid"
    why = "it has run out, was used before, or was given for another app or address"
    text = f"code: {title(refused.platform)} did not accept it: {why}. Start again with connect."
    if row.fate is Fate.REJECTED and row.category == "auth":
        code, text = row.code, row.message
    return Invalid(f"platform.{refused.platform}.{code}", text, field="code", **_words(refused))


def _words(refused: Refused) -> dict[str, Any]:
    return {
        "platform": refused.platform,
        "platform_status": refused.status,
        "platform_code": refused.platform_code,
        "platform_message": refused.platform_message,
    }


def _seconds(until: datetime | None, now: datetime) -> int:
    return max(1, math.ceil((until - now).total_seconds())) if until else DEFAULT_PAUSE
