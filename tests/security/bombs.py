"""Files that are small to send and large, long or endless to read. Each is written to disk, so that making it costs no memory."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tests.support import files

MIB = 1 << 20
HONEST = "a photo"
LARGEST = 49 * 1_000_000  # just within what an upload may have
Write = Callable[[BinaryIO], object]


@dataclass(frozen=True)
class Bomb:
    """``harmless``: it may be let in, because nothing of what is dangerous in it is ever looked at."""

    name: str
    content_type: str
    write: Write
    harmless: bool = False
    large: bool = False  # of tens of megabytes: tried at full scale only

    def at(self, folder: Path) -> Path:
        """Write the file."""
        path = self.path(folder)
        with path.open("wb") as out:
            self.write(out)
        return path

    def path(self, folder: Path) -> Path:
        """Where it lies."""
        return folder / re.sub(r"[^a-zA-Z0-9]+", "_", self.name)


def of(data: Callable[[], bytes]) -> Write:
    """A file that fits into memory while it is made."""
    return lambda out: out.write(data())


def written(write: Write) -> bytes:
    """The file, in memory."""
    out = io.BytesIO()
    write(out)
    return out.getvalue()


# ------------------------------------------------------------------------------------------------------------- PNG

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _header(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    return PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))


def png_of(*chunks: bytes, side: int = 8) -> bytes:
    """A small, well-formed image with more chunks."""
    rows = zlib.compress(bytes(side * (1 + 3 * side)))
    return _header(side, side) + b"".join(chunks) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def solid_png(out: BinaryIO, side: int = 50_000, bits: int = 1) -> None:
    """A whole image of one colour: every row is there."""
    out.write(_header(side, side, bits, 0))
    packer, row = zlib.compressobj(9), bytes(1 + -(-side * bits // 8))
    for _ in range(side):
        if some := packer.compress(row):
            out.write(chunk(b"IDAT", some))
    out.write(chunk(b"IDAT", packer.flush()) + chunk(b"IEND", b""))


def _deflated(size: int) -> bytes:
    """So many zeros, packed a thousandfold, without holding them."""
    packer, block = zlib.compressobj(9), bytes(min(size, MIB))
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


def text_png(kind: bytes, size: int, times: int = 1) -> bytes:
    """Compressed text (iTXt, zTXt) or a colour profile (iCCP) that unpacks to ``size`` bytes."""
    heads = {b"zTXt": b"Comment\0\0", b"iTXt": b"Comment\0\1\0\0\0", b"iCCP": b"ICC Profile\0\0"}
    packed = _deflated(size)
    return png_of(*[chunk(kind, heads[kind] + packed)] * times)


def many_chunks(out: BinaryIO, kind: bytes, size: int) -> None:
    """An image with as many chunks as there is room for."""
    out.write(_header(8, 8))
    one = chunk(kind, b"" if kind != b"tEXt" else b"a\0b")
    out.writelines(one * 1000 for _ in range(size // (1000 * len(one))))
    out.write(chunk(b"IDAT", zlib.compress(bytes(8 * 25))) + chunk(b"IEND", b""))


# ------------------------------------------------------------------------------------------------------- GIF and WebP

_COLOURS = b"\x00\x00\x00\xff\xff\xff"


def gif(out: BinaryIO, *parts: tuple[bytes, int], side: int = 16) -> None:
    """A GIF with ``parts`` (bytes, times) before and after its first frame."""
    out.write(b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + _COLOURS)
    for part, times in parts:
        out.writelines(part * 1000 for _ in range(times // 1000))
        out.write(part * (times % 1000))
    out.write(b";")


def frame(side: int = 16) -> bytes:
    """One frame of a GIF."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("P", (side, side)).save(made, "GIF")
    data = made.getvalue()
    return b"!\xf9\x04\x00\x01\x00\x00\x00" + data[data.index(b",", 13) : -1]


LARGE_FRAME = b"," + struct.pack("<4HB", 0, 0, 65_535, 65_535, 0) + b"\x02\x02\x4c\x01\x00"
COMMENT = b"!\xfe\x01x\x00"
APPLICATION = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"


def webp(frames: int, side: int = 16) -> bytes:
    """An animation of so many frames of a byte or two."""
    from PIL import Image

    made = io.BytesIO()
    Image.new("RGB", (16, 16)).save(made, "WEBP", lossless=True)
    vp8l = made.getvalue()[12:]
    size = struct.pack("<I", side - 1)[:3]
    anmf = bytes(6) + size + size + b"\x01\x00\x00\x00" + vp8l
    one = b"ANMF" + struct.pack("<I", len(anmf)) + anmf + b"\0" * (len(anmf) % 2)
    head = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size + size + b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body = b"WEBP" + head + one * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


# ------------------------------------------------------------------------------------------------------------- JPEG


def _marker(kind: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, kind, len(data) + 2) + data


def scans(width: int, height: int, times: int) -> bytes:
    """A progressive JPEG whose one picture is refined again and again by scans of a few bytes."""
    tables = _marker(0xDB, b"\0" + b"\1" * 64)
    frame_ = _marker(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0")
    huffman = _marker(0xC4, b"\0" + b"\1" + bytes(15) + b"\0") + _marker(0xC4, b"\x10" + b"\1" + bytes(15) + b"\0")
    first = _marker(0xDA, b"\1\1\0\0\0\0") + bytes(64)
    more = _marker(0xDA, b"\1\1\0\1\x3f\0") + b"\0"
    return b"\xff\xd8" + tables + frame_ + huffman + first + more * times + b"\xff\xd9"


def segments(kind: int, head: bytes, times: int, size: int = 65_000) -> Write:
    """A photo with so many large segments before its picture."""

    def write(out: BinaryIO) -> None:
        plain = files.jpeg(64, 64)
        out.write(plain[:2])
        out.writelines(
            _marker(kind, head.replace(b"#", bytes([number % 255 + 1])) + bytes(size)) for number in range(times)
        )
        out.write(plain[2:])

    return write


# --------------------------------------------------------------------------------------------- other kinds, and MP4

_ENTITIES = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
SVG = (
    b'<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY l0 "ha">' + _ENTITIES + b"]>"
    b'<svg xmlns="http://www.w3.org/2000/svg"><text>&l9;</text></svg>'
)


def tiff(side: int = 65_535) -> bytes:
    """A TIFF of gigapixels whose strips all are the same packed bytes."""
    packed = _deflated(16 * MIB)
    tags = ((256, side), (257, side), (258, 8), (259, 8), (262, 1), (273, 8), (277, 1), (278, side), (279, len(packed)))
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(packed)) + packed + directory + bytes(4)


def mp4_boxes(times: int) -> bytes:
    """A film with so many boxes of nothing."""
    return files.mp4() + files.box(b"free", b"") * times


def mp4_nested(depth: int) -> bytes:
    """Boxes within boxes."""
    inside = b""
    for _ in range(depth):
        inside = files.box(b"trak", inside)
    return files.box(b"ftyp", b"isom\0\0\2\0isom") + files.box(b"moov", inside)


def mp4_sized(size: int) -> bytes:
    """A film whose index says that it is as long as the universe."""
    large = struct.pack(">I4sQ", 1, b"moov", size) + bytes(64)
    return files.box(b"ftyp", b"isom\0\0\2\0isom") + large


def images() -> Iterator[Bomb]:
    """Every bomb that is a file, after an honest one."""
    yield Bomb(HONEST, "image/jpeg", of(lambda: files.jpeg(3000, 2000)), True)
    yield Bomb("png, 50,000 squared by its header", "image/png", of(files.bomb_png))
    yield Bomb("png, 50,000 squared, all rows there", "image/png", solid_png, large=True)
    yield Bomb("png, 2 billion wide", "image/png", of(lambda: files.bomb_png(2**31 - 1, 2**31 - 1)))
    yield Bomb("png, 49 million pixels of 16 bits", "image/png", lambda out: solid_png(out, 7_000, 16), True, True)
    yield Bomb("png, 16 million pixels of 16 bits", "image/png", lambda out: solid_png(out, 4_000, 16), True)
    for kind in (b"zTXt", b"iTXt", b"iCCP"):
        name = f"png, {kind.decode()} that unpacks to"
        yield Bomb(f"{name} 1 GB", "image/png", of(lambda kind=kind: text_png(kind, 1024 * MIB)), True, True)  # type: ignore[misc]
        yield Bomb(f"{name} 100 MB", "image/png", of(lambda kind=kind: text_png(kind, 100 * MIB)), True)  # type: ignore[misc]
        yield Bomb(f"{name} 1 MB, 5,000 times", "image/png", of(lambda kind=kind: text_png(kind, MIB, 5_000)), True)  # type: ignore[misc]
    for kind in (b"tEXt", b"prVt", b"tIME"):
        yield Bomb(
            f"png, chunks of nothing ({kind.decode()})",
            "image/png",
            lambda out, kind=kind: many_chunks(out, kind, LARGEST),  # type: ignore[misc]
            large=True,
            harmless=True,
        )
    yield Bomb("png, 100,000 chunks", "image/png", lambda out: many_chunks(out, b"prVt", 1_200_000), True)
    yield Bomb("gif, 65,535 squared", "image/gif", lambda out: gif(out, (frame(), 1), side=65_535))
    yield Bomb("gif, a first frame of 65,535 squared", "image/gif", lambda out: gif(out, (LARGE_FRAME, 1)), True)
    yield Bomb("gif, 100,000 frames", "image/gif", lambda out: gif(out, (frame(), 100_000)), True)
    yield Bomb("gif, 200,000 comments", "image/gif", lambda out: gif(out, (COMMENT, 200_000), (frame(), 1)), True)
    yield Bomb("gif, comments", "image/gif", lambda out: gif(out, (COMMENT, LARGEST // 5), (frame(), 1)), True, True)
    yield Bomb(
        "gif, applications", "image/gif", lambda out: gif(out, (APPLICATION, LARGEST // 19), (frame(), 1)), True, True
    )
    yield Bomb("webp, 100,000 frames", "image/webp", of(lambda: webp(100_000)), True)
    yield Bomb("webp, 49 million pixels", "image/webp", of(lambda: webp(1, 7_000)), True)
    yield Bomb("webp, 16,384 squared", "image/webp", of(lambda: webp(1, 16_384)))
    yield Bomb("jpeg, 65,535 squared", "image/jpeg", of(lambda: scans(65_535, 65_535, 1)))
    yield Bomb("jpeg, 100,000 scans of 16 million pixels", "image/jpeg", of(lambda: scans(4_000, 4_000, 100_000)), True)
    yield Bomb("jpeg, 1,000,000 scans of a thumbnail", "image/jpeg", of(lambda: scans(64, 64, 1_000_000)), True, True)
    yield Bomb("jpeg, 700 EXIF segments", "image/jpeg", segments(0xE1, b"Exif\0\0", 700), True, True)
    yield Bomb("jpeg, 250 parts of a profile", "image/jpeg", segments(0xE2, b"ICC_PROFILE\0#\xff", 250), True, True)
    yield Bomb("jpeg, 600,000 segments", "image/jpeg", segments(0xEA, b"", 600_000, 8), large=True)
    yield Bomb("tiff, gigapixels", "image/tiff", of(tiff))
    yield Bomb("tiff that is said to be a png", "image/png", of(tiff))
    yield Bomb("svg, a billion laughs", "image/svg+xml", of(lambda: SVG))
    yield Bomb("svg that is said to be a png", "image/png", of(lambda: SVG))
    yield Bomb("zip", "application/zip", of(lambda: b"PK\x03\x04" + bytes(1000)))
    yield Bomb("mp4, 100,000 boxes", "video/mp4", of(lambda: mp4_boxes(100_000)))
    yield Bomb("mp4, 5 million boxes", "video/mp4", of(lambda: mp4_boxes(5_000_000)), large=True)
    yield Bomb("mp4, boxes 100,000 deep", "video/mp4", of(lambda: mp4_nested(10_000)))
    yield Bomb("mp4, a box of 2^63 bytes", "video/mp4", of(lambda: mp4_sized(2**63 - 1)))
    yield Bomb("mp4, a box of 2^64 bytes", "video/mp4", of(lambda: mp4_sized(2**64 - 1)))
    yield Bomb("pdf, no end", "application/pdf", of(lambda: b"%PDF-1.7\n" + b"1 0 obj<<" * 100_000))
