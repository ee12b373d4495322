"""The stage of these tests."""

from __future__ import annotations

import pytest

from tests.unit.publishing import scripted
from tests.unit.publishing.scripted import Stage


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return scripted.stage(monkeypatch)
