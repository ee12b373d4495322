"""Small copies of the library's images: made when first asked for, kept beside the file, deleted with it.

Videos and documents have none: that would take a decoder of their own. Nothing is decoded that takes much memory: a JPEG is
read at a fraction of its size, what can only be decoded whole up to ``MAX_DECODED`` pixels, and one at a time in a process.
"""

from __future__ import annotations

import io
import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

from shared.domain.content import MediaType
from shared.domain.media import Media, media_path
from shared.operations import probe
from shared.ports.blobs import BlobsError
from shared.ports.store import NotFound, Write
from shared.ports.world import Ports

SIZES = {"small": 320, "medium": 800}  # pixels of the longer side
MAX_DECODED = 16_000_000  # pixels of an image that can only be decoded whole: 64 MB, or 130 MB of a progressive JPEG
MAX_WEBP = 6_000_000  # its decoder holds five copies: 130 MB
MAX_PROFILE = 65_536  # bytes of a colour profile that is passed on
QUALITY = 82
_BAND = 64  # rows of what is made at once
_ORIENTATION = 0x0112
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}
log = logging.getLogger(__name__)


def with_thumbnails(ports: Ports, media: Media) -> Media:
    """The file with its thumbnails, made now if nobody has asked before. Where they cannot be kept just now it has none
    yet. Raises store.Unavailable."""
    if media.thumbnails is not None or media.status != "ready":
        return media
    try:
        keys = {name: _put(ports, media, name, copy) for name, copy in _copies(ports, media).items()}
    except BlobsError:
        return media
    try:
        ports.store.commit([Write("update", media_path(media.space, media.id), {"thumbnails": keys})])
    except NotFound:  # deleted meanwhile
        for key in keys.values():
            with suppress(BlobsError):
                ports.blobs.delete(key)
    return replace(media, thumbnails=keys)


def render(data: bytes, content_type: str) -> dict[str, bytes]:
    """An image's copies by name: JPEG, or PNG where something is transparent; none where it cannot be read."""
    try:
        return _rendered(data, content_type)
    except Exception as error:  # noqa: BLE001 - Pillow raises whatever a damaged file makes of it (struct, zlib, its own)
        log.info("no thumbnails", extra={"reason": type(error).__name__})
        return {}


def _copies(ports: Ports, media: Media) -> dict[str, bytes]:
    facts = media.facts
    if facts is None or facts.type is not MediaType.IMAGE or facts.content_type not in _FORMATS:
        return {}
    data = ports.blobs.read(media.blob)
    with probe.DECODING:
        return render(data, facts.content_type)


def _put(ports: Ports, media: Media, name: str, copy: bytes) -> str:
    key = f"{media.blob}~{name}"
    ports.blobs.put(key, [copy], "image/jpeg" if copy.startswith(b"\xff\xd8") else "image/png", len(copy))
    return key


def _rendered(data: bytes, content_type: str) -> dict[str, bytes]:
    from PIL import Image

    largest = max(SIZES.values())
    with Image.open(io.BytesIO(data), formats=(_FORMATS[content_type],)) as image:
        if _too_much(image, data, content_type):
            return {}
        if content_type == "image/jpeg":
            image.draft("RGB", (largest, largest))
        profile = image.info.get("icc_profile", b"") if image.mode == "RGB" else b""
        upright = _upright(image, max(1, max(image.size) // (2 * largest)))
    return {name: _saved(upright, size, profile) for name, size in SIZES.items()}


def _too_much(image: Any, data: bytes, content_type: str) -> bool:
    """Whether decoding it would take too much memory. A JPEG of one scan never does."""
    pixels = image.width * image.height
    if content_type == "image/jpeg":
        return probe.undecodable(lambda start, length: data[start : start + length], len(data), pixels, MAX_DECODED)
    return bool(pixels > (MAX_WEBP if content_type == "image/webp" else MAX_DECODED))


def _upright(image: Any, factor: int) -> Any:
    """As it is meant to be seen (a phone's photo says how it was held), in RGB or RGBA, ``factor`` times smaller, without
    anything that was written into the file."""
    from PIL import ImageOps

    image.load()
    clear = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA")
    made = _reduced(image, factor, "RGBA" if clear else "RGB")
    made.getexif()[_ORIENTATION] = image.getexif().get(_ORIENTATION, 1)
    turned = ImageOps.exif_transpose(made)
    turned.info = {}
    return turned


def _reduced(image: Any, factor: int, mode: str) -> Any:
    """Converted and made smaller in bands, so that a large image is never held twice."""
    from PIL import Image

    made = Image.new(mode, (-(-image.width // factor), -(-image.height // factor)))
    for top in range(0, image.height, _BAND * factor):
        band = _eight_bits(image.crop((0, top, image.width, min(image.height, top + _BAND * factor))))
        made.paste(band.convert(mode).reduce(factor), (0, top // factor))
    return made


def _eight_bits(image: Any) -> Any:
    """Pillow cuts off what is brighter than 255 of a PNG with 16 bits of grey."""
    return image.convert("I").point(lambda grey: grey * (1 / 257)).convert("L") if image.mode[0] == "I" else image


def _saved(image: Any, size: int, profile: bytes) -> bytes:
    copy, out = image.copy(), io.BytesIO()
    copy.thumbnail((size, size))
    options = {"icc_profile": profile} if 0 < len(profile) <= MAX_PROFILE else {}
    if copy.mode == "RGBA":
        copy.save(out, "PNG", optimize=True, **options)
    else:
        copy.save(out, "JPEG", quality=QUALITY, **options)
    return out.getvalue()
