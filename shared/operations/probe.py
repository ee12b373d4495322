"""What a file really is: by its bytes, whatever its name and its sender say. Nothing is decoded before its size is known.

Type and dimensions are read from the header by code of our own, in bounded work: Pillow's WebP reader allocates the
whole canvas when a file is opened, so it may only see files whose pixels were counted. After that Pillow is asked
whether an image is complete. EXIF data is left as it is: networks strip or show it as their users expect.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from threading import Lock

from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid, RostrumError
from shared.domain.media import CONTENT_TYPES, normal_type
from shared.operations import boxes, structure

Read = Callable[[int, int], bytes]  # (start, length): fewer bytes at the end of the file

MAX_PIXELS = 50_000_000
MAX_HELD = 16_000_000  # pixels of a JPEG that is held whole (``held_whole``): up to 130 MB
DECODING = Lock()  # one image at a time in a process: an instance has little memory, and many requests
MAX_SEGMENTS = 2_000  # of a JPEG, before its frame header
_HEAD = 64
_WINDOW = 1 << 20
_UNCLAIMED = ("", "application/octet-stream", "binary/octet-stream")
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}
_EXTENSIONS = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".pdf": "application/pdf",
}
_STILLS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_OLD_MOV = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")  # before QuickTime wrote ftyp
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOFn; DHT, JPG and DAC are in their range, but none
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_SCAN = 0xDA  # SOS
_END = b"\xff\xd9"
_TAIL = 1024  # where readers look for a PDF's end-of-file marker (ISO 32000-1, implementation note 18)
_BARE = (0x01, *range(0xD0, 0xD9))  # markers without a length: TEM, RSTn, SOI


def probe(
    read: Read, size: int, *, claimed: str = "", filename: str = "", field: str = "file", whole: bool = True
) -> MediaFacts:
    """The facts of a file of ``size`` bytes. ``whole``: read all of an image, to see whether it is complete.

    Raises Invalid: ``media.empty``, ``media.unsupported_type``, ``validation.media_type_mismatch`` (naming what was
    ``claimed`` or what ``filename`` says, and what was found), ``media.too_many_pixels``, ``media.broken``.
    """
    if size <= 0:
        raise Invalid("media.empty", f"{field}: the file has no bytes.", field=field)
    found = sniff(read(0, _HEAD))
    if found is None:
        text = f"{field}: not a JPEG, PNG, GIF, WebP, MP4, MOV or PDF file, whatever its name says."
        raise Invalid("media.unsupported_type", text, field=field)
    check_claim(found, claimed, field)
    check_claim(found, _EXTENSIONS.get(PurePosixPath(filename.lower()).suffix, ""), field)
    if CONTENT_TYPES[found] is MediaType.VIDEO:
        return _video(read, size, found, field)
    if CONTENT_TYPES[found] is MediaType.DOCUMENT:
        return _document(read, size, found, field)
    return _image(read, size, found, field, whole=whole)


def sniff(head: bytes) -> str | None:
    """The content type that the first 64 bytes prove, None for anything that networks do not publish."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if head[4:8] == b"ftyp" and head[8:12] not in _STILLS:
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    return "video/quicktime" if head[4:8] in _OLD_MOV else None


def check_claim(found: str, claimed: str, field: str) -> None:
    """MP4 and MOV may stand for each other (they are one container); nothing else may. Raises Invalid."""
    said = normal_type(claimed)
    if said in _UNCLAIMED or said == found or {said, found} == {"video/mp4", "video/quicktime"}:
        return
    text = f"{field}: it is said to be {said[:60]}, but its bytes are {found}. Send the type that it is."
    raise Invalid("validation.media_type_mismatch", text, field=field, claimed=said[:60], found=found)


def _video(read: Read, size: int, found: str, field: str) -> MediaFacts:
    try:
        movie = boxes.movie(read, size)
    except boxes.Malformed as error:
        raise Invalid("media.broken", f"{field}: not a complete {found} file: {error}.", field=field) from error
    return MediaFacts(MediaType.VIDEO, found, size, movie.width, movie.height, movie.seconds)


def _document(read: Read, size: int, found: str, field: str) -> MediaFacts:
    """A PDF: nothing of it is parsed, only that its end is there. How many pages it has is for the network to count."""
    start = max(0, size - _TAIL)
    if b"%%EOF" not in read(start, size - start):
        raise Invalid("media.broken", f"{field}: not a complete {found} file: its end is missing.", field=field)
    return MediaFacts(MediaType.DOCUMENT, found, size)


def _image(read: Read, size: int, found: str, field: str, *, whole: bool) -> MediaFacts:
    try:
        width, height = _dimensions(read, size, found)
    except (struct.error, IndexError, ValueError) as error:
        raise Invalid("media.broken", f"{field}: not a complete {found} file.", field=field) from error
    if width * height > MAX_PIXELS:
        text = f"{field}: {width} × {height} pixels; at most {MAX_PIXELS // 1_000_000} million in all: scale it down."
        raise Invalid("media.too_many_pixels", text, field=field, width=width, height=height, limit=MAX_PIXELS)
    if found in _FORMATS and (whole or found == "image/jpeg"):
        _check_structure(read, size, found, field)
        width, height = _looked_at(read, size, found, field, whole=whole)
    return MediaFacts(MediaType.IMAGE, found, size, width, height)


def _check_structure(read: Read, size: int, found: str, field: str) -> None:
    """Raises Invalid for what Pillow would take too long over."""
    try:
        if found == "image/png":
            structure.check_png(read, size)
        elif found == "image/gif":
            structure.check_gif(read, size, MAX_PIXELS)
        else:
            structure.check_exif(_segments(read, size), read)
    except structure.TooMuch as error:
        text = f"{field}: {error}: save the image anew."
        raise Invalid("media.broken", text, field=field) from error


def _dimensions(read: Read, size: int, found: str) -> tuple[int, int]:
    """Width and height from the header. Raises struct.error, IndexError, ValueError when there is none."""
    head = read(0, _HEAD)
    if found == "image/png":
        kind, width, height = struct.unpack(">4sII", head[12:24])
        if kind != b"IHDR":
            raise ValueError("no IHDR")
    elif found == "image/gif":
        width, height = struct.unpack("<HH", head[6:10])
    elif found == "image/webp":
        width, height = _webp(head, size)
    else:
        width, height = _jpeg(read, size)
    if not width or not height:
        raise ValueError("no area")
    return width, height


def _webp(head: bytes, size: int) -> tuple[int, int]:
    """https://developers.google.com/speed/webp/docs/riff_container; a RIFF longer than the file is cut off."""
    if struct.unpack("<I", head[4:8])[0] + 8 > size:
        raise ValueError("cut off")
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and head[20] == 0x2F:
        bits = struct.unpack("<I", head[21:25])[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no frame")


def _jpeg(read: Read, size: int) -> tuple[int, int]:
    for kind, at in _segments(read, size):
        if kind in _FRAMES:
            height, width = struct.unpack(">HH", read(at + 5, 4))
            return width, height
    raise ValueError("no frame header")


def held_whole(read: Read, size: int) -> bool:
    """Whether a JPEG's decoder keeps the coefficients of all its pixels (two bytes each, and per colour), at whatever size
    they are wanted: what comes in several scans, as progressive files do. Also where that cannot be told."""
    colours = 0
    for kind, at in _segments(read, size):
        if kind in _FRAMES:
            colours = read(at + 9, 1)[0]
            if kind in _PROGRESSIVE:
                return True
        elif kind == _SCAN:
            return read(at + 4, 1)[0] != colours
    return True


def undecodable(read: Read, size: int, pixels: int, most: int = MAX_HELD) -> bool:
    """Whether decoding a JPEG would take too much memory, or too long: ``most`` pixels of one that is held whole."""
    return held_whole(read, size) and (pixels > most or structure.scanned(read, size, pixels))


def _segments(read: Read, size: int) -> Iterator[tuple[int, int]]:
    """Kind and place of what comes before the first scan's data, marker by marker (ITU T.81 annex B)."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        if at + 4 > size:
            break
        mark, kind, length = struct.unpack(">BBH", read(at, 4))
        if mark != 0xFF:
            break
        if kind == 0xFF or kind in _BARE:
            at += 1 if kind == 0xFF else 2
            continue
        yield kind, at
        if kind == _SCAN:
            break
        at += 2 + max(length, 2)


def _looked_at(read: Read, size: int, found: str, field: str, *, whole: bool) -> tuple[int, int]:
    """As it is shown (a phone's photo lies on its side and says so); all of it read when ``whole``. Raises Invalid."""
    from PIL import Image

    try:
        with Image.open(io.BufferedReader(_File(read, size), _WINDOW), formats=(_FORMATS[found],)) as image:
            width, height = image.size
            if found == "image/jpeg" and image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
                width, height = height, width
            if whole and found == "image/jpeg" and undecodable(read, size, width * height):
                _has_end(read, size)
            elif whole:
                with DECODING:
                    _read_all(image, found)
            return width, height
    except RostrumError:
        raise  # reading failed, not decoding
    except Exception as e:
        raise Invalid("media.broken", f"{field}: not a complete {found} file.", field=field) from e


def _has_end(read: Read, size: int) -> None:
    """All that is asked of a JPEG whose decoding would take too much memory. Raises ValueError."""
    start = max(0, size - _WINDOW)
    if _END not in read(start, size - start):
        raise ValueError("no end")


def _read_all(image: object, found: str) -> None:
    """Raises OSError or SyntaxError when something is missing. A JPEG is decoded at an eighth of its size."""
    from PIL import Image

    assert isinstance(image, Image.Image)  # noqa: S101 - for the type checker: Pillow is not loaded at import
    if found == "image/png":
        image.verify()
        return
    if found == "image/jpeg":
        image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
    image.load()


class _File(io.RawIOBase):
    """A file over ranged reads."""

    def __init__(self, read: Read, size: int) -> None:
        self._ranged = read
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # RawIOBase hands a writable buffer
        data = self._ranged(self._at, min(len(view), max(0, self._size - self._at)))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
