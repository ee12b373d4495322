"""The first start: a workspace with one sandbox account per network; done again, or after a crash, it finishes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from local import first_start, home
from shared.backends import indexes
from shared.backends.embedded.store import EmbeddedStore
from shared.operations import accounts, callers, keys
from shared.platforms import registry
from shared.ports.world import Ports
from shared.runtime.sandbox import SandboxHttp
from tests.support import faults, memory_ports
from tests.support.memory_ports import Rig

URL = "http://127.0.0.1:8080"


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


@pytest.fixture
def sandbox(rig: Rig, tmp_path: Path) -> SandboxHttp:
    store = EmbeddedStore(tmp_path / "sandbox.sqlite3", rig.clock, indexes.load(), durability="normal")
    return SandboxHttp(store, rig.clock, lambda url: None, rig.clock.advance)


@pytest.fixture
def ports(rig: Rig, sandbox: SandboxHttp) -> Ports:
    return replace(rig.ports, sandbox=sandbox)


def connected(ports: Ports, key: str) -> list[str]:
    return sorted(account.platform for account in accounts.list_(ports, callers.authenticate(ports, key)))


def test_everything_is_there_after_it(ports: Ports, sandbox: SandboxHttp, tmp_path: Path) -> None:
    values = first_start.prepare(ports, sandbox, tmp_path, URL)
    assert home.read_env(tmp_path) == values
    assert list(values) == ["ROSTRUM_URL", "ROSTRUM_API_KEY", "ROSTRUM_LIVE_KEY"]
    assert connected(ports, values["ROSTRUM_API_KEY"]) == list(registry.all_names())
    assert connected(ports, values["ROSTRUM_LIVE_KEY"]) == []
    assert callers.authenticate(ports, values["ROSTRUM_API_KEY"]).mode == "test"
    assert callers.authenticate(ports, values["ROSTRUM_LIVE_KEY"]).mode == "live"


def test_a_second_start_changes_nothing_but_the_url(ports: Ports, sandbox: SandboxHttp, tmp_path: Path) -> None:
    first = first_start.prepare(ports, sandbox, tmp_path, URL)
    second = first_start.prepare(ports, sandbox, tmp_path, "http://127.0.0.1:9999")
    assert second == {**first, "ROSTRUM_URL": "http://127.0.0.1:9999"}
    assert connected(ports, first["ROSTRUM_API_KEY"]) == list(registry.all_names())


def test_killed_anywhere_the_next_start_finishes(rig: Rig, ports: Ports, sandbox: SandboxHttp, tmp_path: Path) -> None:
    """At every port call of the first start: the second one ends with a working key and one account per network."""
    for number in range(1000):
        folder = tmp_path / str(number)
        rig.clock.advance(600)  # networks limit how often one signs in
        rig.faults.hook = faults.once(number, "after", faults.Crash)
        try:
            first_start.prepare(ports, sandbox, folder, URL)
            died = False
        except faults.Crash:
            died = True
        rig.faults.hook = None
        values = first_start.prepare(ports, sandbox, folder, URL)
        assert connected(ports, values["ROSTRUM_API_KEY"]) == list(registry.all_names()), number
        if not died:
            break
    else:
        raise AssertionError("it never ran through")
    assert number > 5


def test_a_key_of_another_state_folder_is_replaced(ports: Ports, sandbox: SandboxHttp, tmp_path: Path) -> None:
    """A revoked key, or one that was never ours: a workspace that works is made."""
    old = first_start.prepare(ports, sandbox, tmp_path, URL)
    caller = callers.authenticate(ports, old["ROSTRUM_API_KEY"])
    keys.revoke(ports, caller, caller.key_id)
    new = first_start.prepare(ports, sandbox, tmp_path, URL)
    assert new["ROSTRUM_API_KEY"] != old["ROSTRUM_API_KEY"]
    assert connected(ports, new["ROSTRUM_API_KEY"]) == list(registry.all_names())
