"""Emulators for this folder: skipped with the reason on a laptop, a failure when CI=true."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.emulators.process import Emulator, EmulatorMissing, skip_or_fail


@pytest.fixture
def emulator() -> Callable[[Callable[[], Emulator]], Emulator]:
    """``emulator(firestore.running)``: the running emulator, or the end of the test."""

    def start(running: Callable[[], Emulator]) -> Emulator:
        try:
            return running()
        except EmulatorMissing as missing:
            skip_or_fail(missing)

    return start
