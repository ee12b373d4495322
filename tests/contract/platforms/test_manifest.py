"""Every manifest is complete, dated, and agrees with the folder around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.operations.publishing import sending
from shared.platforms import names, registry
from shared.platforms.manifest import NotOffered, Source

FACETS = {"publish", "inbox", "metrics", "ads", "webhooks"}
FUNCTIONS = {
    "publish": ("choose_kind", "prepare", "commit", "confirm", "find", "describe", "delete"),
    "oauth": ("authorize_url", "exchange", "sign_in", "refresh", "revoke"),
    "metrics": ("post", "account"),
    "simulator": ("handle", "seed", "seen"),
}


def _sources(value: Any) -> Iterator[Source]:
    if isinstance(value, Source):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _sources(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _sources(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _sources(item)


def test_every_source_is_an_address_and_a_day(name: str) -> None:
    """A limit without a date cannot be checked again."""
    sources = list(_sources(registry.manifest(name)))
    assert sources
    for source in sources:
        assert source.url.startswith("https://"), source
        assert date(2026, 1, 1) <= source.on <= date.today(), source  # noqa: DTZ011 - a day, not an instant


def test_every_facet_is_offered_or_declared(name: str) -> None:
    """A missing facet says why; an offered one is there."""
    facets = registry.manifest(name).facets
    assert set(facets) == FACETS
    for facet, state in facets.items():
        if isinstance(state, NotOffered):
            assert len(state.reason) > 10, facet
        else:
            import_module(f"shared.platforms.{names.NAMES[name]}.{facet}")


def test_the_modules_have_the_contract_s_functions(name: str) -> None:
    """The registry casts modules to protocols: somebody has to look. A facet that is not offered needs no module."""
    absent = {facet for facet, state in registry.manifest(name).facets.items() if isinstance(state, NotOffered)}
    for module, functions in FUNCTIONS.items():
        if module in absent:
            continue
        loaded = import_module(f"shared.platforms.{names.NAMES[name]}.{module}")
        missing = [function for function in functions if not callable(getattr(loaded, function, None))]
        assert not missing, f"{module} lacks {missing}"


def test_names_aliases_and_hosts_agree_with_the_generated_list(name: str) -> None:
    """The registry finds a platform by what its manifest says."""
    manifest = registry.manifest(name)
    assert (manifest.name, names.NAMES[manifest.name]) == (name, manifest.folder)
    assert all(registry.resolve(alias.upper()) == name for alias in manifest.aliases)
    assert manifest.hosts
    assert all(name in names.HOSTS[host] for host in manifest.hosts)


def test_every_kind_has_its_limits(name: str) -> None:
    """Media kinds say how many items of which types; a kind is listed once; who has posts has kinds."""
    kinds = registry.manifest(name).kinds
    assert len({limit.kind for limit in kinds}) == len(kinds)
    assert bool(kinds) == registry.manifest(name).publishes
    for limit in kinds:
        assert 0 <= limit.min_items <= limit.max_items
        if limit.max_items:
            assert limit.media, limit.kind
            assert limit.media.image_types or limit.media.video_types or limit.media.document_types, limit.kind


def test_a_text_is_counted_by_a_function_that_exists(name: str) -> None:
    """One ASCII letter counts one, everywhere."""
    text = registry.manifest(name).text
    count: Any = len
    if text.count:
        module, _, function = text.count.partition(":")
        count = getattr(import_module(f"shared.platforms.{names.NAMES[name]}.{module}"), function)
    assert count("a" * text.max_length) == text.max_length
    assert count("") == 0


def test_credentials_are_named(name: str) -> None:
    """Whoever connects by hand must know which fields to give."""
    oauth = registry.manifest(name).oauth
    assert bool(oauth.fields) == (oauth.style == "credentials")
    assert oauth.pkce is False or oauth.style == "redirect"


def test_the_folder_explains_itself(name: str) -> None:
    """README, fixtures and tests live beside the code."""
    folder = Path(registry.__file__).parent / names.NAMES[name]
    assert (folder / "README.md").stat().st_size > 500
    assert list((folder / "fixtures").glob("*.json"))
    assert list((folder / "tests").glob("test_*.py"))


def test_absence_is_proven_only_after_every_sender_is_over(name: str) -> None:
    """``settle`` covers the engine's send window and the longest exchange that the http port allows."""
    timing = registry.manifest(name).timing
    assert timing.settle >= sending.SEND_WINDOW + sending.reach(timing)
    assert timing.sandbox_settle > sending.SEND_WINDOW
    assert min(timing.prepare_within, timing.confirm_within) > 0
