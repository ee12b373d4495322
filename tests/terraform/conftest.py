"""The plans of terraform/tests, made once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from scripts.terraform import workspace
from scripts.terraform.planned import Plan


@pytest.fixture(scope="session")
def plans() -> Mapping[str, Plan]:
    """By the name of the run: ``small`` and ``production``."""
    if workspace.binary() is None:
        pytest.skip("terraform is not installed")
    with workspace.copied() as space:
        space.initialised()
        return {run: Plan(resources) for run, resources in space.plans(*workspace.PLANNED).items()}
