"""docs/security.md claims what tests prove: each of them that it names is there, and each goal has its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.security import goals

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE))))
def test_a_test_that_the_page_names_is_there(path: str) -> None:
    assert "def test_" in (ROOT / path).read_text(encoding="utf-8")


def test_every_goal_stands_beside_its_control() -> None:
    controls = PAGE.partition("## Controls")[2].partition("###")[0]
    shown = {int(number) for row in re.findall(r"\| (\d+) \|", controls) for number in [row]}
    assert shown == set(goals.GOALS)
