"""One workspace per test."""

from __future__ import annotations

import pytest

from tests.api.client import Api, api


@pytest.fixture
def call() -> Api:
    """A caller of a fresh workspace in a fresh world."""
    return api()
