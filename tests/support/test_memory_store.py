"""The store in memory is held to the port's contract by the same tests as the real ones."""

from __future__ import annotations

import pytest

from shared.ports.store import Store
from tests.contract.ports.conftest import INDEXES
from tests.contract.ports.test_queries import *  # noqa: F403 - the suite, with the store below
from tests.contract.ports.test_store import *  # noqa: F403 - the suite, with the store below
from tests.support.memory_store import MemoryStore


@pytest.fixture
def store() -> Store:
    return MemoryStore(declared=INDEXES)
