"""What a file really is: honest files, hostile files, and the work they may cause."""

from __future__ import annotations

import io
import random
import struct
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest

from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.operations import boxes, probe, structure, thumbnails
from tests.security import bombs
from tests.support import files


def look(data: bytes, *, claimed: str = "", filename: str = "", whole: bool = True) -> MediaFacts:
    return probe.probe(
        lambda start, n: data[start : start + n], len(data), claimed=claimed, filename=filename, whole=whole
    )


def refusal(data: bytes, claimed: str = "", filename: str = "") -> Invalid:
    with pytest.raises(Invalid) as caught:
        look(data, claimed=claimed, filename=filename)
    assert caught.value.meta["field"] == "file"
    return caught.value


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (files.jpeg(640, 480), "image/jpeg"),
        (files.png(640, 480), "image/png"),
        (files.gif(640, 480), "image/gif"),
        (files.webp(640, 480), "image/webp"),
    ],
)
def test_an_image_is_known_by_its_bytes(data: bytes, content_type: str, whole: bool) -> None:
    """Type, size and dimensions, with and without reading all of it."""
    facts = look(data, claimed=content_type, whole=whole)
    assert (facts.type, facts.content_type, facts.size) == (MediaType.IMAGE, content_type, len(data))
    assert (facts.width, facts.height) == (640, 480)


@pytest.mark.parametrize("kind", ["lossless", "alpha"])
def test_every_form_of_webp_tells_its_size(kind: str) -> None:
    """VP8L and VP8X as Pillow writes them."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGBA" if kind == "alpha" else "RGB", (301, 203), (1, 2, 3, 4)[: 4 if kind == "alpha" else 3]).save(
        out, "WEBP", lossless=kind == "lossless"
    )
    facts = look(out.getvalue())
    assert (facts.width, facts.height) == (301, 203)


def test_a_photo_on_its_side_is_measured_as_it_is_shown() -> None:
    """EXIF orientation 6: a phone held upright."""
    from PIL import Image

    image, exif, out = Image.new("RGB", (400, 300)), Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    image.save(out, "JPEG", exif=exif)
    facts = look(out.getvalue())
    assert (facts.width, facts.height) == (300, 400)


@pytest.mark.parametrize("moov_first", [True, False])
def test_a_video_tells_duration_and_dimensions(moov_first: bool) -> None:
    """Wherever its index lies."""
    facts = look(files.mp4(12.5, 720, 1280, moov_first=moov_first), claimed="video/mp4")
    assert (facts.type, facts.duration, facts.width, facts.height) == (MediaType.VIDEO, 12.5, 720, 1280)


def test_an_index_at_the_end_takes_few_bytes_to_find() -> None:
    """A gigabyte of pictures between the beginning and the index is never read."""
    small = files.mp4(3.0, payload=b"")
    ftyp, moov = small[:24], small[24:-8]
    gap = 1 << 30
    mdat = struct.pack(">I4sQ", 1, b"mdat", gap)
    size, read = len(ftyp) + gap + len(moov), 0

    def ranged(start: int, length: int) -> bytes:
        nonlocal read
        read += length
        virtual = {0: ftyp, len(ftyp): mdat, len(ftyp) + gap: moov}
        for at, data in virtual.items():
            if at <= start < at + len(data):
                return data[start - at : start - at + length]
        return bytes(length)

    assert probe.probe(ranged, size).duration == 3.0
    assert read < 2_000


@pytest.mark.parametrize(
    ("data", "claimed", "filename", "found"),
    [
        (files.png(), "image/jpeg", "", "image/png"),
        (files.jpeg(64, 64), "video/mp4", "", "image/jpeg"),
        (files.mp4(), "image/png", "", "video/mp4"),
        (files.png(), "", "holiday.JPG", "image/png"),
        (files.gif(), "application/octet-stream", "clip.mp4", "image/gif"),
    ],
)
def test_a_file_that_is_not_what_it_says(data: bytes, claimed: str, filename: str, found: str) -> None:
    """The refusal names what was claimed and what was found."""
    error = refusal(data, claimed=claimed, filename=filename)
    assert error.code == "validation.media_type_mismatch"
    assert error.meta["found"] == found
    assert found in error.message
    assert error.meta["claimed"] in error.message


def test_mp4_and_mov_are_one_container() -> None:
    """Cameras name one as the other."""
    assert look(files.mp4(brand=b"qt  "), claimed="video/mp4", filename="a.mov").content_type == "video/quicktime"
    assert look(files.mp4(), claimed="video/quicktime").content_type == "video/mp4"


@pytest.mark.parametrize(
    "data",
    [
        b"%!PS-Adobe-3.0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90",
        b"\x00" * 100,
        b"GIF88a",
        b"II*\x00" + bytes(60),
        struct.pack(">I4s4s", 24, b"ftyp", b"heic") + bytes(60),
    ],
)
def test_other_files_are_refused(data: bytes) -> None:
    """Among them what a browser would run, and what networks do not take."""
    assert refusal(data, claimed="image/png").code == "media.unsupported_type"


def test_no_bytes_are_no_file() -> None:
    """A zero-byte upload."""
    assert refusal(b"", claimed="image/png").code == "media.empty"


@pytest.mark.parametrize("whole", [True, False])
def test_a_bomb_is_refused_before_it_is_decoded(whole: bool) -> None:
    """50,000 × 50,000 pixels would be 7.5 GB; looking takes neither memory nor time."""
    data = files.bomb_png()
    assert len(data) < 10_000
    tracemalloc.start()
    begun = time.perf_counter()
    with pytest.raises(Invalid) as caught:
        look(data, whole=whole)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.code == "media.too_many_pixels"
    assert "50000 × 50000" in caught.value.message
    assert peak < 5_000_000
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    "head",
    [
        b"GIF89a" + struct.pack("<HH", 65535, 65535) + bytes(64),
        b"RIFF"
        + struct.pack("<I", 92)
        + b"WEBPVP8X"
        + struct.pack("<I", 10)
        + bytes(4)
        + b"\xff\x3f\x00" * 2
        + bytes(70),
        b"\xff\xd8\xff\xc0" + struct.pack(">HBHH", 17, 8, 65535, 65535) + bytes(64),
    ],
)
def test_bombs_of_other_formats(head: bytes) -> None:
    """A canvas that a decoder would allocate when it opens the file."""
    assert refusal(head).code == "media.too_many_pixels"


@pytest.mark.parametrize("make", [files.jpeg, files.png, files.gif, files.webp, files.mp4, files.pdf])
@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_broken(make: Callable[[], bytes], keep: float) -> None:
    """An upload that was cut off."""
    data = make() if make is not files.jpeg else files.jpeg(300, 300)
    cut = data[: int(len(data) * keep)]
    assert refusal(cut).code in {"media.broken", "media.unsupported_type"}


def test_a_polyglot_is_what_its_first_bytes_say() -> None:
    """An image with a page or an archive behind it is an image, and is never served as anything else."""
    facts = look(files.png() + b"<script>alert(1)</script>PK\x03\x04", claimed="image/png")
    assert facts.content_type == "image/png"
    assert refusal(b"<html>" + files.png(), claimed="image/png").code == "media.unsupported_type"


def test_hostile_boxes_end() -> None:
    """Endless, backwards, nested and lying boxes: a refusal, quickly."""
    ftyp = files.box(b"ftyp", b"isom" + bytes(8))
    huge = struct.pack(">I4sQ", 1, b"moov", (1 << 64) - 1)
    many = ftyp + files.box(b"free", b"") * 200_000
    for data in (ftyp + huge, ftyp + struct.pack(">I4s", 4, b"moov"), many, ftyp + files.box(b"moov", huge)):
        begun = time.perf_counter()
        assert refusal(data).code == "media.broken"
        assert time.perf_counter() - begun < 1


def test_a_file_of_a_million_boxes_is_not_walked() -> None:
    """Each box costs a read, and a read may be a request."""
    many = files.box(b"ftyp", b"isom" + bytes(8)) + files.box(b"free", b"") * 100_000
    reads = 0

    def counted(start: int, length: int) -> bytes:
        nonlocal reads
        reads += 1
        return many[start : start + length]

    with pytest.raises(boxes.Malformed):
        boxes.movie(counted, len(many))
    assert reads <= boxes.MAX_BOXES


def test_a_time_scale_of_zero_is_no_division() -> None:
    """A movie header that would divide by zero."""
    data = files.mp4().replace(struct.pack(">II", 1000, 10_000), struct.pack(">II", 0, 10_000))
    assert refusal(data).code == "media.broken"


def test_a_sound_is_no_video() -> None:
    """A file without a video track."""
    assert "video track" in refusal(files.mp4().replace(b"vide", b"soun")).message


def test_damaged_files_are_refused_or_read_and_nothing_else() -> None:
    """Random bytes in real files: only Invalid ever comes out."""
    chance = random.Random(7)
    for make in (lambda: files.jpeg(64, 64), files.png, files.gif, files.webp, files.mp4):
        for _ in range(150):
            data = bytearray(make())
            for _ in range(chance.randrange(1, 8)):
                data[chance.randrange(4, len(data))] = chance.randrange(256)
            with suppress(Invalid):
                assert look(bytes(data)).size == len(data)


def test_rotated_videos_are_measured_as_shown() -> None:
    """A phone's video: the matrix says that it lies on its side."""
    upright = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    turned = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    data = files.mp4(5, 1920, 1080)
    at = data.rindex(upright)
    rotated = data[:at] + turned + data[at + 36 :]
    movie = boxes.movie(lambda s, n: rotated[s : s + n], len(rotated))
    assert (movie.width, movie.height) == (1080, 1920)


def _scans(mode: str, size: tuple[int, int], **options: bool) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, size, 120).save(out, "JPEG", **options)
    return out.getvalue()


def _part(data: bytes, start: int, length: int) -> bytes:
    return data[start : start + length]


def test_a_progressive_jpeg_is_held_whole_by_its_decoder_and_others_are_not() -> None:
    for data, held in (
        (files.jpeg(), False),
        (_scans("L", (64, 64)), False),
        (_scans("RGB", (64, 64), progressive=True), True),
        (files.jpeg().replace(b"\xff\xda\x00\x0c\x03", b"\xff\xda\x00\x08\x01"), True),  # a scan per colour
        (b"\xff\xd8", True),
    ):
        assert probe.held_whole(partial(_part, data), len(data)) is held


def test_a_large_progressive_jpeg_is_not_decoded() -> None:
    """Half a megabyte of 49 million pixels takes 300 MB to decode, at whatever size."""
    data = _scans("L", (4100, 4000), progressive=True)
    assert (look(data).width, look(data).height) == (4100, 4000)
    assert refusal(data[: len(data) // 2]).code == "media.broken"
    assert thumbnails.render(data, "image/jpeg") == {}
    small = _scans("L", (2000, 1000), progressive=True)
    assert set(thumbnails.render(small, "image/jpeg")) == {"small", "medium"}


def test_sixteen_bits_of_grey_are_shown_as_grey() -> None:
    from PIL import Image

    out = io.BytesIO()
    Image.new("I;16", (40, 40), 30_000).save(out, "PNG")
    with Image.open(io.BytesIO(thumbnails.render(out.getvalue(), "image/png")["small"])) as image:
        assert image.getpixel((0, 0)) == pytest.approx((116, 116, 116), abs=3)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (bombs.text_png(b"iCCP", 1000, structure.MAX_PACKED + 1), "compressed texts"),
        (bombs.png_of(*[bombs.chunk(b"prVt", b"")] * (structure.MAX_OTHER + 1)), "chunks"),
        (bombs.written(lambda out: bombs.gif(out, (bombs.LARGE_FRAME, 1))), "first frame"),
        (
            bombs.written(lambda out: bombs.gif(out, (bombs.COMMENT, structure.MAX_BLOCKS), (bombs.frame(), 1))),
            "blocks",
        ),
        (bombs.written(bombs.segments(0xE1, b"Exif\0\0", structure.MAX_EXIF + 1, 8)), "EXIF"),
    ],
)
def test_a_small_file_that_is_long_work_is_refused(data: bytes, why: str) -> None:
    refused = refusal(data)
    assert refused.code == "media.broken"
    assert why in refused.message


def test_what_encoders_write_is_far_within_the_limits() -> None:
    packed = bombs.text_png(b"iCCP", 1000, 1)
    for data in (packed, bombs.png_of(*[bombs.chunk(b"prVt", b"")] * 100)):
        assert look(data).width == 8
    assert look(bombs.written(lambda out: bombs.gif(out, (bombs.COMMENT, 1000), (bombs.frame(), 100)))).width == 16
    assert look(bombs.written(bombs.segments(0xE1, b"Exif\0\0", 3, 8))).width == 64


def test_a_jpeg_that_is_refined_for_ever_is_not_decoded() -> None:
    """It may be let in: nothing of ours looks at it again, and small ones with a few scans are decoded as ever."""
    data = bombs.scans(4_000, 4_000, 100)
    assert structure.scanned(lambda start, n: data[start : start + n], len(data), 16_000_000)
    assert look(data).width == 4_000
    assert thumbnails.render(data, "image/jpeg") == {}
    assert thumbnails.render(bombs.scans(400, 400, 20), "image/jpeg").keys() == thumbnails.SIZES.keys()
