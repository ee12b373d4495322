"""The first start: a workspace, its keys, and one connected sandbox account on each network.

Every step looks first whether it was done, so that a start that was killed is simply finished by the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from local import home as home_folder
from shared.domain.callers import Caller
from shared.domain.errors import Unauthenticated
from shared.operations import accounts, callers, workspaces
from shared.platforms import registry
from shared.ports.world import Ports
from shared.runtime.sandbox import SandboxHttp

USERNAME = "rostrum"


def prepare(ports: Ports, sandbox: SandboxHttp, home: Path, url: str) -> Mapping[str, str]:
    """Make what is missing, and write ``$ROSTRUM_HOME/env``. Answers its values."""
    values = home_folder.read_env(home)
    caller = _caller(ports, values.get("ROSTRUM_API_KEY", ""))
    if caller is None:
        made = workspaces.create(ports, "Local")
        values = {"ROSTRUM_API_KEY": made.test.raw, "ROSTRUM_LIVE_KEY": made.live.raw}
        caller = callers.authenticate(ports, made.test.raw)
    values = {"ROSTRUM_URL": url, **{k: v for k, v in values.items() if k != "ROSTRUM_URL"}}
    home_folder.write_env(home, values)
    for name in registry.all_names():
        if not accounts.list_(ports, caller, platform=name):
            connect(ports, sandbox, caller, name, USERNAME)
    return values


def connect(ports: Ports, sandbox: SandboxHttp, caller: Caller, name: str, username: str) -> None:
    """Connect a sandbox account, as a caller would: with its credentials, or with the simulated person's consent."""
    credentials = sandbox.seed(name, username, caller.space)
    begun = accounts.connect(ports, caller, accounts.Connect(name, metadata=dict(_fields(name, credentials))))
    if not isinstance(begun, accounts.Redirect):
        return
    consent = dict(parse_qsl(urlsplit(begun.auth_url).query))["url"]
    back = accounts.sandbox_authorize(ports, consent)
    accounts.callback(ports, name, dict(parse_qsl(urlsplit(back).query)))


def _fields(name: str, credentials: Mapping[str, str]) -> Mapping[str, str]:
    oauth = registry.manifest(name).oauth
    wanted = {option.name for option in (*oauth.fields, *oauth.extra)}
    return {key: value for key, value in credentials.items() if key in wanted}


def _caller(ports: Ports, key: str) -> Caller | None:
    try:
        return callers.authenticate(ports, key) if key else None
    except Unauthenticated:
        return None  # the key of an older state folder, or a revoked one: new ones are made
