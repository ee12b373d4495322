"""What is stored already makes nothing dearer: at two small sizes here, up to 100,000 posts in ``make bench``."""

from __future__ import annotations

from bench import cold, growth
from bench.filling import Filling
from bench.report import at_most
from bench.world import world
from scripts.functions_manifest import rows
from shared.operations.publishing import sweep
from shared.ports.store import Query


def test_no_act_reads_or_writes_more_because_more_posts_are_stored() -> None:
    with world() as at:
        one = growth.side(at)
        one.filling.grow(10)
        few = {name: growth.operations_of(one, name) for name in one.acts}
        one.filling.grow(200)
        assert {name: growth.operations_of(one, name) for name in one.acts} == few
        _history(one.filling, at.caller.space)
        assert sweep(at.ports).found == 0, "what is stored is history: nothing of it is due"


def _history(filling: Filling, space: str) -> None:
    """The posts that are said to be stored are, with what publishing leaves."""
    store = filling.store
    kinds = ("posts", "targets", "events", "deliveries")
    posts, targets, events, deliveries = (store.count(Query(f"workspaces/{space}/{kind}")) for kind in kinds)
    assert filling.size == 200 <= min(posts, targets)
    assert min(events, deliveries) >= 180, "nine of ten went out"


def test_a_budget_on_growth_is_missed_by_an_act_that_reads_one_document_more() -> None:
    grown = growth.counted({"list": [11, 11], "sweep": [1, 2]}, (1_000,))
    assert (grown.value, grown.verdict, grown.budget) == (2.0, "MISSED", at_most(1.0))
    assert "sweep 1/2" in grown.detail


def test_every_function_of_the_manifest_has_a_first_request() -> None:
    with world() as at:
        asked = {str(row["name"]): cold.first(at, row) for row in rows()}
    assert len({one.request for one in asked.values()}) > len(cold.TASKS), "each is asked what it does"
    assert {one.target for one in asked.values()} == {row["entry_point"] for row in rows()}
