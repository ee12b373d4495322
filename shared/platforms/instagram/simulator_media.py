"""What the simulated Instagram makes of a file: it fetches it, and refuses what is not as documented.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media#image-specifications
"""

from __future__ import annotations

import struct

from shared.platforms.contract import World
from shared.platforms.instagram.simulator_state import Problem

IMAGE_BYTES = 8 * 1024 * 1024
VIDEO_BYTES = 300_000_000
STORY_VIDEO_BYTES = 100_000_000
MIN_RATIO, MAX_RATIO = 4 / 5, 1.91

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


def check_image(world: World, url: str, *, any_ratio: bool = False) -> None:
    """Fetch an image as the network does, within the request. Raises Problem."""
    data = _fetch(world, url)
    if len(data) > IMAGE_BYTES:
        raise Problem(
            36000,
            "The image size is too large.",
            2207004,
            user_message="The image is too large to download. It should be less than 8 MiB.",
        )
    if not data.startswith(b"\xff\xd8\xff"):
        message = "The image format is not supported. Supported formats are: JPEG."
        raise Problem(36001, "The image format is not supported.", 2207005, user_message=message)
    size = jpeg_size(data)
    if size and not any_ratio and not MIN_RATIO <= size[0] / size[1] <= MAX_RATIO:
        raise bad_ratio(f"{size[0] / size[1]:.3f}")


def bad_ratio(ratio: str) -> Problem:
    """36003/2207009."""
    message = (
        f"The submitted image with aspect ratio ({ratio}) cannot be published. Please submit an image with a valid "
        "aspect ratio."
    )
    return Problem(36003, "The aspect ratio is not supported.", 2207009, user_message=message)


def video_error(world: World, url: str, limit: int = VIDEO_BYTES) -> str:
    """The subcode with which processing a video will fail, empty when it will not: videos are looked at later."""
    try:
        data = _fetch(world, url)
    except Problem:
        return "2207052"
    return "" if data[4:8] == b"ftyp" and len(data) <= limit else "2207026"


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height from the frame header (ITU T.81, B.2.2), None when there is none to be found."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in _START_OF_FRAME:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return (width, height) if width and height else None
        at += 2 + length
    return None


def _fetch(world: World, url: str) -> bytes:
    response = world.fetch(url) if url.startswith(("https://", "http://")) else None
    if response is None or response.status != 200:
        message = f"The media could not be fetched from this uri: {url}"
        raise Problem(9004, "Only photo or video can be accepted as media type.", 2207052, user_message=message)
    return response.body
