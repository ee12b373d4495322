"""A workspace's own app at a network: kept sealed, used for every account that is connected from then on.

An account keeps the app that it was connected with among its sealed tokens, because a grant belongs to the app that got
it: storing another app, or none, changes nothing for accounts that are connected already.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from shared.domain import codec
from shared.domain.accounts import Connected, Tokens
from shared.domain.apps import SHOWN, OwnApp, app_path
from shared.domain.brands import DEFAULT_BRAND
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Invalid, Limited, Unsupported
from shared.operations import auditing, brands, lookup, networks, permissions
from shared.platforms import registry
from shared.platforms.contract import App, Call, Fate, Refused
from shared.ports.store import Query, Transaction, Write
from shared.ports.vault import Place, VaultError
from shared.ports.world import Ports

MAX_VALUE = 512  # characters
MAX_SCOPES = 50
CHECKS = 5  # a minute, of a workspace and mode
MINUTE = timedelta(minutes=1)
APP_INVALID = "app_invalid"  # how every folder names what its network says of a wrong id or secret
_ID, _SECRET, _CONFIG = "own_app_id", "own_app_secret", "own_app_config"  # names among an account's further secrets


def keep(
    ports: Ports,
    caller: Caller,
    platform: str,
    client_id: str,
    client_secret: str,
    *,
    config: str = "",
    scopes: Sequence[str] = (),
    brand_id: str = "",
) -> OwnApp:
    """Store or replace the workspace's app, or with ``brand_id`` the brand's, which wins over it. Raises Forbidden (a
    restricted key), Missing (``brand.not_found``), Invalid, Broken, store.Unavailable.

    ``config``, ``scopes``: as in :class:`~shared.platforms.contract.App`.
    """
    name = _allowed(caller, platform)
    if brand_id:
        brands.get(ports, caller, brand_id)
    _check_pair(client_id, client_secret)
    _check_further(config, scopes)
    known, now = _read(ports, caller.space, name, brand_id), ports.clock.now()
    said = {"client_id": client_id.strip(), "client_secret": client_secret.strip(), "config": config.strip()}
    secret = json.dumps({**said, "scopes": list(scopes)}).encode()
    try:
        sealed = ports.vault.seal(_place(caller.space, name, brand_id), secret)
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The credentials could not be kept: try again.") from error
    since = known.created_at if known else now
    made = OwnApp(name, caller.space, client_id.strip()[:SHOWN], sealed, since, now, brand_id)
    _write(ports, caller, made)
    if known:
        _destroy(ports, known)
    return made


def list_(ports: Ports, caller: Caller, platform: str = "") -> list[OwnApp]:
    """The own apps, by network, of one if it is named; the workspace's before the brands'. Raises Forbidden, Invalid."""
    name = _allowed(caller, platform) if platform else ""
    permissions.full_access(caller, "Own apps")
    mine: tuple[tuple[str, Literal["=="], str], ...] = (("platform", "==", name),) if name else ()
    found = lookup.every(ports, Query(f"workspaces/{caller.space}/apps", where=mine))
    known = (codec.decode(OwnApp, doc.data) for doc in found)
    return sorted(known, key=lambda app: (app.platform, app.brand_id != "", app.created_at, app.brand_id))


def forget(ports: Ports, caller: Caller, platform: str, brand_id: str = "") -> None:
    """Remove it; what is not there is removed already. Raises Forbidden, Missing (the brand), Invalid, store.Unavailable."""
    name = _allowed(caller, platform)
    if brand_id:
        brands.get(ports, caller, brand_id)
    known = _read(ports, caller.space, name, brand_id)
    if known is None:
        return
    gone = [Write("delete", app_path(caller.space, name, brand_id))]
    auditing.commit(ports, caller, "app.removed", name, gone, brand_id=brand_id)
    _destroy(ports, known)


def check(ports: Ports, caller: Caller, platform: str, client_id: str, client_secret: str) -> str:
    """Ask the network whether it knows the pair; nothing is stored. Empty if it does, else the reason in words.

    A code that nobody was given is traded as this app: a network that looks at the app first says which of the two is wrong.
    Raises Forbidden, Invalid, Unsupported (a network that does not tell), Limited (``byok.test_rate_limited``), Broken,
    NetworkRefused, store.Unavailable.
    """
    name = _allowed(caller, platform)
    _check_pair(client_id, client_secret)
    if not registry.manifest(name).oauth.judges_app:
        why = "its API does not say reliably whether an app's id and secret are right, before somebody consents"
        text = f"{networks.title(name)} cannot be asked: {why}. Store the pair and connect an account."
        raise Unsupported("resource.not_supported", text, platform=name, reason=why)
    _count_check(ports, caller.space)
    now, app = ports.clock.now(), App(client_id.strip(), client_secret.strip())
    call = Call(networks.http_for(ports, name, sandbox=caller.sandbox, world=caller.space), None, app, now)
    with networks.asking(name, now):
        try:
            registry.connector(name).exchange(call, ports.ids.token(256), f"{ports.public_url}/", ports.ids.token(256))
        except Refused as refused:
            if refused.fate not in (Fate.REJECTED, Fate.UNAUTHORISED):
                raise
            known = refused.row.code != APP_INVALID
            return "" if known else refused.platform_message or refused.row.message
    return ""


def _count_check(ports: Ports, space: str) -> None:
    """At most ``CHECKS`` a minute of a workspace: no oracle for guessing secrets. Raises Limited."""
    path, now = f"workspaces/{space}/counters/app-checks", ports.clock.now()

    def body(txn: Transaction) -> int:
        doc = txn.get(path)
        since, count = (doc.data["since"], doc.data["count"]) if doc else (now, 0)
        if now - since >= MINUTE:
            since, count = now, 0
        if count < CHECKS:
            txn.write(Write("set", path, {"since": since, "count": count + 1}))
            return 0
        return max(1, math.ceil((since + MINUTE - now).total_seconds()))

    wait = ports.store.transact(body)
    if wait:
        text = f"At most {CHECKS} pairs a minute are tested: try again in {wait} s."
        raise Limited("byok.test_rate_limited", text, retry_after_seconds=wait)


def _check_pair(client_id: str, client_secret: str) -> None:
    for field, value in (("client_id", client_id), ("client_secret", client_secret)):
        if not value.strip() or len(value) > MAX_VALUE:
            text = f"{field}: as the network's developer portal shows it, at most {MAX_VALUE} characters."
            raise Invalid("validation.field_invalid", text, field=field)


def _write(ports: Ports, caller: Caller, made: OwnApp) -> None:
    """Raises Missing: the brand was deleted meanwhile."""

    def body(txn: Transaction) -> None:
        if made.brand_id and brands.gone(txn, made.space, made.brand_id):
            raise brands.missing(made.brand_id)
        audit = auditing.opened(ports, txn, made.space)
        txn.write(Write("set", app_path(made.space, made.platform, made.brand_id), codec.encode(made)))
        audit.add(txn, caller.actor, "app.stored", made.platform, brand_id=made.brand_id)

    ports.store.transact(body)


def forget_brand(ports: Ports, space: str, brand_id: str) -> None:
    """Remove what a brand brought that goes. Repeatable. Raises store.Unavailable."""
    for doc in list(lookup.every(ports, Query(f"workspaces/{space}/apps", where=(("brand_id", "==", brand_id),)))):
        known = codec.decode(OwnApp, doc.data)
        ports.store.commit([Write("delete", doc.path)])
        _destroy(ports, known)


def for_connecting(ports: Ports, space: str, platform: str, brand_id: str = "", *, sandbox: bool) -> tuple[App, bool]:
    """The app to connect as (the brand's, else the workspace's, else the installation's), and whether it is one's own. One
    round trip. Raises Clash (no app at all), Broken."""
    paths = [app_path(space, platform, brand_id or DEFAULT_BRAND), app_path(space, platform)]
    found = [codec.decode(OwnApp, doc.data) for doc in ports.store.get_many(paths) if doc]
    if not found:
        return networks.app_for(ports, platform, sandbox=sandbox), False
    own = found[0]
    try:
        kept = json.loads(ports.vault.open(_place(space, platform, own.brand_id), own.sealed))
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The app's credentials could not be read: try again.") from error
    return App(kept["client_id"], kept["client_secret"], kept.get("config", ""), tuple(kept.get("scopes", ()))), True


def remembered(connected: Connected, app: App) -> Connected:
    """The account with the app that it was connected with among its secrets."""
    extra = {**connected.tokens.extra, _ID: app.client_id, _SECRET: app.client_secret, _CONFIG: app.config}
    return replace(connected, tokens=replace(connected.tokens, extra=extra))


def of_account(ports: Ports, platform: str, tokens: Tokens, *, sandbox: bool) -> App:
    """The app that speaks for an account: the one it was connected with. Raises Clash (``platform.app_missing``)."""
    if tokens.extra.get(_ID):
        return App(tokens.extra[_ID], tokens.extra.get(_SECRET, ""), tokens.extra.get(_CONFIG, ""))
    return networks.app_for(ports, platform, sandbox=sandbox)


def _check_further(config: str, scopes: Sequence[str]) -> None:
    if len(config) > MAX_VALUE:
        raise Invalid("validation.field_invalid", f"config: at most {MAX_VALUE} characters.", field="config")
    if len(scopes) > MAX_SCOPES or not all(one and len(one) <= MAX_VALUE and one.split() == [one] for one in scopes):
        text = f"scopes: at most {MAX_SCOPES} of the network's own names, one each."
        raise Invalid("validation.field_invalid", text, field="scopes")


def _allowed(caller: Caller, platform: str) -> str:
    permissions.full_access(caller, "Own apps")
    name = networks.resolved(platform)
    if not registry.manifest(name).oauth.needs_app:
        text = f"platform: {networks.title(name)} needs no app."
        raise Invalid("validation.field_invalid", text, field="platform")
    return name


def _read(ports: Ports, space: str, platform: str, brand_id: str = "") -> OwnApp | None:
    doc = ports.store.get(app_path(space, platform, brand_id))
    return codec.decode(OwnApp, doc.data) if doc else None


def _destroy(ports: Ports, app: OwnApp) -> None:
    with suppress(VaultError):
        ports.vault.destroy(_place(app.space, app.platform, app.brand_id), app.sealed)


def _place(space: str, platform: str, brand_id: str = "") -> Place:
    return Place(space, f"app-{platform}" + (f"-{brand_id}" if brand_id else ""), "credentials")
