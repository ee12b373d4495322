"""The pytest plugin that watches for canary secrets (tests/conftest.py registers it in every process of a run)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.security import goals
from tests.support import canary_hooks
from tests.support.canaries import watch


class CanaryPlugin:
    """On in every run: the test that was running when a secret showed fails, and names where and which kind."""

    def __init__(self) -> None:
        self.broken: Counter[str] = Counter()
        canary_hooks.install()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        yield
        self._judge()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Iterator[None]:
        yield
        self._judge()

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """What was looked through counts for its goal."""
        for place, number in watch().looked.items():
            goals.count(15, place, number, self.broken[place])

    def _judge(self) -> None:
        canary_hooks.dump()
        found = watch().taken()
        self.broken.update(one.place for one in found)
        if found:
            pytest.fail(f"secrets where none may be: {'; '.join(map(str, found))}", pytrace=False)
