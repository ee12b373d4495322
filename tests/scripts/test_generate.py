"""The generated files: complete, deterministic, and never ambiguous."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from scripts import generate_names
from shared.platforms.contract import Manifest


@dataclass(frozen=True)
class Network:
    """The part of a manifest that the names are made of."""

    name: str
    folder: str
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def render(*networks: Network) -> dict[str, dict[str, str]]:
    scope: dict[str, dict[str, str]] = {}
    exec(generate_names.render(cast("tuple[Manifest, ...]", networks)), scope)
    return scope


def test_names_aliases_and_hosts_lead_to_the_public_name() -> None:
    made = render(
        Network("murmur", "m", ("m", "mm"), ("api.murmur.example", ".murmur.example")), Network("gram", "gram")
    )
    assert made["NAMES"] == {"gram": "gram", "murmur": "m"}
    assert made["ALIASES"] == {"m": "murmur", "mm": "murmur"}
    assert made["HOSTS"] == {"api.murmur.example": "murmur", ".murmur.example": "murmur"}


@pytest.mark.parametrize(
    "second",
    [
        Network("a", "other"),
        Network("b", "b", aliases=("a",)),
        Network("b", "b", ("c",)),
        Network("b", "b", (), ("h",)),
    ],
)
def test_what_two_platforms_claim_is_refused(second: Network) -> None:
    with pytest.raises(generate_names.Clash):
        render(Network("a", "a", ("c",), ("h",)), second)


def test_every_folder_is_named_and_the_committed_file_is_fresh() -> None:
    assert generate_names.render() == (generate_names.PLATFORMS / "names.py").read_text(encoding="utf-8")
