"""What several tests do first: a caller, and accounts connected to the simulated networks."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from shared.domain.accounts import Account
from shared.domain.callers import Caller
from shared.operations import accounts
from shared.operations.accounts import Connect, Landing, Redirect
from shared.platforms import registry
from tests.support.memory_ports import Rig

TEST = Caller("ws_1", "test", "key_1")
LIVE = Caller("ws_1", "live", "key_2")
OTHER = Caller("ws_2", "test", "key_3")


def query_of(url: str) -> dict[str, str]:
    """The query of a URL."""
    return dict(parse_qsl(urlsplit(url).query))


def begin(rig: Rig, platform: str, caller: Caller = TEST, redirect_uri: str = "", state: str = "") -> Redirect:
    """The first half of a consent."""
    answer = accounts.connect(rig.ports, caller, Connect(platform, redirect_uri=redirect_uri, state=state))
    assert isinstance(answer, Redirect)
    return answer


def consent(rig: Rig, redirect: Redirect, **extra: str) -> dict[str, str]:
    """The simulated person's answer: the query that the network sends to our callback."""
    url = query_of(redirect.auth_url)["url"]
    url += "".join(f"&{name}={value}" for name, value in extra.items())
    return query_of(accounts.sandbox_authorize(rig.ports, url))


def redirected(rig: Rig, platform: str = "twitter", caller: Caller = TEST) -> Account:
    """An account of a network with a consent page, connected."""
    landing: Landing = accounts.callback(rig.ports, platform, consent(rig, begin(rig, platform, caller)))
    assert landing.status == "success", landing
    return accounts.get(rig.ports, caller, landing.account_id)


def signed_in(rig: Rig, caller: Caller = TEST, name: str = "alice") -> Account:
    """An account of the network that takes credentials, connected."""
    seeded = registry.simulator("bluesky").seed(rig.sandbox.world("bluesky"), name)
    known = {option.name for option in registry.manifest("bluesky").oauth.fields}
    metadata = {field: value for field, value in seeded.items() if field in known}
    account = accounts.connect(rig.ports, caller, Connect("bluesky", metadata=metadata))
    assert isinstance(account, Account)
    return account
