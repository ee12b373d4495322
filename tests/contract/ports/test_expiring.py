"""What has ended is gone from the embedded store, as Firestore's TTL policies would have it; and what they are, is declared."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import shared.domain
from shared.backends import ttl
from shared.backends.embedded.expiring import Expiry
from shared.backends.embedded.store import EmbeddedStore
from shared.operations import idempotency
from shared.operations.inbox import shelf
from shared.ports.store import Write
from tests.contract.ports.conftest import INDEXES
from tests.support.memory_parts import ManualClock

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVENTS = "workspaces/w.test/events"
OTHER = "workspaces/w.test/posts"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(tmp_path / "store.sqlite3", clock, INDEXES, durability="normal")
    yield made
    made.close()


def put(store: EmbeddedStore, path: str, ends: datetime | None) -> None:
    store.commit([Write("set", path, {"expire_at": ends, "n": 1})])


def test_only_what_has_ended_goes_and_only_of_declared_collections(store: EmbeddedStore, clock: ManualClock) -> None:
    past, future = NOW - timedelta(seconds=1), NOW + timedelta(hours=1)
    for name, ends in (("old", past), ("now", NOW), ("new", future), ("none", None)):
        put(store, f"{EVENTS}/{name}", ends)
        put(store, f"{OTHER}/{name}", ends)
    assert Expiry(store, clock, ttl.load()).run() == 2
    assert [store.get(f"{EVENTS}/{name}") is None for name in ("old", "now", "new", "none")] == [
        True,
        True,
        False,
        False,
    ]
    assert all(store.get(f"{OTHER}/{name}") for name in ("old", "now", "new", "none"))
    clock.advance(3600)
    assert Expiry(store, clock, ttl.load()).run() == 1


def test_a_run_looks_at_so_many_and_the_next_goes_on_and_begins_again(store: EmbeddedStore, clock: ManualClock) -> None:
    for number in range(25):
        put(store, f"{EVENTS if number % 2 else OTHER}/e{number}", NOW)
    expiry = Expiry(store, clock, ttl.load())
    assert [expiry.run(10) for _ in range(3)] == [5, 5, 2]
    put(store, f"{EVENTS}/e0", NOW)
    assert sum(expiry.run(10) for _ in range(3)) == 1


def test_what_is_renewed_meanwhile_stays(
    store: EmbeddedStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, f"{EVENTS}/renewed", NOW)
    walk = store.walk

    def then_renewed(*args: object) -> object:
        found = walk(*args)  # type: ignore[arg-type]
        put(store, f"{EVENTS}/renewed", NOW + timedelta(days=1))
        return found

    monkeypatch.setattr(store, "walk", then_renewed)
    assert Expiry(store, clock, ttl.load()).run() == 0
    assert store.get(f"{EVENTS}/renewed") is not None


def test_every_document_with_an_end_is_declared() -> None:
    """Its class has ``expire_at`` and says first where it lies."""
    names = [f"shared.domain.{one.name}" for one in pkgutil.iter_modules(shared.domain.__path__)]
    modules = [importlib.import_module(name) for name in names] + [idempotency, shelf]
    kinds = {one for module in modules for one in vars(module).values() if isinstance(one, type) and is_dataclass(one)}
    ending = [one for one in kinds if "expire_at" in {field.name for field in fields(one)}]
    groups = {match[1] for one in ending if (match := re.search(r"``(?:\S+/)?(\w+)/\{[^}]+\}``", one.__doc__ or ""))}
    assert len(groups) == len(ending)
    assert groups == set(ttl.load())
    assert set(ttl.load().values()) == {"expire_at"}
