"""Options that Pinterest would refuse, said before anything is sent. Source: PinCreate in the OpenAPI document 5.23.0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.errors import Invalid, TooLong
from shared.platforms.pinterest import wire

_ID: Final = re.compile(r"[0-9]{1,25}")
_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_TEXTS: Final = (("title", wire.MAX_TITLE), ("alt_text", wire.MAX_ALT_TEXT), ("link", wire.MAX_LINK))


def check(options: Mapping[str, Any]) -> None:
    """Raises Invalid, TooLong."""
    given = {name: value for name, value in options.items() if value is not None}
    if "board_id" not in given:
        message = "A Pin needs a board: give board_id. The account's boards are listed in the resource boards."
        raise Invalid("validation.field_required", message, field="platform_data.board_id")
    for name in ("board_id", "board_section_id"):
        if name in given and not (isinstance(given[name], str) and _ID.fullmatch(given[name])):
            raise _invalid(name, f"{name} is a number as text, as the resources boards and board_sections list it.")
    for name, most in _TEXTS:
        _check_text(given, name, most)
    for name in ("link", "cover_image_url"):
        if name in given and not _is_link(given[name]):
            raise _invalid(name, f"{name} is an address: http or https.")
    if "dominant_color" in given and not _matches(_COLOUR, given["dominant_color"]):
        raise _invalid("dominant_color", "dominant_color is a colour such as #6E7874.")
    seconds = given.get("cover_image_key_frame_time", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise _invalid("cover_image_key_frame_time", "cover_image_key_frame_time is a number of whole seconds.")


def _check_text(given: Mapping[str, Any], name: str, most: int) -> None:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise _invalid(name, f"{name} is a text of up to {most} characters.")
    if len(value) > most:
        message = f"platform_data.{name} has {len(value)} characters, Pinterest takes {most}. Shorten it."
        limits = {"platform": "pinterest", "limit": most, "count": len(value), "counted_in": "chars"}
        raise TooLong("validation.text_too_long", message, field=f"platform_data.{name}", **limits)


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _is_link(value: Any) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return bool(parts and parts.scheme in {"http", "https"} and parts.netloc and " " not in str(value))


def _invalid(name: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", message, field=f"platform_data.{name}")
