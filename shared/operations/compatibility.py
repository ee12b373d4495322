"""Whether a file of the library fits a network, from the manifest's limits: as what, and else what would help."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from shared.domain.content import Kind, MediaFacts
from shared.domain.errors import Invalid
from shared.operations.posts.issues import Issue
from shared.operations.posts.media_limits import check_items
from shared.platforms import registry
from shared.platforms.manifest import KindLimit, Manifest, MediaLimit

_SHAPES = {"9:16": 9 / 16, "2:3": 2 / 3, "4:5": 0.8, "1:1": 1.0, "4:3": 4 / 3, "16:9": 16 / 9, "1.91:1": 1.91}
_REASONS = {
    "validation.media_type_mismatch": "Media type not supported",
    "validation.media_type_unsupported": "Media format not supported",
    "validation.media_too_large": "File too large",
    "validation.media_too_long": "Video too long",
    "validation.media_too_short": "Video too short",
    "validation.media_ratio": "Aspect ratio not supported",
    "validation.media_width": "Width not supported",
    "validation.alt_text_too_long": "Alt text too long",
}


@dataclass(frozen=True, slots=True)
class Compatibility:
    """One file on one network. ``compatible``: as the kind of post that it makes up where nothing else is said.
    ``kinds``: whatever it can be there by itself; ``optimized``: every kind that takes such a file.

    ``reason`` and ``suggestion`` are there when it is not compatible.
    """

    platform: str
    compatible: bool
    optimized: bool = False
    kinds: tuple[str, ...] = ()
    reason: str = ""
    suggestion: str = ""


def judge(platform: str, facts: MediaFacts) -> Compatibility:
    """The file against the limits of every kind of post that it could be on this network (a public name)."""
    manifest = registry.manifest(platform)
    taking = [(kind, list(_issues(manifest, kind, facts))) for kind in _kinds(manifest, facts)]
    if not taking:
        reason = _REASONS["validation.media_type_mismatch"]
        return Compatibility(platform, False, reason=reason, suggestion=_other_type(manifest))
    fitting = tuple(str(kind.kind) for kind, issues in taking if not issues)
    usual, issues = next((pair for pair in taking if pair[0].kind is _usual(platform, facts)), taking[0])
    if not issues:
        return Compatibility(platform, True, len(fitting) == len(taking), fitting)
    suggestions = [_suggestion(issue, usual.media, facts) for issue in issues]
    reasons = dict.fromkeys(_REASONS.get(issue.code, issue.message) for issue in issues)
    return Compatibility(platform, False, False, fitting, "; ".join(reasons), "; ".join(filter(None, suggestions)))


def _usual(platform: str, facts: MediaFacts) -> Kind | None:
    """What the file is there when a post says nothing of its kind."""
    try:
        return registry.publisher(platform).choose_kind("", [facts], {})
    except Invalid:
        return None


def _kinds(manifest: Manifest, facts: MediaFacts) -> list[KindLimit]:
    """The kinds of post that one such file alone can make up."""
    alone = [kind for kind in manifest.kinds if kind.media and kind.min_items == 1]
    return [kind for kind in alone if _types(kind.media, facts)] if manifest.publishes else []


def _types(limit: MediaLimit | None, facts: MediaFacts) -> tuple[str, ...]:
    return getattr(limit, f"{facts.type}_types") if limit else ()


def _issues(manifest: Manifest, kind: KindLimit, facts: MediaFacts) -> Iterator[Issue]:
    if kind.media:
        yield from check_items(kind.media, [facts], "media", f"{manifest.title}, {kind.kind}")


def _other_type(manifest: Manifest) -> str:
    if not manifest.publishes:
        return "There are no posts on this network"
    names = {"image_types": "an image", "video_types": "a video", "document_types": "a PDF"}
    limits = [kind.media for kind in manifest.kinds if kind.media and kind.min_items == 1]
    taken = [word for name, word in names.items() if any(getattr(limit, name) for limit in limits)]
    return f"Use {' or '.join(taken)}" if taken else ""


def _suggestion(issue: Issue, limit: MediaLimit | None, facts: MediaFacts) -> str:
    """What to do about one finding, in words for people."""
    meta = issue.meta
    if issue.code == "validation.media_type_unsupported":
        return f"Convert to {' or '.join(_types(limit, facts))}"
    if issue.code == "validation.media_too_large":
        return f"Compress to at most {math.floor(meta['limit'] / 100_000) / 10:g} MB"
    if issue.code == "validation.media_too_long":
        return f"Cut to at most {meta['limit']:g} seconds"
    if issue.code == "validation.media_too_short":
        return f"Use at least {meta['min']:g} seconds"
    if issue.code == "validation.media_ratio" and limit:
        return _crop(limit, facts)
    if issue.code == "validation.media_width" and limit:
        narrow = limit.min_width is not None and (facts.width or 0) < limit.min_width
        return f"Resize to {limit.min_width if narrow else limit.max_width} pixels in width"
    return "Shorten the alt text" if issue.code == "validation.alt_text_too_long" else ""


def _crop(limit: MediaLimit, facts: MediaFacts) -> str:
    """The two usual shapes within the limits that lose least of the picture."""
    ratio = (facts.width or 1) / (facts.height or 1)
    low, high = limit.min_ratio or 0, limit.max_ratio or math.inf
    fitting = [name for name, shape in _SHAPES.items() if low * 0.995 <= shape <= high * 1.005]
    fitting.sort(key=lambda name: abs(math.log(_SHAPES[name] / ratio)))
    return f"Crop to {' or '.join(fitting[:2])}" if fitting else f"Crop to a width / height within {low} and {high}"
