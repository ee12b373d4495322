"""What a PDS checks of a record before it writes it: the post lexicon, in a small vocabulary of our own.

Lexicons are open: fields that they do not name are kept, and so are union members of unknown type
(https://atproto.com/specs/lexicon, read 2026-11-22). Messages are worded as the reference PDS words them (d6296a1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import regex

from shared.platforms.bluesky.limits import graphemes

Check = Callable[[Any, str], None]

DID = r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]"
HANDLE = r"([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_FORMATS = {
    "did": DID,
    "cid": r"b[a-z2-7]{40,}",
    "at-uri": rf"at://({DID}|{HANDLE})(/[A-Za-z0-9.-]+(/[A-Za-z0-9._:~-]+)?)?",
    "uri": r"[a-z][a-z0-9.+-]*:\S+",
    "language": r"[a-z]{2,3}(-[A-Za-z0-9]+)*|i(-[A-Za-z0-9]+)+",
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "tid": r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}",
}
_PATTERNS = {name: regex.compile(pattern) for name, pattern in _FORMATS.items()}


class InvalidValue(Exception):
    """A value that the lexicon does not allow; the message ends with where it is."""


def matches(value: str, format_name: str) -> bool:
    """Whether a string has one of the protocol's formats."""
    if not _PATTERNS[format_name].fullmatch(value):
        return False
    if format_name == "datetime":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
    return True


def string(*, fmt: str = "", max_bytes: int = 0, max_graphemes: int = 0) -> Check:
    """A string of a format, at most so long."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise InvalidValue(f"Expected string value type (got {_shown(value)}) at {path}")
        if max_bytes and len(value.encode()) > max_bytes:
            raise InvalidValue(f"string too big (maximum {max_bytes}, got {len(value.encode())}) at {path}")
        if max_graphemes and len(value) > max_graphemes and (count := graphemes(value)) > max_graphemes:
            raise InvalidValue(f"grapheme too big (maximum {max_graphemes}, got {count}) at {path}")
        if fmt and not matches(value, fmt):
            raise InvalidValue(f"Invalid {fmt} (got {_shown(value)}) at {path}")

    return check


def integer(minimum: int) -> Check:
    """A whole number, no less than this."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidValue(f"Expected integer value type (got {_shown(value)}) at {path}")
        if value < minimum:
            raise InvalidValue(f"integer too small (minimum {minimum}, got {value}) at {path}")

    return check


def array(item: Check, maximum: int = 0) -> Check:
    """A list, at most so long."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise InvalidValue(f"Expected array value type (got {_shown(value)}) at {path}")
        if maximum and len(value) > maximum:
            raise InvalidValue(f"array too big (maximum {maximum}, got {len(value)}) at {path}")
        for index, element in enumerate(value):
            item(element, f"{path}[{index}]")

    return check


def struct(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these fields; others are kept unchecked."""
    fields = {**required, **(optional or {})}

    def check(value: Any, path: str) -> None:
        if not isinstance(value, Mapping):
            raise InvalidValue(f"Expected object value type (got {_shown(value)}) at {path}")
        for name in required:
            if name not in value:
                raise InvalidValue(f'Missing required key "{name}" at {path}')
        for name, field in fields.items():
            if name in value:
                field(value[name], f"{path}.{name}")

    return check


def union(members: Mapping[str, Check]) -> Check:
    """An object of one of these ``$type``s; unknown ones are kept unchecked."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, Mapping) or not isinstance(value.get("$type"), str):
            raise InvalidValue(f'Expected an object which includes the "$type" property value type at {path}')
        member = members.get(value["$type"])
        if member:
            member(value, path)

    return check


def blob(accept: str, maximum: int) -> Check:
    """A reference to an uploaded file: of these types (``image/*``), at most so large."""
    pattern = regex.compile(regex.escape(accept).replace(r"\*", "[^/]+"))

    def check(value: Any, path: str) -> None:
        if not (isinstance(value, Mapping) and value.get("$type") == "blob" and _link(value.get("ref"))):
            raise InvalidValue(f"Expected blob value type (got {_shown(value)}) at {path}")
        if not isinstance(value.get("size"), int) or not isinstance(value.get("mimeType"), str):
            raise InvalidValue(f"Expected blob value type (got {_shown(value)}) at {path}")
        if not pattern.fullmatch(value["mimeType"]):
            raise InvalidValue(f'Expected "{accept}" (got "{value["mimeType"]}") at {path}.mimeType')
        if value["size"] > maximum:
            raise InvalidValue(f"blob too big (maximum {maximum}, got {value['size']}) at {path}")

    return check


def _link(value: Any) -> bool:
    link = value.get("$link") if isinstance(value, Mapping) else None
    return isinstance(link, str) and matches(link, "cid")


def _shown(value: Any) -> str:
    return f'"{value[:40]}"' if isinstance(value, str) else type(value).__name__


_STRONG_REF = struct({"uri": string(fmt="at-uri"), "cid": string(fmt="cid")})
_RATIO = {"aspectRatio": struct({"width": integer(1), "height": integer(1)})}
_IMAGE = struct({"image": blob("image/*", 2_000_000), "alt": string()}, _RATIO)
_CAPTION = struct({"lang": string(fmt="language"), "file": blob("text/vtt", 20_000)})
_VIDEO = struct({"video": blob("video/mp4", 300_000_000)}, {"captions": array(_CAPTION, 20), "alt": string(), **_RATIO})
_EXTERNAL = struct(
    {
        "external": struct(
            {"uri": string(fmt="uri"), "title": string(), "description": string()},
            {"thumb": blob("image/*", 1_000_000)},
        )
    }
)
_MEDIA = {
    "app.bsky.embed.images": struct({"images": array(_IMAGE, 4)}),
    "app.bsky.embed.video": _VIDEO,
    "app.bsky.embed.external": _EXTERNAL,
}
_RECORD = struct({"record": _STRONG_REF})
_EMBED = union(
    {
        **_MEDIA,
        "app.bsky.embed.record": _RECORD,
        "app.bsky.embed.recordWithMedia": struct({"record": _RECORD, "media": union(_MEDIA)}),
    }
)
_FEATURE = union(
    {
        "app.bsky.richtext.facet#mention": struct({"did": string(fmt="did")}),
        "app.bsky.richtext.facet#link": struct({"uri": string(fmt="uri")}),
        "app.bsky.richtext.facet#tag": struct({"tag": string(max_bytes=640, max_graphemes=64)}),
    }
)
_FACET = struct(
    {
        "index": struct({"byteStart": integer(0), "byteEnd": integer(0)}),
        "features": array(_FEATURE),
    }
)
_SELF_LABELS = struct({"values": array(struct({"val": string(max_bytes=128)}), 10)})

SCHEMAS: dict[str, Check] = {
    "app.bsky.feed.post": struct(
        {"text": string(max_bytes=3000, max_graphemes=300), "createdAt": string(fmt="datetime")},
        {
            "facets": array(_FACET),
            "reply": struct({"root": _STRONG_REF, "parent": _STRONG_REF}),
            "embed": _EMBED,
            "langs": array(string(fmt="language"), 3),
            "labels": union({"com.atproto.label.defs#selfLabels": _SELF_LABELS}),
            "tags": array(string(max_bytes=640, max_graphemes=64), 8),
        },
    ),
    "app.bsky.feed.like": struct({"subject": _STRONG_REF, "createdAt": string(fmt="datetime")}, {"via": _STRONG_REF}),
    "app.bsky.feed.threadgate": struct(
        {"post": string(fmt="at-uri"), "createdAt": string(fmt="datetime")},
        {"allow": array(union({}), 5), "hiddenReplies": array(string(fmt="at-uri"), 300)},
    ),
}
