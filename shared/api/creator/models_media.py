"""Media: what callers send and are sent."""

from __future__ import annotations

from pydantic import Field

from shared.api.engine.models import Body, Time, View


class UploadFields(Body):
    """What a form may say beside its file."""

    platform_hints: str | list[str] = ""
    """The networks that it is meant for: a JSON list, names with commas between, or ``platform_hints[]`` several times."""
    alt_text: str = Field("", max_length=10_000)


class Thumbnails(View):
    """Addresses of smaller copies, good for an hour: at most 320 and 800 pixels on the longer side."""

    small: str
    medium: str


class Dimensions(View):
    """Pixels, as the file is meant to be seen."""

    width: int
    height: int


class PlatformCompatibility(View):
    """The file on one network. ``compatible``: as the post that it makes up there by itself, when nothing else is said."""

    compatible: bool
    optimized: bool
    """It fits everything there that takes such a file (``kinds`` are all)."""
    kinds: list[str]
    reason: str | None = None
    suggestion: str | None = None


class MediaResponse(View):
    """A file of the library. ``url`` is a link to look at it, good for an hour; in a post, name it by ``media_id``."""

    media_id: str
    type: str
    status: str
    url: str | None = None
    thumbnails: Thumbnails | None = None
    """Of images; videos have none."""
    dimensions: Dimensions | None = None
    alt_text: str | None = None
    platform_compatibility: dict[str, PlatformCompatibility]
    created_at: Time
