"""The operator's commands on Firestore and Secret Manager: their queries need no index that is not declared."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from shared.backends import indexes
from shared.backends.gcp.store import FirestoreStore
from shared.domain import codec
from shared.domain.callers import Caller
from shared.domain.content import Kind, Role
from shared.domain.posts import PieceDoc, Target, target_path
from shared.domain.states import State
from shared.domain.targets import scheduled
from shared.operations import apps, idempotency, workspaces
from shared.operations.operating import holding, letters, overview, sealing, stuck
from shared.operations.operating.holding import Chosen
from shared.ports.store import Write
from tests.contract.emulators import firestore
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.contract.ports import gcp_backends
from tests.support import memory_ports
from tests.support.memory_ports import Rig

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulators")]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A world whose store and vault are Google's, as emulated."""
    try:
        address = firestore.running().address
    except EmulatorMissing as error:
        skip_or_fail(error)
    made = memory_ports.rig()
    store = FirestoreStore(f"p-{uuid.uuid4().hex[:10]}", emulator=address, declared=indexes.load())
    return replace(made, ports=replace(made.ports, store=store, vault=gcp_backends.make_vault(tmp_path)))


@pytest.fixture
def caller(rig: Rig) -> Caller:
    return Caller(workspaces.create(rig.ports, "Ours").workspace.id, "test", "key_1")


def quiet(_more: int) -> None:
    """Nobody watches."""


def test_secrets_are_rewrapped_and_versions_under_the_old_key_destroyed(rig: Rig, caller: Caller) -> None:
    ports = rig.ports
    apps.keep(ports, caller, "twitter", "client", "hush")
    claim = idempotency.claim(ports, idempotency.identify(caller, "key", "POST /v1/keys", {}))
    assert isinstance(claim, idempotency.Claim)
    idempotency.complete(ports, claim, idempotency.Answer(201, b"{}"), secret=True)
    old, new = ports.vault.keys().newest, sealing.rotate(ports)
    assert sealing.census(ports, quiet).held == {old: 2}
    assert sealing.rewrap(ports, quiet).done == 2
    assert sealing.census(ports, quiet).held == {new: 2}
    again = idempotency.claim(ports, idempotency.identify(caller, "key", "POST /v1/keys", {}))
    assert again == idempotency.Answer(201, b"{}")


def test_what_waits_is_found_pushed_held_and_released(rig: Rig, caller: Caller) -> None:
    ports, now = rig.ports, rig.clock.now()
    piece = PieceDoc(Role.POST, Kind.TEXT, "Later", "key", 0)
    target = Target("tgt_1", "post_1", caller.space, "acc_1", "bluesky", True, 0, State.SCHEDULED, (piece,), now)
    waiting = scheduled(target, now + timedelta(hours=1), now)
    ports.store.commit([Write("create", target_path(caller.space, "tgt_1"), codec.encode(waiting))])
    assert list(stuck.find(ports)) == []
    rig.clock.advance(7_200)
    assert [one.kind for one in stuck.find(ports)] == ["target"]
    assert [one.outcome for one in stuck.push(ports, ["post_1"])] == ["enqueued"]
    assert holding.hold(ports, Chosen(platform="bluesky"), quiet).count == 1
    assert [one.kind for one in stuck.find(ports)] == ["held"]
    found = overview.look(ports, caller.workspace, quiet)
    assert (found.held, found.targets["scheduled"], found.overdue_since) == (1, 1, None)
    assert holding.release(ports, Chosen(), quiet).count == 1
    assert list(letters.failed(ports)) == []
