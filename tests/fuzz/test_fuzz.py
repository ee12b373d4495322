"""A few generated requests of every operation; ``make fuzz`` sends at least 20,000."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fuzz.operations import all_operations, run
from tests.fuzz.sending import World

OPERATIONS = [pytest.param(found, id=f"{dialect} {found.label}") for dialect, found in all_operations()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_is_answered_by_a_failure_or_as_undocumented(operation: Any) -> None:
    assert run(operation, World(), well_formed=3, malformed=2) >= 1
