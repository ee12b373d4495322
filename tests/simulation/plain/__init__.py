"""A network without mercy, for the explorer: no idempotency key, no duplicate refusal, and a listing that lags.

Real networks are kinder (a native key, a container, a duplicate refusal), and their kindness hides a scheduler's bugs.
The promise must hold without it.
"""

from __future__ import annotations

import sys
from datetime import date
from types import ModuleType

from shared.domain.content import Kind
from shared.platforms import names
from shared.platforms.manifest import (
    ApiVersion,
    KindLimit,
    Manifest,
    NotOffered,
    OAuth,
    Option,
    Source,
    TextLimit,
    Timing,
)

HOST = "api.plain.test"
LAG = 30  # seconds until a new post shows in the listing
_SOURCE = Source("https://plain.test/docs", date(2026, 11, 22))

MANIFEST = Manifest(
    name="plain",
    title="Plain",
    folder="plain",
    hosts=(HOST,),
    api=ApiVersion("1", None, _SOURCE),
    oauth=OAuth("credentials", (), False, (Option("name", "string", "the account's name"),), needs_app=False),
    text=TextLimit(500, "chars", "", _SOURCE),
    kinds=(KindLimit(Kind.TEXT, 0, 0),),
    # 5 s window + 30 s deadline + 120 s until a late effect + 30 s lag, and a margin
    timing=Timing(30, 300, 60, 300, 300, native_key=False, source=_SOURCE),
    facets={"publish": "offered", "metrics": NotOffered("a test's network", _SOURCE)},
    thread=10,
)


def install() -> None:
    """Make the network known to the registry, as a folder would be."""
    from tests.simulation.plain import oauth, publish, simulator

    modules: dict[str, ModuleType] = {"": sys.modules[__name__], ".oauth": oauth, ".publish": publish}
    modules[".simulator"] = simulator
    for facet, module in modules.items():
        sys.modules[f"shared.platforms.plain{facet}"] = module
    names.NAMES["plain"] = "plain"
    names.HOSTS[HOST] = ("plain",)


def uninstall() -> None:
    """Forget it again, so that no other test meets it."""
    names.NAMES.pop("plain", None)
    names.HOSTS.pop(HOST, None)
    for facet in ("", ".oauth", ".publish", ".simulator"):
        sys.modules.pop(f"shared.platforms.plain{facet}", None)
