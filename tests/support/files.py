"""Small real media files: made here, so that every byte is explained."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache


@cache
def jpeg(width: int = 1080, height: int = 1080) -> bytes:
    """A baseline JPEG of one colour."""
    return _image("JPEG", width, height)


@cache
def png(width: int = 64, height: int = 48) -> bytes:
    """A PNG of one colour."""
    return _image("PNG", width, height)


@cache
def gif(width: int = 64, height: int = 48) -> bytes:
    """A GIF of one frame."""
    return _image("GIF", width, height)


@cache
def webp(width: int = 64, height: int = 48) -> bytes:
    """A lossy WebP."""
    return _image("WEBP", width, height)


def pdf(pages: int = 2) -> bytes:
    """The least that readers take for a PDF of so many empty pages (ISO 32000-1, 7.5)."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>"]
    objects += ["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}"
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n"
    return made + f"{table}{trailer}".encode()


def bomb_png(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few hundred bytes that decode to gigabytes: a well-formed PNG whose rows are never looked at."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(4096))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def mp4(
    seconds: float = 10.0,
    width: int = 1080,
    height: int = 1920,
    *,
    moov_first: bool = True,
    payload: bytes = b"\x00" * 2048,
    brand: bytes = b"isom",
) -> bytes:
    """The boxes that players read (ISO/IEC 14496-12): ftyp, moov with one video track, mdat."""
    ftyp = box(b"ftyp", brand + struct.pack(">I", 512) + brand + b"mp41")
    moov = box(b"moov", _mvhd(seconds) + box(b"trak", _tkhd(seconds, width, height) + _mdia()))
    mdat = box(b"mdat", payload)
    return ftyp + (moov + mdat if moov_first else mdat + moov)


def box(kind: bytes, content: bytes) -> bytes:
    """One box: 32 bits of size, its kind, its content."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def _mvhd(seconds: float) -> bytes:
    head = struct.pack(">IIIII", 0, 0, 0, 1000, round(seconds * 1000))
    return box(
        b"mvhd", head + struct.pack(">IHHII", 0x10000, 0x100, 0, 0, 0) + _MATRIX + bytes(24) + struct.pack(">I", 2)
    )


def _tkhd(seconds: float, width: int, height: int) -> bytes:
    head = struct.pack(">IIIIII", 7, 0, 0, 1, 0, round(seconds * 1000))
    tail = struct.pack(">IIHHHH", 0, 0, 0, 0, 0, 0)
    return box(b"tkhd", head + tail + _MATRIX + struct.pack(">II", width << 16, height << 16))


def _mdia() -> bytes:
    return box(b"mdia", box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide") + bytes(12) + b"\x00"))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _image(kind: str, width: int, height: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 160)).save(out, kind)
    return out.getvalue()
