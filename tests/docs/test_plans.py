"""docs/plans.md shows what the data says."""

from __future__ import annotations

from pathlib import Path

from shared.domain.plans import SOLD, UNLIMITED, Plan

PAGE = Path(__file__).parents[2] / "docs/plans.md"


def test_the_page_shows_the_plans_as_they_are() -> None:
    """Every row of its table, in every figure."""
    text = PAGE.read_text(encoding="utf-8")
    rows = {
        "requests a minute": [_shown(plan.requests_per_minute) for plan in SOLD],
        "connected accounts": [_shown(plan.accounts) for plan in SOLD],
        "brands": [_shown(plan.brands) for plan in SOLD],
        "posts a month": [_shown(plan.posts) for plan in SOLD],
        "interactions a month": [_shown(plan.interactions) for plan in SOLD],
        "storage, each mode": [_bytes(plan) for plan in SOLD],
        "exports a month": [_shown(plan.exports) for plan in SOLD],
        "rows of an export": [_shown(plan.export_rows) for plan in SOLD],
        "events are kept": [_days(plan.event_retention_days) for plan in SOLD],
        "US dollars a month": [_shown(plan.monthly_price_usd) for plan in SOLD],
        "US dollars a year": [_shown(plan.annual_price_usd) for plan in SOLD],
    }
    assert f"| | {' | '.join(plan.name for plan in SOLD)} |" in text
    for name, cells in rows.items():
        assert f"| {name} | {' | '.join(cells)} |" in text


def _shown(figure: int) -> str:
    return "no limit" if figure == UNLIMITED else f"{figure:,}"


def _bytes(plan: Plan) -> str:
    return "no limit" if plan.storage_bytes == UNLIMITED else f"{plan.storage_bytes // 1_000_000} MB"


def _days(days: int) -> str:
    return f"{days} day{'s' if days > 1 else ''}"
