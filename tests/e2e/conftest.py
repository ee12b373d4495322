"""One running installation for the tests that do not harm it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.server import Server, installed


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A started installation, shared by a module."""
    with installed(tmp_path_factory.mktemp("run")) as server:
        server.start()
        yield server
