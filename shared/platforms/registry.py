"""Which networks there are. A name is a folder; nothing of it is imported before it is asked for.

``NAMES`` maps every public name to its folder, ``ALIASES`` what else is accepted on input to the public name. Both are
read from the folders' manifests by ``scripts/generate.py`` and checked for freshness.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from shared.platforms import names
from shared.platforms.contract import Actor, Adopter, BatchMeasurer, Connector, Measurer, Publisher, Simulator
from shared.platforms.manifest import Manifest

if TYPE_CHECKING:  # a function that publishes loads none of these
    from shared.platforms.contract_ads import Ads
    from shared.platforms.contract_inbox import Inbox, Resources, Settings
    from shared.platforms.contract_webhooks import Webhooks


class UnknownPlatform(KeyError):
    """No folder of that name, nor an alias of one."""


def all_names() -> tuple[str, ...]:
    """The public names, sorted."""
    return tuple(sorted(names.NAMES))


def publishing_names() -> tuple[str, ...]:
    """The public names of the networks that posts can have a target on, sorted. Reads every manifest."""
    return tuple(name for name in all_names() if manifest(name).publishes)


def resolve(name: str) -> str:
    """The public name for a name or an alias, in any case. Raises UnknownPlatform."""
    lowered = name.strip().lower()
    known = names.ALIASES.get(lowered, lowered)
    if known not in names.NAMES:
        raise UnknownPlatform(name)
    return known


@cache
def manifest(name: str) -> Manifest:
    """The platform's data; imports its folder's ``__init__`` only."""
    return cast(Manifest, _module(name, "").MANIFEST)


def publisher(name: str) -> Publisher:
    """The platform's ``publish`` module."""
    return cast(Publisher, _module(name, ".publish"))


def connector(name: str) -> Connector:
    """The platform's ``oauth`` module."""
    return cast(Connector, _module(name, ".oauth"))


def adopter(name: str) -> Adopter | None:
    """The platform's ``oauth`` module, None where it takes no tokens that a caller has already."""
    found = _module(name, ".oauth")
    return cast(Adopter, found) if hasattr(found, "adopt") else None


def measurer(name: str) -> Measurer | None:
    """The platform's ``metrics`` module, None where it declares that it has none."""
    return cast(Measurer, _offered(name, "metrics"))


def batch_measurer(name: str) -> BatchMeasurer | None:
    """The platform's ``metrics`` module, None where its network tells of one post at a time only."""
    found = _offered(name, "metrics")
    return cast(BatchMeasurer, found) if hasattr(found, "posts") else None


def actor(name: str, module: str) -> Actor:
    """The module (``manifest.Action.module``) that commits and finds an action of the platform."""
    return cast(Actor, _module(name, f".{module}"))


def inbox(name: str) -> Inbox | None:
    """The platform's ``inbox`` module, None where it declares that it has none."""
    return cast("Inbox", _offered(name, "inbox"))


def ads(name: str) -> Ads | None:
    """The platform's ``ads`` module, None where it declares that it has none."""
    return cast("Ads", _offered(name, "ads"))


def webhooks(name: str) -> Webhooks | None:
    """The platform's ``webhooks`` module, None where it declares that it has none."""
    return cast("Webhooks", _offered(name, "webhooks"))


def resources(name: str) -> Resources | None:
    """The platform's ``resources`` module, None where there is nothing to look up."""
    return cast("Resources", _module(name, ".resources")) if manifest(name).resources else None


def settings(name: str) -> Settings | None:
    """The platform's ``settings`` module, None where there is nothing to set."""
    return cast("Settings", _module(name, ".settings")) if manifest(name).settings else None


def simulator(name: str) -> Simulator:
    """The platform's ``simulator`` module."""
    return cast(Simulator, _module(name, ".simulator"))


def for_host(host: str, network: str = "") -> str | None:
    """The public name of the platform whose simulator answers for this host, None when there is none.

    ``network``: who asks; it decides where several share the host, and must be one of those who have it.
    """
    lowered = host.lower().rstrip(".")
    for suffix, sharing in names.HOSTS.items():
        if lowered == suffix or (suffix.startswith(".") and lowered.endswith(suffix)):
            return network if network in sharing else None if network else sharing[0]
    return None


def _offered(name: str, facet: str) -> Any:
    return _module(name, f".{facet}") if manifest(name).facets.get(facet) == "offered" else None


@cache
def _module(name: str, facet: str) -> Any:
    return import_module(f"shared.platforms.{names.NAMES[resolve(name)]}{facet}")
