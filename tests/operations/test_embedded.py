"""The same operations on the real embedded store, vault and blobs: what the fakes promise, the backends keep."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from shared.backends import indexes
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from shared.domain.errors import Limited, Missing, Unauthenticated
from shared.operations import accounts, callers, keys, media, sessions, tokens, workspaces
from tests.operations.flows import redirected, signed_in
from tests.support import files, memory_ports
from tests.support.memory_ports import PUBLIC_URL, Rig


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = memory_ports.rig()
    store = EmbeddedStore(tmp_path / "store.sqlite3", made.clock, indexes.load(), durability="normal")
    blobs = EmbeddedBlobs(tmp_path / "blobs", PUBLIC_URL, tmp_path / "blobs.key", made.clock)
    vault = EmbeddedVault(tmp_path / "vault.key")
    return replace(made, ports=replace(made.ports, store=store, blobs=blobs, vault=vault))


def test_a_workspace_lives_through_it_all(rig: Rig) -> None:
    """Keys, both ways to connect, a library, and back to nothing."""
    made = workspaces.create(rig.ports, "Acme")
    caller = callers.authenticate(rig.ports, made.test.raw)
    mine = {signed_in(rig, caller).id, redirected(rig, "twitter", caller).id, redirected(rig, "instagram", caller).id}
    assert {account.id for account in accounts.list_(rig.ports, caller)} == mine
    kept = [
        media.upload(rig.ports, caller, filename="a.png", content_type="image/png", chunks=[files.png()])
        for _ in range(3)
    ]
    page = media.list_(rig.ports, caller, 2)
    assert len(page.items) == 2
    assert len(media.list_(rig.ports, caller, 2, page.next_cursor).items) == 1
    for one in kept:
        media.delete(rig.ports, caller, one.id)
    for account_id in mine:
        accounts.disconnect(rig.ports, caller, account_id)
    assert (accounts.list_(rig.ports, caller), media.storage(rig.ports, caller).count) == ([], 0)
    rotated = keys.rotate(rig.ports, caller, made.test.key.id)
    with pytest.raises(Unauthenticated):
        callers.authenticate(rig.ports, made.test.raw)
    keys.revoke(rig.ports, callers.authenticate(rig.ports, rotated.raw), rotated.key.id)
    with pytest.raises(Unauthenticated):
        callers.authenticate(rig.ports, rotated.raw)


def test_many_refreshes_at_once_are_one(rig: Rig) -> None:
    """With real transactions between threads."""
    caller = callers.authenticate(rig.ports, workspaces.create(rig.ports, "Acme").test.raw)
    account = redirected(rig, "twitter", caller)
    rig.clock.advance(7200)

    def one(_: int) -> str:
        try:
            return sessions.call(rig.ports, account).tokens.access
        except Limited:
            return ""

    before = len(rig.sandbox.sent)
    with ThreadPoolExecutor(16) as pool:
        got = set(pool.map(one, range(100)))
    assert len(rig.sandbox.sent) == before + 1
    stored = accounts.get(rig.ports, caller, account.id)
    assert got - {""} == {tokens.unseal(rig.ports, stored).access}


def test_two_that_connect_the_same_account_at_once_make_one(rig: Rig) -> None:
    """One document per account of a network."""
    caller = callers.authenticate(rig.ports, workspaces.create(rig.ports, "Acme").test.raw)
    with ThreadPoolExecutor(8) as pool:
        ids = {account.id for account in pool.map(lambda _: signed_in(rig, caller), range(8))}
    assert len(ids) == 1
    account = accounts.list_(rig.ports, caller)[0]
    assert sessions.call(rig.ports, account).tokens.access
    accounts.disconnect(rig.ports, caller, account.id)
    with pytest.raises(Missing):
        accounts.get(rig.ports, caller, account.id)
