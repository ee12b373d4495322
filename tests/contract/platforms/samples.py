"""What a content kind is tried with: text, media and options; by default from the manifest, else from the folder.

A folder's ``fixtures/contract_options.json`` has the ``platform_data`` that a kind cannot be without (a poll's answers, a
link's address; under ``*`` those of every kind), and ``fixtures/contract_kinds.json`` what else is special about a kind::

    {"*": {"board_id": "…"}, "link": {"link": "https://…"}}
    {"poll": {"text": "Tea or coffee?"}, "story": {"media": ["tall_photo"], "counted": false, "shown": false}}

Ids in them are ones that the simulator's fresh account has. ``media`` names files: photo, tall_photo, video (upright, 10 s),
wide_video (30 s), document (a PDF). ``counted``: whether the network counts it among the account's posts. ``shown``: whether
followers see the text. Stories are neither, by default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from shared.domain.content import Kind, MediaFacts, MediaFile, MediaType
from shared.platforms import names
from shared.platforms.manifest import Manifest
from tests.support import files

MEDIA = "https://sandbox.rostrum.test/media"
TEXT = "The contract suite says hello"
FLEETING = (Kind.STORY, Kind.SAVED_STORY)
VIDEOS = (Kind.VIDEO, Kind.REEL, Kind.SHORT, Kind.SPOTLIGHT)


@dataclass(frozen=True, slots=True)
class Sample:
    """One post of a kind. ``own_options``: the kind has options of its own, which must make it that kind."""

    text: str
    media: tuple[MediaFile, ...]
    options: Mapping[str, Any]
    counted: bool
    shown: bool
    own_options: bool


def of_kind(manifest: Manifest, kind: Kind) -> Sample:
    """The sample of this kind."""
    own = fixture(manifest.name, "contract_kinds").get(str(kind), {})
    media = named(own["media"]) if "media" in own else default_media(manifest, kind)
    lasts = kind not in FLEETING
    return Sample(
        own.get("text", TEXT),
        media,
        options(manifest, kind),
        own.get("counted", lasts),
        own.get("shown", lasts),
        bool(fixture(manifest.name, "contract_options").get(str(kind))),
    )


def options(manifest: Manifest, kind: Kind) -> dict[str, Any]:
    """The ``platform_data`` of the sample."""
    by_kind = fixture(manifest.name, "contract_options")
    return by_kind.get("*", {}) | by_kind.get(str(kind), {})


def plainest(manifest: Manifest) -> Kind:
    """A text where the network has such posts, else the kind that its manifest names first."""
    kinds = [limit.kind for limit in manifest.kinds]
    return Kind.TEXT if Kind.TEXT in kinds else kinds[0]


@cache
def fixture(name: str, what: str) -> Mapping[str, Any]:
    """``fixtures/<what>.json`` of the network's folder, empty where there is none."""
    folder = import_module(f"shared.platforms.{names.NAMES[name]}")
    path = Path(str(folder.__file__)).parent / "fixtures" / f"{what}.json"
    found: Mapping[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


# ------------------------------------------------------------------------------------------------------- media


def served() -> dict[str, tuple[str, bytes]]:
    """What the media's addresses serve to the simulated networks."""
    return {
        f"{MEDIA}/photo.jpg": ("image/jpeg", files.jpeg()),
        f"{MEDIA}/tall.jpg": ("image/jpeg", files.jpeg(1080, 1920)),
        f"{MEDIA}/video.mp4": ("video/mp4", files.mp4()),
        f"{MEDIA}/wide.mp4": ("video/mp4", files.mp4(30.0, 1920, 1080)),
        f"{MEDIA}/document.pdf": ("application/pdf", files.pdf()),
    }


def default_media(manifest: Manifest, kind: Kind) -> tuple[MediaFile, ...]:
    """Files that the kind takes: as many as it may have of images, one of video, some of each where they mix."""
    limit = manifest.kind(kind)
    if limit is None or limit.max_items == 0:
        return ()
    if kind is Kind.DOCUMENT:
        return (document(),)
    if kind in VIDEOS or not (limit.media and limit.media.image_types):
        return (video(),)
    if kind in FLEETING:
        return (image(0, tall=True),)
    images = tuple(image(index) for index in range(min(limit.max_items, 4)))
    return (*images[:2], video()) if limit.mixed else images


def named(wanted: Sequence[str]) -> tuple[MediaFile, ...]:
    """The files of these names."""
    makers = {
        "photo": image,
        "tall_photo": lambda number: image(number, tall=True),
        "video": lambda number: video(),
        "wide_video": lambda number: wide_video(),
        "document": lambda number: document(),
    }
    return tuple(makers[name](number) for number, name in enumerate(wanted))


def image(number: int, *, tall: bool = False) -> MediaFile:
    """A photo; each number has an address of its own."""
    data = files.jpeg(1080, 1920) if tall else files.jpeg()
    facts = MediaFacts(MediaType.IMAGE, "image/jpeg", len(data), 1080, 1920 if tall else 1080, None, f"Photo {number}")
    return _file(facts, data, f"{'tall' if tall else 'photo'}.jpg?n={number}")


def video() -> MediaFile:
    """Ten seconds, upright."""
    data = files.mp4()
    return _file(MediaFacts(MediaType.VIDEO, "video/mp4", len(data), 1080, 1920, 10.0, "A video"), data, "video.mp4")


def wide_video() -> MediaFile:
    """Thirty seconds, wide."""
    data = files.mp4(30.0, 1920, 1080)
    return _file(MediaFacts(MediaType.VIDEO, "video/mp4", len(data), 1920, 1080, 30.0, "A video"), data, "wide.mp4")


def document() -> MediaFile:
    """Two pages."""
    data = files.pdf()
    return _file(MediaFacts(MediaType.DOCUMENT, "application/pdf", len(data), alt_text="A paper"), data, "document.pdf")


def _file(facts: MediaFacts, data: bytes, name: str) -> MediaFile:
    return MediaFile(facts, f"{MEDIA}/{name}", lambda start, length: data[start : start + length])
