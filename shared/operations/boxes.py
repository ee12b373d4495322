"""Duration and dimensions of an MP4 or MOV file, from its boxes (ISO/IEC 14496-12), wherever its index lies.

Work is bounded whatever the file says: so many boxes, each read by its first bytes only; a box may not leave its parent.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Read = Callable[[int, int], bytes]
MAX_BOXES = 1_000


class Malformed(Exception):
    """The file is cut off, or not what its first bytes promise. The message says how."""


@dataclass(frozen=True, slots=True)
class Movie:
    """``seconds`` is None where the index does not say (a fragmented file); pixels as shown, rotation applied."""

    seconds: float | None
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of its content
    end: int


class _Walker:
    """Boxes of a file, counted."""

    def __init__(self, read: Read, size: int) -> None:
        self.read = read
        self.size = size
        self.seen = 0

    def inside(self, start: int, end: int) -> Iterator[_Box]:
        at = start
        while at + 8 <= end:
            self.seen += 1
            if self.seen > MAX_BOXES:
                raise Malformed(f"over {MAX_BOXES} boxes")
            box = self._box(at, end)
            yield box
            at = box.end

    def _box(self, at: int, end: int) -> _Box:
        head = self.read(at, 16)
        if len(head) < 8:
            raise Malformed("a box is cut off")
        length, kind = struct.unpack(">I4s", head[:8])
        skip = 8
        if length == 1 and len(head) == 16:
            length, skip = struct.unpack(">Q", head[8:])[0], 16
        elif length == 0:
            length = end - at  # the last box may leave its length open
        if length < skip:
            raise Malformed("a box is shorter than its head")
        if at + length > end:
            raise Malformed("a box goes on beyond the end: the file is cut off")
        return _Box(kind, at + skip, at + length)

    def find(self, parent: _Box, kind: bytes) -> _Box | None:
        return next((box for box in self.inside(parent.start, parent.end) if box.kind == kind), None)


def movie(read: Read, size: int) -> Movie:
    """What the file's index says. ``read(start, length)`` gives bytes. Raises Malformed."""
    walker = _Walker(read, size)
    moov = next((box for box in walker.inside(0, size) if box.kind == b"moov"), None)
    if moov is None:
        raise Malformed("no index (moov): the file is cut off, or still being written")
    _whole(walker, moov)
    seconds: float | None = None
    shown: tuple[int, int] | None = None
    for box in walker.inside(moov.start, moov.end):
        if box.kind == b"mvhd":
            seconds = _seconds(read(box.start, 32))
        elif box.kind == b"trak" and shown is None:
            shown = _shown(walker, box)
    if shown is None:
        raise Malformed("no video track")
    return Movie(seconds, *shown)


def _whole(walker: _Walker, moov: _Box) -> None:
    """The boxes after the index are all there, too."""
    for _ in walker.inside(moov.end, walker.size):
        pass


def _seconds(mvhd: bytes) -> float | None:
    try:
        if mvhd[0] == 1:
            scale, length = struct.unpack(">IQ", mvhd[20:32])
        else:
            scale, length = struct.unpack(">II", mvhd[12:20])
    except (struct.error, IndexError) as error:
        raise Malformed("a movie header is cut off") from error
    if not scale:
        raise Malformed("a movie header without a time scale")
    unknown = length in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF)
    return None if unknown else length / scale


def _shown(walker: _Walker, trak: _Box) -> tuple[int, int] | None:
    """Width and height of a video track as shown, None for other tracks."""
    mdia, tkhd = walker.find(trak, b"mdia"), walker.find(trak, b"tkhd")
    hdlr = walker.find(mdia, b"hdlr") if mdia else None
    if tkhd is None or hdlr is None or walker.read(hdlr.start + 8, 4) != b"vide":
        return None
    head = walker.read(tkhd.start, min(96, tkhd.end - tkhd.start))
    at = 52 if head[:1] == b"\x01" else 40  # of the matrix: version 1 has 64-bit times
    if len(head) < at + 44:
        raise Malformed("a track header is cut off")
    a, b, _, c, d = struct.unpack(">5i", head[at : at + 20])
    width, height = (value >> 16 for value in struct.unpack(">II", head[at + 36 : at + 44]))
    if not width or not height:
        return None
    turned = a == 0 and d == 0 and b and c
    return (height, width) if turned else (width, height)
