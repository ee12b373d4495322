"""Brands: what is in them, who may know of them, and how they go."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest

from shared.domain import codec
from shared.domain.accounts import Account
from shared.domain.brands import DEFAULT_BRAND
from shared.domain.callers import Caller
from shared.domain.errors import Clash, Forbidden, Invalid, Missing, RostrumError
from shared.domain.invites import Invite
from shared.domain.users import Settings, settings_path
from shared.operations import accounts, apps, brand_deletion, brands, housekeeping, invites
from shared.operations.accounts import Connect
from shared.platforms import registry
from shared.ports.store import Query, Write
from tests.operations.flows import OTHER, TEST, signed_in
from tests.support import memory_ports
from tests.support.faults import Crash, once
from tests.support.memory_ports import Rig


@pytest.fixture
def rig() -> Rig:
    return memory_ports.rig()


def test_the_default_brand_is_always_there(rig: Rig) -> None:
    """Without a document; renaming writes one; nobody can delete it."""
    assert [(one.brand.id, one.brand.name, one.accounts_count) for one in brands.list_(rig.ports, TEST)] == [
        (DEFAULT_BRAND, "Default", 0)
    ]
    signed_in(rig)
    brands.update(rig.ports, TEST, DEFAULT_BRAND, name=" House ", timezone="Europe/Berlin")
    shown = brands.counted(rig.ports, TEST, DEFAULT_BRAND)
    assert (shown.brand.name, shown.brand.timezone, shown.accounts_count) == ("House", "Europe/Berlin", 1)
    with pytest.raises(Clash, match="Disconnect them instead"):
        brand_deletion.delete(rig.ports, TEST, DEFAULT_BRAND)


def test_names_are_not_unique_and_other_workspaces_see_nothing(rig: Rig) -> None:
    """Ids tell brands apart."""
    first, second = (brands.create(rig.ports, TEST, "Acme") for _ in range(2))
    rig.clock.advance(1)
    assert [one.brand.id for one in brands.list_(rig.ports, TEST)][1:] == sorted([first.id, second.id])
    assert [one.brand.id for one in brands.list_(rig.ports, OTHER)] == [DEFAULT_BRAND]
    for act in (brands.get, brand_deletion.delete):
        with pytest.raises(Missing):
            act(rig.ports, OTHER, first.id)
    with pytest.raises(Missing):
        brands.update(rig.ports, OTHER, first.id, name="mine")


def test_a_restricted_caller_sees_its_brands_and_changes_none(rig: Rig) -> None:
    """Brands are managed with full access."""
    mine, theirs = (brands.create(rig.ports, TEST, name) for name in ("Mine", "Theirs"))
    bound = replace(TEST, brand_ids=(mine.id,))
    assert [one.brand.id for one in brands.list_(rig.ports, bound)] == [mine.id]
    with pytest.raises(Missing):
        brands.get(rig.ports, bound, theirs.id)
    for act in (
        lambda: brands.create(rig.ports, bound, "x"),
        lambda: brands.update(rig.ports, bound, mine.id, name="x"),
        lambda: brand_deletion.delete(rig.ports, bound, mine.id),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("name", "timezone", "field"),
    [("  ", "UTC", "name"), ("x" * 101, "UTC", "name"), ("A", "Mars/Olympus", "timezone"), ("A", "../etc", "timezone")],
)
def test_a_bad_name_or_zone_is_named(rig: Rig, name: str, timezone: str, field: str) -> None:
    """Before anything is stored."""
    with pytest.raises(Invalid) as caught:
        brands.create(rig.ports, TEST, name, timezone)
    assert caught.value.meta["field"] == field
    assert len(brands.list_(rig.ports, TEST)) == 1
    with pytest.raises(Invalid):
        brands.update(rig.ports, TEST, DEFAULT_BRAND)


def connected(rig: Rig, brand_id: str = "", caller: Caller = TEST) -> Account:
    """An account, connected once more each time."""
    seeded = registry.simulator("bluesky").seed(rig.sandbox.world("bluesky"), "alice")
    metadata = {name: seeded[name] for name in ("identifier", "app_password")}
    made = accounts.connect(rig.ports, caller, Connect("bluesky", metadata=metadata, brand_id=brand_id))
    assert isinstance(made, Account)
    return made


def test_an_account_is_where_it_was_put_last(rig: Rig) -> None:
    """Without a word it stays; by connecting it elsewhere it moves; by a move, too."""
    acme, other = (brands.create(rig.ports, TEST, name).id for name in ("Acme", "Other"))
    first = connected(rig)
    assert first.brand_id == DEFAULT_BRAND
    assert connected(rig, acme).id == first.id
    assert connected(rig).brand_id == acme
    assert accounts.move(rig.ports, TEST, first.id, other).brand_id == other
    counts = {one.brand.id: one.accounts_count for one in brands.list_(rig.ports, TEST)}
    assert counts == {DEFAULT_BRAND: 0, acme: 0, other: 1}
    assert [one.id for one in accounts.list_(rig.ports, TEST, brand_id=other)] == [first.id]
    assert accounts.list_(rig.ports, TEST, brand_id=DEFAULT_BRAND) == []


def test_a_locked_account_stays_in_its_brand(rig: Rig) -> None:
    """Connecting moves nothing then, and its tokens stay as they are; a move on purpose does."""
    acme = brands.create(rig.ports, TEST, "Acme").id
    account = connected(rig)
    settings = codec.encode(Settings(lock_accounts_to_brand=True))
    rig.ports.store.commit([Write("set", settings_path(TEST.space), settings)])
    for caller in (TEST, replace(TEST, brand_ids=(acme,))):
        with pytest.raises(Clash) as caught:
            connected(rig, acme, caller)
        assert caught.value.code == "account.already_linked"
    assert accounts.get(rig.ports, TEST, account.id) == account
    assert len(rig.vault.secrets) == 1
    assert accounts.move(rig.ports, TEST, account.id, acme).brand_id == acme


def test_a_bound_caller_takes_nothing_from_other_brands(rig: Rig) -> None:
    """Nor moves anything out of, or into, what it does not see."""
    acme, other = (brands.create(rig.ports, TEST, name).id for name in ("Acme", "Other"))
    account = connected(rig, other)
    bound = replace(TEST, brand_ids=(acme,))
    with pytest.raises(Clash):
        connected(rig, caller=bound)
    for brand_id in (acme, other):
        with pytest.raises(Missing):
            accounts.move(rig.ports, bound, account.id, brand_id)
    with pytest.raises(Missing):
        accounts.disconnect(rig.ports, bound, account.id)
    accounts.disconnect(rig.ports, TEST, account.id)
    with pytest.raises(Clash, match="another brand's"):
        connected(rig, caller=bound)  # with the account would come what the other brand has planned on it
    brand_deletion.delete(rig.ports, TEST, other)
    assert connected(rig, caller=bound).brand_id == acme


def test_a_brand_goes_with_all_that_is_in_it(rig: Rig) -> None:
    """Its name is gone from the lists; what comes back later is in the default brand; keys keep its id."""
    acme = brands.create(rig.ports, TEST, "Acme").id
    account, bound = connected(rig, acme), replace(TEST, brand_ids=(acme,))
    brand_deletion.delete(rig.ports, TEST, acme)
    assert accounts.list_(rig.ports, TEST) == []
    assert not rig.vault.secrets
    for act in (brands.get, brand_deletion.delete):
        with pytest.raises(Missing):
            act(rig.ports, TEST, acme)
    assert brands.list_(rig.ports, bound) == []
    again = connected(rig)
    assert (again.id, again.brand_id) == (account.id, DEFAULT_BRAND)
    with pytest.raises(Missing):
        connected(rig, acme)


@pytest.mark.parametrize("by_sweeper", [False, True])
@pytest.mark.parametrize("call", range(22))
def test_a_deletion_that_was_interrupted_is_finished(rig: Rig, call: int, by_sweeper: bool) -> None:
    """By whoever deletes it again, or by the sweeper. Whatever was done, the brand is gone from its first write on, and nothing can be put into it."""
    acme = brands.create(rig.ports, TEST, "Acme").id
    connected(rig, acme)
    apps.keep(rig.ports, TEST, "twitter", "an-id", "a-secret", brand_id=acme)
    invites.create(rig.ports, TEST, acme, "twitter", 7)
    rig.faults.hook = once(call, "after", lambda: Crash("killed"))
    with suppress(Crash, RostrumError):
        brand_deletion.delete(rig.ports, TEST, acme)
    rig.faults.hook = None
    if call:  # the first call is a read
        with pytest.raises(Missing):
            connected(rig, acme)
    if by_sweeper and call:
        rig.clock.advance(301)
        housekeeping.keep(rig.ports)
    else:
        with suppress(Missing):  # it was killed after its last write
            brand_deletion.delete(rig.ports, TEST, acme)
    assert accounts.list_(rig.ports, TEST) == []
    assert apps.list_(rig.ports, TEST) == []
    assert rig.ports.store.query(Query(f"workspaces/{TEST.space}/brands")) == []
    assert rig.ports.store.query(Query("brand_deletions")) == []
    left = rig.ports.store.query(Query("invites"))
    assert not any(codec.decode(Invite, doc.data).is_active(rig.clock.now()) for doc in left)
