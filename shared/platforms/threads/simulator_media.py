"""What the simulated Threads makes of a file: it fetches it, and refuses what is not as documented.

https://developers.facebook.com/docs/threads/overview#image-specifications
"""

from __future__ import annotations

from shared.platforms.contract import World
from shared.platforms.threads.simulator_state import Problem, plain

IMAGE_BYTES = 8_000_000
VIDEO_BYTES = 1_000_000_000


def check_image(world: World, url: str) -> None:
    """Fetch an image as the network does, within the request. Raises Problem."""
    data = _fetched(world, url, "image_url")
    if data is None:
        message = "The media could not be fetched from this URI"
        raise Problem(1, "An unknown error occurred", 2207052, user_message=f"{message}: {url}")
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or len(data) > IMAGE_BYTES:
        raise plain("Param image_url is not a valid image: JPEG and PNG of up to 8 MB are supported.")


def video_error(world: World, url: str) -> str:
    """The ``error_message`` with which processing will fail, empty when it will not: videos are looked at later."""
    data = _fetched(world, url, "video_url")
    if data is None:
        return "FAILED_DOWNLOADING_VIDEO"
    return "" if data[4:8] == b"ftyp" and len(data) <= VIDEO_BYTES else "FAILED_PROCESSING_VIDEO"


def _fetched(world: World, url: str, name: str) -> bytes | None:
    if not url.startswith(("https://", "http://")):
        raise plain(f"Param {name} is not a valid URI.")
    response = world.fetch(url)
    return response.body if response is not None and response.status == 200 else None
