"""What of an image's structure a decoder would have to walk through, counted before it does: a small file can be long work.

Pillow limits pixels, and what a single text may unpack to; not how many chunks a PNG has (5 MB of colour profiles took it
12 s, 49 MB of empty chunks 13 s and 500 MB: it keeps private ones), how large a GIF's first frame is beside its screen,
how often a JPEG's picture is refined (100,000 scans of a few bytes: minutes), or in how many parts its EXIF data come
(700 parts: 8 s); measured with Pillow 12.3, 2026-11. Limits here are far above what encoders write.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator

Read = Callable[[int, int], bytes]  # (start, length): fewer bytes at the end of the file

MAX_CHUNKS = 100_000  # of a PNG: 50 MB in chunks of 512 bytes
MAX_OTHER = 1_000  # ... that are no part of a picture
MAX_PACKED = 16  # ... that are unpacked: texts and profiles, a megabyte each
MAX_BLOCKS = 20_000  # of a GIF, before its first frame
MAX_EXIF = 16  # parts of a JPEG's EXIF data, 64 KB each
MAX_SCANNED = 1_000_000_000  # pixels of a JPEG, counted once for each scan over them
_PICTURE = (b"IDAT", b"fcTL", b"fdAT")
_PACKED = (b"zTXt", b"iTXt", b"iCCP")
_WINDOW = 1 << 20
_SCAN = b"\xff\xda"


class TooMuch(ValueError):
    """Reading it would take too long. The message says what there is too much of."""


def check_png(read: Read, size: int) -> None:
    """Raises TooMuch. What is cut off is the decoder's to find."""
    kinds: Counter[bytes] = Counter()
    for number, kind in enumerate(_chunks(read, size), 1):
        kinds[kind if kind in _PICTURE or kind in _PACKED else b""] += 1
        if number > MAX_CHUNKS or number - sum(kinds[one] for one in _PICTURE) > MAX_OTHER:
            raise TooMuch("it has too many chunks")
        if kind in _PACKED and sum(kinds[one] for one in _PACKED) > MAX_PACKED:
            raise TooMuch("it has too many compressed texts or colour profiles")


def check_gif(read: Read, size: int, max_pixels: int) -> None:
    """Up to the first frame; later ones are not looked at. Raises TooMuch."""
    flags = read(10, 1)
    at = 13 + _colours(flags[0] if flags else 0)
    blocks = 0
    while at < size:
        head = read(at, 10)
        if head[:1] != b"!":
            if head[:1] == b"," and len(head) == 10:
                left, top, width, height = struct.unpack("<4H", head[1:9])
                if (left + width) * (top + height) > max_pixels:
                    raise TooMuch("its first frame has too many pixels")
            return
        at += 2
        while at < size and (length := read(at, 1)[0]):
            at += 1 + length
            blocks += 1
            if blocks > MAX_BLOCKS:
                raise TooMuch("it has too many blocks")
        at += 1
        blocks += 1


def check_exif(segments: Iterator[tuple[int, int]], read: Read) -> None:
    """``segments``: kind and place of a JPEG's. Raises TooMuch."""
    parts = sum(1 for kind, at in segments if kind == 0xE1 and read(at + 4, 6) == b"Exif\0\0")
    if parts > MAX_EXIF:
        raise TooMuch("its EXIF data are in too many parts")


def scanned(read: Read, size: int, pixels: int) -> bool:
    """Whether a JPEG that is decoded scan by scan goes over its pixels more often than it may. Counts marks, wherever they
    stand: in a picture's data there are none (ITU T.81, B.1.1.2)."""
    limit = max(1, MAX_SCANNED // max(1, pixels))
    seen = 0
    for start in range(0, size, _WINDOW):
        seen += read(start, _WINDOW + 1).count(_SCAN)
        if seen > limit:
            return True
    return False


def _chunks(read: Read, size: int) -> Iterator[bytes]:
    at = 8
    while at + 8 <= size:
        length, kind = struct.unpack(">I4s", read(at, 8))
        yield kind
        at += 12 + length


def _colours(flags: int) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
