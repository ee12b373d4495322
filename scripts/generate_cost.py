"""docs/cost.md: the tables, from what was counted (bench/cost/counted.json), the prices, the manifest and the alerts."""

from __future__ import annotations

from bench.cost import page
from bench.processes import ROOT
from scripts.marked import within

PATH = page.PATH


def render() -> str:
    """The page with its blocks. Raises ValueError where one of its markers is missing."""
    text = (ROOT / PATH).read_text(encoding="utf-8")
    for name, block in page.blocks().items():
        text = within(text, name, block)
    return text
