"""Who speaks an API version that ends soon is told 60 days before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scripts import check_versions
from shared.platforms import registry
from shared.platforms.manifest import ApiVersion, Source

TODAY = date(2026, 11, 22)
SOURCE = Source("https://example.com/versions", TODAY)


def _warned(sunset: date | None, *, main: bool) -> list[str]:
    manifest = registry.manifest("instagram")
    ends, stays = ApiVersion("v9", sunset, SOURCE), ApiVersion("v1", None, SOURCE)
    ours = replace(manifest, api=ends, apis=(stays,)) if main else replace(manifest, api=stays, apis=(ends,))
    return check_versions.warnings([ours], TODAY)


@pytest.mark.parametrize("main", [True, False])
def test_the_sixtieth_day_is_the_first(main: bool) -> None:
    """Not on the 61st day before, from the 60th on, and still when it is over."""
    assert _warned(None, main=main) == []
    assert _warned(TODAY + timedelta(days=61), main=main) == []
    for days in (60, 1, 0):
        assert "is retired on" in _warned(TODAY + timedelta(days=days), main=main)[0]
    assert "was retired on" in _warned(TODAY - timedelta(days=1), main=main)[0]


def test_a_warning_names_network_version_and_source() -> None:
    """So that somebody can act on it."""
    (line,) = _warned(TODAY, main=True)
    assert line.startswith("warning: Instagram's API v9")
    assert "https://example.com/versions" in line
