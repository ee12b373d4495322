"""The minute's run."""

from __future__ import annotations

from datetime import timedelta

from shared.domain import codec
from shared.domain.accounts import Connected, Tokens, account_path
from shared.domain.callers import Caller
from shared.domain.workspaces import deletion_path
from shared.operations import accounts, choosing, housekeeping
from shared.operations.linking import Owner
from shared.operations.user_deletion import Deletion
from shared.ports import about
from shared.ports.store import Write
from tests.operations import flows
from tests.support import memory_ports


def test_a_consent_that_nobody_finished_is_forgotten() -> None:
    """It is kept while it can be used (10 minutes), and gone by the run after that."""
    rig = memory_ports.rig()
    begun = accounts.connect(rig.ports, Caller("ws_1", "test", "key_1"), accounts.Connect("instagram"))
    assert isinstance(begun, accounts.Redirect)
    assert housekeeping.keep(rig.ports).forgotten == 0
    rig.clock.advance(11 * 60)
    assert housekeeping.keep(rig.ports).forgotten == 1
    assert not [path for path, _ in rig.store.everything() if path.startswith("connections/")]


def test_a_document_that_cannot_be_read_keeps_no_other_job_waiting() -> None:
    """What is wrong with consents does not keep choices, deletions and exports from being looked after."""
    rig = memory_ports.rig()
    past = rig.clock.now() - timedelta(days=1)
    rig.store.commit([Write("create", "connections/broken", {"expires_at": past})])
    page = Connected("100", "page", "Page", Tokens("token"))
    choosing.offer(rig.ports, Owner("ws_1.test", sandbox=True), "instagram", [page])
    rig.clock.advance(31 * 60)
    assert housekeeping.keep(rig.ports).forgotten == 1
    assert not [path for path, _ in rig.store.everything() if path.startswith("pending/")]


def test_what_one_job_learns_of_somebodys_account_stands_in_no_line_of_the_next_one() -> None:
    """A workspace is deleted: its account's secret is opened to give its grant back. The run goes on with other workspaces."""
    rig = memory_ports.rig()
    account = flows.redirected(rig)
    begun = rig.clock.now()
    path = deletion_path(flows.TEST.workspace)
    rig.store.commit([Write("set", path, codec.encode(Deletion(flows.TEST.workspace, begun, begun)))])
    rig.clock.advance(3600)
    with about.Work(function="sweep"):
        for _ in range(3):
            housekeeping.keep(rig.ports)
        assert about.known() == {"function": "sweep"}
    assert rig.store.get(account_path(account.space, account.id)) is None
    with about.Work(function="sweep"), about.part():
        about.learnt(account_id="acc_1")
        assert about.known() == {"function": "sweep", "account_id": "acc_1"}
