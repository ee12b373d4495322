"""The generated files: complete, deterministic, and never ambiguous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from scripts import generate_names
from shared.platforms.manifest import Manifest


@dataclass(frozen=True)
class Network:
    """The part of a manifest that the names are made of."""

    name: str
    folder: str
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def render(*networks: Network) -> dict[str, dict[str, Any]]:
    scope: dict[str, dict[str, Any]] = {}
    exec(generate_names.render(cast("tuple[Manifest, ...]", networks)), scope)
    return scope


def test_names_aliases_and_hosts_lead_to_the_public_name() -> None:
    made = render(
        Network("murmur", "m", ("m", "mm"), ("api.murmur.example", ".murmur.example")), Network("gram", "gram")
    )
    assert made["NAMES"] == {"gram": "gram", "murmur": "m"}
    assert made["ALIASES"] == {"m": "murmur", "mm": "murmur"}
    assert made["HOSTS"] == {"api.murmur.example": ("murmur",), ".murmur.example": ("murmur",)}


def test_a_host_may_be_shared() -> None:
    """One company's networks speak through one door: who asks decides."""
    made = render(Network("b", "b", (), ("h",)), Network("a", "a", (), ("h",)))
    assert made["HOSTS"] == {"h": ("a", "b")}


@pytest.mark.parametrize(
    "second",
    [
        Network("a", "other"),
        Network("b", "b", aliases=("a",)),
        Network("b", "b", ("c",)),
    ],
)
def test_what_two_platforms_claim_is_refused(second: Network) -> None:
    with pytest.raises(generate_names.Clash):
        render(Network("a", "a", ("c",), ("h",)), second)


def test_every_folder_is_named_and_the_committed_file_is_fresh() -> None:
    assert generate_names.render() == (generate_names.PLATFORMS / "names.py").read_text(encoding="utf-8")
