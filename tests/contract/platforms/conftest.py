"""The networks of the contract suite: every folder that the registry knows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from shared.platforms import registry
from tests.contract.platforms import harness
from tests.contract.platforms.harness import Network


@pytest.fixture(params=registry.all_names())
def name(request: pytest.FixtureRequest) -> str:
    """A platform's public name."""
    return str(request.param)


@pytest.fixture
def network(name: str) -> Iterator[Network]:
    """A fresh network with a connected account. Whatever a test does, its requests stay on the manifest's hosts."""
    made = harness.new_network(name)
    yield made
    strangers = {urlsplit(sent.url).hostname for sent in made.http.sent}
    strangers -= {host for host in strangers if host and registry.for_host(host, name) == name}
    assert not strangers, f"{name} spoke to {strangers}, which its manifest does not list"
    named = {header.lower() for sent in made.http.sent for header in sent.headers}
    assert not named & {"host", "content-length", "transfer-encoding"}, (
        f"{name}: these headers are the http port's to set"
    )
