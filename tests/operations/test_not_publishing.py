"""Posts and networks that have none: a messenger is connected like any other, and refused as a post's target."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from shared.domain.errors import Invalid
from shared.operations.posts import checking, creating
from shared.operations.posts.commands import CreatePost, TargetOrder
from shared.platforms import registry
from shared.platforms.manifest import Manifest, NotOffered, Source
from tests.operations import flows
from tests.support import memory_ports

WHY = NotOffered("it carries messages between people", Source("https://messenger.example/docs", date(2026, 11, 22)))


@pytest.fixture
def _a_messenger(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network of the account, as one without posts, nor a module that could publish them."""
    real = registry.manifest("bluesky")
    facets = MappingProxyType({**real.facets, "publish": WHY})
    silent = replace(real, facets=facets, kinds=())

    def manifest(name: str) -> Manifest:
        return silent if name == real.name else registry_manifest(name)

    registry_manifest = registry.manifest
    monkeypatch.setattr(registry, "manifest", manifest)
    monkeypatch.delattr(registry, "publisher")


@pytest.mark.usefixtures("_a_messenger")
@pytest.mark.parametrize("skip", [False, True])
def test_a_post_has_no_target_on_it(skip: bool) -> None:
    """The error names the target, the network and the reason; skipping validation does not help."""
    rig = memory_ports.rig()
    account = flows.signed_in(rig)
    command = CreatePost("Hello", targets=(TargetOrder(account.id),), publish_now=True, skip_validation=skip)
    with pytest.raises(Invalid) as refused:
        creating.create(rig.ports, flows.TEST, command)
    assert refused.value.code == "validation.kind_unsupported"
    assert refused.value.meta["field"] == "targets[0].account_id"
    assert "there are no posts on Bluesky (it carries messages between people)" in refused.value.message


@pytest.mark.usefixtures("_a_messenger")
def test_the_dry_run_says_so_too() -> None:
    """For the network as such."""
    rig = memory_ports.rig()
    found = checking.validate(rig.ports, flows.TEST, CreatePost("Hello"), ["bluesky"])
    assert [(issue.field, issue.platform) for issue in found.errors] == [("platforms[0]", "bluesky")]


@pytest.mark.usefixtures("_a_messenger")
def test_the_registry_tells_who_publishes() -> None:
    """By their manifests; the others are not among them."""
    assert "bluesky" in registry.all_names()
    assert "bluesky" not in registry.publishing_names()
    assert "twitter" in registry.publishing_names()
