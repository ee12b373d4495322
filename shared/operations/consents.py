"""A person's way to a network's consent page and back: one state, used once, within ten minutes.

The state is 256 random bits, bound to workspace, mode, platform, both redirect addresses and, where the network has
it, a PKCE verifier (sealed in the vault). It is spent before its code is traded, so that no code is traded twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import parse_qs, quote, urlsplit

from shared.domain import codec
from shared.domain.accounts import Connected
from shared.domain.callers import Caller
from shared.domain.connections import CONNECTION_AGE, MAX_STATE, Connection, connection_path
from shared.domain.errors import Broken, Forbidden, Invalid, NetworkRefused
from shared.operations import apps, networks
from shared.operations.linking import Owner
from shared.operations.redirect_uris import acceptable, check_listed, check_redirect_uri
from shared.platforms import _oauth2, registry
from shared.platforms._wire import with_query
from shared.platforms.contract import Call, Candidates
from shared.ports.http import Request
from shared.ports.store import Query, Transaction, Write
from shared.ports.vault import Place, SecretForged, SecretGone, VaultError
from shared.ports.world import Ports


@dataclass(frozen=True, slots=True)
class Redirect:
    """Where to send the person's browser, and our own state that will come back with it."""

    auth_url: str
    state: str


def callback_url(ports: Ports, platform: str) -> str:
    """The redirect URI to register with the network: ``{public_url}/oauth/callback/{platform}``, or the one that the
    installation says leads there."""
    known = ports.apps.get(platform, {}).get("callback", "")
    return known or f"{ports.public_url}/oauth/callback/{platform}"


def begin(
    ports: Ports,
    caller: Caller,
    platform: str,
    *,
    redirect_uri: str = "",
    state: str = "",
    callback: str = "",
    extra: Mapping[str, str] = MappingProxyType({}),
    owner: Owner | None = None,
) -> Redirect:
    """Remember who asks, and say where to go. ``callback``: where the network sends the browser, empty for ours.
    ``extra``: what the person handed over beside their consent (``manifest.oauth.extra``). ``owner``: whose
    the account becomes, if it is put into a brand.

    Raises Invalid, Clash (no app), Broken, store.Unavailable.
    """
    _check(ports, caller, redirect_uri, callback, state)
    oauth, whose = registry.manifest(platform).oauth, owner or Owner(caller.space, caller.sandbox, actor=caller.actor)
    app, own = apps.for_connecting(ports, caller.space, platform, whose.brand_id, sandbox=caller.sandbox)
    secret, verifier = ports.ids.token(256), ports.ids.token(256)
    con_id, now = ports.ids.new("con"), ports.clock.now()
    connection = Connection(
        id=con_id,
        workspace=caller.workspace,
        space=caller.space,
        sandbox=caller.sandbox,
        platform=platform,
        callback=callback or callback_url(ports, platform),
        created_at=now,
        expires_at=now + CONNECTION_AGE,
        redirect_uri=redirect_uri,
        caller_state=state,
        sealed_verifier=_seal(ports, caller.space, con_id, verifier, extra) if oauth.pkce or extra else "",
        key_id=caller.key_id,
        own_app=app.client_id if own else "",
        brand_id=whose.brand_id,
        brand_ids=whose.brands,
        invite=whose.invite,
        actor=whose.actor,
    )
    ports.store.commit([Write("create", connection_path(secret), codec.encode(connection))])
    challenge = _oauth2.challenge(verifier, oauth.challenge)
    url = registry.connector(platform).authorize_url(
        app, connection.callback, secret, challenge, app.scopes or oauth.scopes
    )
    return Redirect(_simulated(ports, url) if caller.sandbox else url, secret)


def _check(ports: Ports, caller: Caller, redirect_uri: str, callback: str, state: str) -> None:
    check_redirect_uri(redirect_uri)
    check_redirect_uri(callback, "metadata.redirect_uri")
    check_listed(ports, caller.space, redirect_uri)
    check_listed(ports, caller.space, callback, "metadata.redirect_uri")
    if callback and redirect_uri:
        text = "redirect_uri: leave it out with metadata.redirect_uri: the browser goes there, and nowhere after it."
        raise Invalid("validation.field_invalid", text, field="redirect_uri")
    if len(state) > MAX_STATE:
        raise Invalid("validation.field_invalid", f"state: at most {MAX_STATE} characters.", field="state")


def spend(ports: Ports, state: str, allowed: Callable[[Connection], bool]) -> Connection:
    """The connection of this state, which is of no use any more; what is not ``allowed``, or what ``allowed`` raises
    about, is left as it is.

    Raises Forbidden (``auth.state_mismatch``: unknown, used, too old, or somebody else's), store.Unavailable.
    """
    path, now = connection_path(state), ports.clock.now()

    def body(txn: Transaction) -> Connection | None:
        doc = txn.get(path)
        connection = codec.decode(Connection, doc.data) if doc else None
        if connection is None or not allowed(connection):
            return None
        txn.write(Write("delete", path))
        return connection

    connection = ports.store.transact(body)
    if connection is None or connection.expires_at <= now:
        text = "This consent is unknown, was used before, or began over ten minutes ago: start again with connect."
        raise Forbidden("auth.state_mismatch", text, field="state")
    return connection


def trade(ports: Ports, connection: Connection, code: str, redirect_uri: str) -> Connected | Candidates:
    """The code for an account's tokens, or for those of several. Raises Invalid, Limited, NetworkRefused, Broken, Clash."""
    space, platform, sandbox = connection.space, connection.platform, connection.sandbox
    app, own = apps.for_connecting(ports, space, platform, connection.brand_id, sandbox=sandbox)
    if (app.client_id if own else "") != connection.own_app:
        text = "The app's credentials were changed while the person was asked: start again with connect."
        raise Forbidden("auth.state_mismatch", text, field="state")
    (verifier, extra), now = _opened(ports, connection), ports.clock.now()
    call = Call(networks.http_for(ports, platform, sandbox=sandbox, world=space), None, app, now)
    with networks.trading(connection.platform, now):
        given = registry.connector(connection.platform).exchange(call, code, redirect_uri, verifier)
    given = _each(given, lambda one: _with_extra(one, extra)) if extra else given
    return _each(given, lambda one: apps.remembered(one, app)) if own else given


def _each(given: Connected | Candidates, change: Callable[[Connected], Connected]) -> Connected | Candidates:
    if isinstance(given, Candidates):
        return Candidates(tuple(change(one) for one in given.accounts))
    return change(given)


def _with_extra(one: Connected, extra: Mapping[str, str]) -> Connected:
    return replace(one, tokens=replace(one.tokens, extra={**one.tokens.extra, **extra}))


def forget_expired(ports: Ports, limit: int = 100) -> int:
    """Remove consents that nobody finished in time, with their verifiers; answers how many. For the sweeper.

    Safe to run at any time, any number of times at once. Raises store.Unavailable.
    """
    late = Query("connections", where=(("expires_at", "<", ports.clock.now()),), limit=limit)
    found = ports.store.query(late)
    for doc in found:
        connection = codec.decode(Connection, doc.data)
        if connection.sealed_verifier:
            with suppress(VaultError):
                ports.vault.destroy(_place(connection.space, connection.id), connection.sealed_verifier)
        ports.store.commit([Write("delete", doc.path)])
    return len(found)


def sandbox_authorize(ports: Ports, url: str, *, user: str = "", deny: bool = False) -> str:
    """What a simulated person does at a simulated consent page: the address that the browser is sent on to.

    ``url``: the network's own authorize URL, as ``connect`` wrapped it. ``user``: who the person is; ``deny``: whether
    they refuse. Only the way back of a sandbox connection that
    is still open is ever answered, so this redirects nobody elsewhere. Raises Invalid, NetworkRefused, Forbidden.
    """
    platform = _asked_network(ports, url) if acceptable(url) else None
    if platform is None:
        text = "url: the authorize URL that connect answered, of a network that the sandbox simulates."
        raise Invalid("validation.field_invalid", text, field="url")
    known = _known(ports, url)
    if known is None or not known.sandbox:  # whoever asks needs no key: nothing is written for strangers
        raise _no_way_back()
    with networks.asking(platform, ports.clock.now(), "url"):
        asked = {"sandbox_user": user or None, "sandbox_deny": "1" if deny else None}
        http = networks.http_for(ports, platform, sandbox=True, world=known.space)
        answer = http.send(Request("GET", with_query(url, asked)))
    location = answer.headers.get("location", "")
    if not 300 <= answer.status < 400 or not location:
        shown = re.sub(r"<[^>]*>", "", answer.body[:500].decode("utf-8", "replace"))
        text = f"{networks.title(platform)}'s consent page answered {answer.status}: {shown}"
        raise NetworkRefused(f"platform.{platform}.authorize_refused", text, platform=platform)
    _check_way_back(ports, platform, location)
    return location


def _asked_network(ports: Ports, url: str) -> str | None:
    """Whose consent page this is: of those who share the host, the one whose connection is open under this state."""
    known = _known(ports, url)
    return registry.for_host(urlsplit(url).hostname or "", known.platform if known else "")


def _known(ports: Ports, url: str) -> Connection | None:
    """The open connection whose state is in the query."""
    doc = ports.store.get(connection_path(parse_qs(urlsplit(url).query).get("state", [""])[0]))
    return codec.decode(Connection, doc.data) if doc else None


def _check_way_back(ports: Ports, platform: str, location: str) -> None:
    known = _known(ports, location)
    ours = known is not None and known.sandbox and known.platform == platform
    if known is None or not ours or _base(location) != _base(known.callback):
        raise _no_way_back()


def _no_way_back() -> Forbidden:
    return Forbidden("auth.state_mismatch", "This consent page leads back to no open sandbox connection.", field="url")


def _base(url: str) -> tuple[str, str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc, parts.path


def _simulated(ports: Ports, url: str) -> str:
    return f"{ports.public_url}/sandbox/authorize?url={quote(url, safe='')}"


def _place(space: str, id: str) -> Place:
    return Place(space, id, "verifier")


def _seal(ports: Ports, space: str, id: str, verifier: str, extra: Mapping[str, str]) -> str:
    """The PKCE verifier, alone or with what was handed over beside the consent."""
    secret = json.dumps({"verifier": verifier, "extra": dict(extra)}) if extra else verifier
    try:
        return ports.vault.seal(_place(space, id), secret.encode())
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The vault did not answer: try again.") from error


def _opened(ports: Ports, connection: Connection) -> tuple[str, dict[str, str]]:
    """What was sealed, which is not needed again; nothing where the network has no PKCE and nobody gave more."""
    secret = _secret(ports, connection)
    if not secret.startswith("{"):  # no verifier does
        return secret, {}
    both = json.loads(secret)
    return str(both["verifier"]), dict(both["extra"])


def _secret(ports: Ports, connection: Connection) -> str:
    if not connection.sealed_verifier:
        return ""
    place = _place(connection.space, connection.id)
    try:
        secret = ports.vault.open(place, connection.sealed_verifier).decode()
    except (SecretGone, SecretForged) as error:
        raise Forbidden("auth.state_mismatch", "This consent cannot be finished: start again with connect.") from error
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The vault did not answer: start again with connect.") from error
    with suppress(VaultError):
        ports.vault.destroy(place, connection.sealed_verifier)
    return secret
