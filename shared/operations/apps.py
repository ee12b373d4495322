"""A workspace's own app at a network: kept sealed, used for every account that is connected from then on.

An account keeps the app that it was connected with among its sealed tokens, because a grant belongs to the app that got
it: storing another app, or none, changes nothing for accounts that are connected already.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from shared.domain import codec
from shared.domain.accounts import Connected, Tokens
from shared.domain.apps import SHOWN, OwnApp, app_path
from shared.domain.brands import DEFAULT_BRAND
from shared.domain.callers import Caller
from shared.domain.errors import Broken, Forbidden, Invalid, Missing
from shared.operations import lookup, networks
from shared.platforms import registry
from shared.platforms.contract import App
from shared.ports.store import Query, Write
from shared.ports.vault import Place, VaultError
from shared.ports.world import Ports

MAX_VALUE = 512  # characters
MAX_SCOPES = 50
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
) -> OwnApp:
    """Store or replace the workspace's app. Raises Forbidden (a restricted key), Invalid, Broken, store.Unavailable.

    ``config``, ``scopes``: as in :class:`~shared.platforms.contract.App`.
    """
    name = _allowed(caller, platform)
    for field, value in (("client_id", client_id), ("client_secret", client_secret)):
        if not value.strip() or len(value) > MAX_VALUE:
            text = f"{field}: as the network's developer portal shows it, at most {MAX_VALUE} characters."
            raise Invalid("validation.field_invalid", text, field=field)
    _check_further(config, scopes)
    known, now = _read(ports, caller.space, name), ports.clock.now()
    said = {"client_id": client_id.strip(), "client_secret": client_secret.strip(), "config": config.strip()}
    secret = json.dumps({**said, "scopes": list(scopes)}).encode()
    try:
        sealed = ports.vault.seal(_place(caller.space, name), secret)
    except VaultError as error:
        raise Broken("system.vault_unavailable", "The credentials could not be kept: try again.") from error
    made = OwnApp(name, caller.space, client_id.strip()[:SHOWN], sealed, known.created_at if known else now, now)
    ports.store.commit([Write("set", app_path(caller.space, name), codec.encode(made))])
    if known:
        _destroy(ports, known)
    return made


def list_(ports: Ports, caller: Caller) -> list[OwnApp]:
    """The workspace's own apps, by network. Raises Forbidden."""
    _full_access(caller)
    found = lookup.every(ports, Query(f"workspaces/{caller.space}/apps"))
    return sorted((codec.decode(OwnApp, doc.data) for doc in found), key=lambda app: app.platform)


def get(ports: Ports, caller: Caller, platform: str) -> OwnApp:
    """One of them. Raises Forbidden, Invalid, Missing."""
    name = _allowed(caller, platform)
    known = _read(ports, caller.space, name)
    if known is None:
        raise Missing("byok.credentials_missing", f"There is no own app for {networks.title(name)}.", platform=name)
    return known


def forget(ports: Ports, caller: Caller, platform: str) -> None:
    """Remove it; what is not there is removed already. Raises Forbidden, Invalid, store.Unavailable."""
    name = _allowed(caller, platform)
    known = _read(ports, caller.space, name)
    if known is None:
        return
    ports.store.commit([Write("delete", app_path(caller.space, name))])
    _destroy(ports, known)


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
    _full_access(caller)
    name = networks.resolved(platform)
    if not registry.manifest(name).oauth.needs_app:
        text = f"platform: {networks.title(name)} needs no app."
        raise Invalid("validation.field_invalid", text, field="platform")
    return name


def _full_access(caller: Caller) -> None:
    if caller.restricted:
        raise Forbidden(
            "auth.insufficient_scope", "Own apps are managed with a key of full access (one without scopes)."
        )


def _read(ports: Ports, space: str, platform: str) -> OwnApp | None:
    doc = ports.store.get(app_path(space, platform))
    return codec.decode(OwnApp, doc.data) if doc else None


def _destroy(ports: Ports, app: OwnApp) -> None:
    with suppress(VaultError):
        ports.vault.destroy(_place(app.space, app.platform, app.brand_id), app.sealed)


def _place(space: str, platform: str, brand_id: str = "") -> Place:
    return Place(space, f"app-{platform}" + (f"-{brand_id}" if brand_id else ""), "credentials")
