"""One consent, several accounts: the first choice wins, and what was not chosen is forgotten."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.domain.accounts import Connected, Tokens
from shared.domain.connections import Choice
from shared.domain.errors import Broken, Forbidden, Invalid, Missing, RostrumError
from shared.operations import accounts, choosing, sessions
from shared.operations.linking import Owner
from shared.ports.store import Write
from shared.ports.vault import VaultUnavailable
from tests.operations.flows import LIVE, OTHER, TEST
from tests.support import memory_ports
from tests.support.faults import Crash, once
from tests.support.memory_ports import Rig
from tests.support.simulated import START

PAGES = tuple(
    Connected(str(100 + n), f"page{n}", f"Page {n}", Tokens(f"token-{'shared' if n < 2 else n}"), metadata={"n": n})
    for n in range(3)
)


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


@pytest.fixture
def choice(rig: Rig) -> Choice:
    """Three candidates, two of which speak with the same token."""
    return choosing.offer(rig.ports, Owner(TEST.space, TEST.sandbox), "instagram", PAGES)


def test_the_chosen_are_connected_with_their_own_tokens(rig: Rig, choice: Choice) -> None:
    """In the order in which they were named; each once."""
    made = choosing.select(rig.ports, TEST, choice.id, ["102", "100", "102"], "page_ids")
    assert [(one.platform_account_id, one.username) for one in made] == [("102", "page2"), ("100", "page0")]
    speaking = [sessions.open_call(rig.ports, one).tokens.access for one in made]
    assert speaking == ["token-2", "token-shared"]
    assert [one.id for one in accounts.list_(rig.ports, TEST)] == [one.id for one in made]


def test_the_first_choice_wins(rig: Rig, choice: Choice) -> None:
    """Then there is nothing to choose from, and no secret is left behind."""
    choosing.select(rig.ports, TEST, choice.id, ["100"], "page_ids")
    with pytest.raises(Missing, match="Start again with connect"):
        choosing.select(rig.ports, TEST, choice.id, ["101"], "page_ids")
    assert len(rig.vault.secrets) == 1


@pytest.mark.parametrize("wanted", [[], ["999"], ["100", "999"], [""]])
def test_only_candidates_can_be_chosen(rig: Rig, choice: Choice, wanted: list[str]) -> None:
    """A wrong choice names the field, and costs nothing."""
    with pytest.raises(Invalid) as caught:
        choosing.select(rig.ports, TEST, choice.id, wanted, "page_ids")
    assert caught.value.meta["field"] == "page_ids"
    assert choosing.get(rig.ports, TEST, choice.id) == choice


def test_another_workspace_sees_nothing(rig: Rig, choice: Choice) -> None:
    """Nor does an id that is none."""
    for who, what in ((OTHER, choice.id), (TEST, "../x"), (TEST, "pc_none")):
        with pytest.raises(Missing):
            choosing.get(rig.ports, who, what)


def test_it_is_over_after_half_an_hour(rig: Rig, choice: Choice) -> None:
    """And the sweeper forgets it, with its tokens."""
    rig.clock.advance(29 * 60)
    assert choosing.forget_expired(rig.ports) == 0
    rig.clock.advance(61)
    with pytest.raises(Missing):
        choosing.get(rig.ports, TEST, choice.id)
    assert choosing.forget_expired(rig.ports) == 1
    assert not rig.vault.secrets
    assert choosing.forget_expired(rig.ports) == 0


def test_a_vault_that_fails_keeps_the_choice(rig: Rig, choice: Choice) -> None:
    """Try again: nothing was taken."""
    rig.faults.hook = once(1, "before", VaultUnavailable)
    with pytest.raises(Broken):
        choosing.select(rig.ports, TEST, choice.id, ["100"], "page_ids")
    rig.faults.hook = None
    assert choosing.select(rig.ports, TEST, choice.id, ["100"], "page_ids")


@pytest.mark.parametrize("call", range(24))
def test_whoever_crashes_while_connecting_chooses_again(rig: Rig, choice: Choice, call: int) -> None:
    """The same choice; another one comes too late. Each account is there once, and no secret is left behind."""
    rig.faults.hook = once(call, "after", lambda: Crash("killed"))
    done = False
    with suppress(Crash, RostrumError):
        choosing.select(rig.ports, TEST, choice.id, ["102", "100"], "page_ids")
        done = True
    rig.faults.hook = None
    if not done:
        with suppress(Missing):  # it died after the last account was connected
            choosing.select(rig.ports, TEST, choice.id, ["102", "100"], "page_ids")
    with pytest.raises(Missing):
        choosing.select(rig.ports, TEST, choice.id, ["101"], "page_ids")
    assert {one.platform_account_id for one in accounts.list_(rig.ports, TEST)} == {"102", "100"}


def test_the_forgetting_outlives_a_vault_that_fails_and_a_row_that_cannot_be_read(rig: Rig, choice: Choice) -> None:
    """A secret is not left behind because the vault did not answer once; one bad row keeps nobody."""
    rig.clock.advance(31 * 60)
    rig.ports.store.commit([Write("create", "pending/pc_bad", {"expires_at": START})])
    rig.faults.hook = lambda call, phase: _down() if call.startswith("vault") and phase == "before" else None
    assert choosing.forget_expired(rig.ports) == 1
    rig.faults.hook = None
    assert choosing.forget_expired(rig.ports) == 1
    assert not rig.vault.secrets
    assert rig.ports.store.get("pending/pc_bad") is None


def _down() -> None:
    raise VaultUnavailable("down")


def test_no_token_lies_in_the_document(rig: Rig, choice: Choice) -> None:
    """They are in the vault only."""
    doc = rig.ports.store.get(f"pending/{choice.id}")
    assert doc is not None
    assert "token-" not in str(doc.data)


def test_of_more_accounts_than_the_plan_has_none_is_connected(rig: Rig) -> None:
    """And fewer can be chosen then: the first choice that can be made wins."""
    ports = replace(rig.ports, default_plan="free", memory={})
    found = [Connected(str(number), f"p{number}", "Page", Tokens(f"t{number}")) for number in range(8)]
    choice = choosing.offer(ports, Owner(LIVE.space, False), "facebook", found)
    with pytest.raises(Forbidden, match="5 connected accounts"):
        choosing.select(ports, LIVE, choice.id, [str(number) for number in range(6)], "page_ids")
    assert accounts.list_(ports, LIVE) == []
    assert len(choosing.select(ports, LIVE, choice.id, [str(number) for number in range(5)], "page_ids")) == 5
    again = choosing.offer(ports, Owner(LIVE.space, False), "facebook", found)
    assert len(choosing.select(ports, LIVE, again.id, ["3", "4"], "page_ids")) == 2, "they are counted already"
