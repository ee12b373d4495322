"""docs/reliability.md: what can be known on each network, from the manifests' times and the adapters' own looks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path

from scripts.marked import within
from shared.operations.publishing import reconciling, sending
from shared.platforms import names, registry
from shared.platforms.manifest import Manifest

PATH = "docs/reliability.md"


def render() -> str:
    """The page, its own words as they are. Raises ValueError where a mark is missing."""
    page = (Path(__file__).parents[1] / PATH).read_text(encoding="utf-8")
    return within(page, "limits", "\n".join(_limits()))


def _limits() -> Iterable[str]:
    yield "| network | how a lost answer is settled | its sender is over after | absence counts after | left for the network's delays |"
    yield "|---|---|---|---|---|"
    for name in registry.all_names():
        manifest = registry.manifest(name)
        timing = manifest.timing
        over = sending.SEND_WINDOW + sending.reach(timing)
        counts = max(timing.settle, over)
        yield (
            f"| [{manifest.title}](../shared/platforms/{names.NAMES[name]}/README.md) | {_settled(manifest)} "
            f"| {over:.0f} s | {counts:.0f} s | {_left(manifest, counts - over)} |"
        )
    give_up = reconciling.GIVE_UP.total_seconds() / 60
    yield ""
    yield f"A target that could be settled neither way {give_up:.0f} minutes after its time in the fourth column is `needs_review`."


def _settled(manifest: Manifest) -> str:
    """The first sentence of the adapter's own look."""
    if not manifest.publishes:
        return "Posts nothing; its actions: see its page."
    said = " ".join((inspect.getdoc(registry.publisher(manifest.name).find) or "").split("\n\n")[0].split())
    key = " A repetition is harmless: the network knows it by our key." if manifest.timing.native_key else ""
    return said + key


def _left(manifest: Manifest, seconds: float) -> str:
    return "any time" if manifest.timing.native_key else f"{seconds:.0f} s"
