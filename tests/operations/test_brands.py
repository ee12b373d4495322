"""Brands: what is in them, who may know of them, and how they go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.domain.brands import DEFAULT_BRAND
from shared.domain.errors import Clash, Forbidden, Invalid, Missing
from shared.operations import brand_deletion, brands
from tests.operations.flows import OTHER, TEST, signed_in
from tests.support import memory_ports
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
