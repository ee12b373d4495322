"""What is planned for an account: with its connection, until it is disconnected, and once for those from before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.domain import codec
from shared.domain.accounts import account_path
from shared.domain.chores import KINDS, Chore, chore_path
from shared.operations import accounts, chores_planning, housekeeping
from shared.ports.store import Write
from tests.operations.flows import TEST, redirected, signed_in
from tests.support import memory_ports
from tests.support.memory_ports import Rig


def planned(rig: Rig) -> dict[str, Chore]:
    """The chores by kind."""
    found = (codec.decode(Chore, data) for path, data in rig.store.everything() if "/chores/" in path)
    return {one.kind: one for one in found}


@pytest.mark.parametrize(
    ("platform", "kinds"), [("instagram", {"refresh", "subscribe", "sync"}), ("facebook", {"subscribe", "sync"})]
)
def test_connecting_plans_what_the_network_has_and_disconnecting_ends_it(platform: str, kinds: set[str]) -> None:
    rig = memory_ports.rig()
    account = redirected(rig, platform)
    assert set(planned(rig)) == kinds
    assert planned(rig)["subscribe"].wake_at == account.created_at
    assert timedelta(0) <= planned(rig)["sync"].wake_at - account.created_at < chores_planning.SYNC_WITHIN
    accounts.disconnect(rig.ports, TEST, account.id)
    assert planned(rig) == {}


def test_connecting_again_plans_anew_under_other_tasks_names() -> None:
    """A queue refuses a task's name for a day."""
    rig = memory_ports.rig()
    redirected(rig, "instagram")
    before = planned(rig)
    rig.clock.advance(3600)
    redirected(rig, "instagram")
    after = planned(rig)
    assert all(after[kind].wake_at - before[kind].wake_at == timedelta(hours=1) for kind in KINDS)
    assert all(after[kind].ticket - before[kind].ticket > 100 for kind in KINDS)


def test_accounts_from_before_there_were_chores_get_theirs_once_and_then_it_costs_nothing() -> None:
    rig = memory_ports.rig()
    older = [signed_in(rig, name=f"older{number}") for number in range(chores_planning.BATCH + 3)]
    gone = [chore_path(one.space, one.id, kind) for one in older for kind in KINDS]
    rig.store.commit([Write("delete", path) for path in gone])
    newer = redirected(rig, "instagram")
    path = chore_path(newer.space, newer.id, "sync")
    rig.store.commit([Write("update", path, {"state": {"seen": 1}})])
    for _ in range(4):
        rig.clock.advance(60)
        housekeeping.keep(rig.ports)
    made = [path for path, _ in rig.store.everything() if path in gone]
    assert len(made) == 2 * len(older)  # of a network without webhooks
    kept = rig.store.get(path)
    assert kept is not None
    assert kept.data["state"] == {"seen": 1}
    rig.clock.advance(chores_planning.SETTLED.total_seconds())
    assert [chores_planning.go_on(rig.ports) for _ in range(3)] == [0, 0, 0]
    rig.faults.calls.clear()
    assert (chores_planning.go_on(rig.ports), rig.faults.calls) == (0, [])


def test_an_account_that_cannot_be_read_keeps_no_other_from_its_chores() -> None:
    """Nor one of a network that this version does not know."""
    rig = memory_ports.rig()
    found = [signed_in(rig, name=f"older{number}") for number in range(3)]
    rig.store.commit([Write("delete", chore_path(one.space, one.id, kind)) for one in found for kind in KINDS])
    rig.store.commit([Write("update", account_path(found[0].space, found[0].id), {"platform": "friendster"})])
    rig.store.commit([Write("update", account_path(found[1].space, found[1].id), {"limited": 7, "known_as": 7})])
    rig.clock.advance(60)
    chores_planning.go_on(rig.ports)
    assert {one.account_id for one in planned(rig).values()} == {found[2].id}
