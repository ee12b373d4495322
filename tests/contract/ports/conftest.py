"""The backends under test: ``embedded`` always; ``gcp`` where its emulators run (skipped on a laptop, not in CI).

``gcp_backends.py`` beside this file offers ``make_store``, ``make_queue``, ``make_vault``, ``make_blobs`` (each takes the
test's folder) and ``make_bus`` (the folder, and the topics to make); they raise EmulatorMissing with the reason.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.backends import indexes
from shared.backends.embedded.blobs import EmbeddedBlobs
from shared.backends.embedded.bus import EmbeddedBus
from shared.backends.embedded.queue import EmbeddedQueue
from shared.backends.embedded.store import EmbeddedStore
from shared.backends.embedded.vault import EmbeddedVault
from shared.backends.live.clock import SystemClock
from shared.ports.blobs import Blobs
from shared.ports.bus import Bus
from shared.ports.queue import Queue
from shared.ports.store import Store
from shared.ports.vault import Vault
from tests.contract.emulators.process import EmulatorMissing, skip_or_fail
from tests.contract.ports.blob_server import serving

INDEXES = (
    *indexes.load(),
    indexes.Index("rows", "collection", (("kind", "asc"), ("rank", "asc"))),
    indexes.Index("rows", "collection", (("kind", "asc"), ("rank", "desc"))),
    indexes.Index("rows", "collection", (("rank", "asc"), ("name", "desc"))),
    indexes.Index("rows", "collection", (("tags", "contains"), ("rank", "asc"))),
    indexes.Index("rows", "group", (("kind", "asc"), ("rank", "asc"))),
)


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def sleep(self, seconds: float) -> None:
        self.pass_(seconds=seconds)

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["embedded", pytest.param("gcp", marks=pytest.mark.emulator)])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _gcp(factory: str, *given: Any) -> Any:
    """A backend on an emulator; skip or fail with the reason where there is none."""
    try:
        module = importlib.import_module("tests.contract.ports.gcp_backends")
        return getattr(module, factory)(*given)
    except EmulatorMissing as missing:
        skip_or_fail(missing)
    except ModuleNotFoundError as missing:
        if missing.name != "tests.contract.ports.gcp_backends":
            raise
        skip_or_fail(EmulatorMissing(str(missing)))


@contextmanager
def _closing(made: Any) -> Iterator[Any]:
    try:
        yield made
    finally:
        if hasattr(made, "close"):
            made.close()


@pytest.fixture
def store(backend: str, tmp_path: Path) -> Iterator[Store]:
    made = (
        EmbeddedStore(tmp_path / "store.sqlite3", SystemClock(), INDEXES)
        if backend == "embedded"
        else _gcp("make_store", tmp_path)
    )
    with _closing(made):
        yield made


@pytest.fixture
def queue(backend: str, tmp_path: Path) -> Iterator[Queue]:
    made = (
        EmbeddedQueue(tmp_path / "store.sqlite3", SystemClock())
        if backend == "embedded"
        else _gcp("make_queue", tmp_path)
    )
    with _closing(made):
        yield made


@pytest.fixture
def bus(backend: str, tmp_path: Path) -> Iterator[Bus]:
    made = (
        EmbeddedBus(tmp_path / "store.sqlite3", SystemClock(), {"events": ("webhook_deliver",), "quiet": ()})
        if backend == "embedded"
        else _gcp("make_bus", tmp_path, ("events", "quiet"))
    )
    with _closing(made):
        yield made


@pytest.fixture
def vault(backend: str, tmp_path: Path) -> Iterator[Vault]:
    made = EmbeddedVault(tmp_path / "vault.key") if backend == "embedded" else _gcp("make_vault", tmp_path)
    with _closing(made):
        yield made


@pytest.fixture
def blobs(backend: str, tmp_path: Path) -> Iterator[Blobs]:
    """Blobs whose signed URLs lead somewhere."""
    if backend == "gcp":
        with _closing(_gcp("make_blobs", tmp_path)) as made:
            yield made
        return
    with serving(lambda url: EmbeddedBlobs(tmp_path / "blobs", url, tmp_path / "blobs.key", SystemClock())) as served:
        yield served
