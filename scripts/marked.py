"""Pages that people write and measurements fill: the block between ``<!-- NAME:begin -->`` and ``<!-- NAME:end -->``."""

from __future__ import annotations


def within(page: str, name: str, block: str) -> str:
    """``page`` with ``block`` between the markers of ``name``. Raises ValueError when it has not exactly one pair of them."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page must have one {begin} and, below it, one {end}")
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{block}\n{end}{after}"
