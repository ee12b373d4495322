from __future__ import annotations

import pytest

from scripts.marked import within

BEGIN, END = "<!-- figures:begin -->", "<!-- figures:end -->"


def test_the_block_replaces_what_is_between_its_markers_and_nothing_else() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n<!-- others:begin -->\nkept\n<!-- others:end -->\n"
    once = within(page, "figures", "new")
    assert once == page.replace("old", "new")
    assert within(once, "figures", "new") == once


@pytest.mark.parametrize("page", ["", BEGIN, f"{END} {BEGIN}", BEGIN * 2 + END])
def test_a_page_without_its_markers_is_left_alone(page: str) -> None:
    with pytest.raises(ValueError, match="one"):
        within(page, "figures", "new")
