"""The minute's run."""

from __future__ import annotations

from shared.domain.callers import Caller
from shared.operations import accounts, housekeeping
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
