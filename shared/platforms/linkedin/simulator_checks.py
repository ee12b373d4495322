"""What the simulated LinkedIn accepts of a new post: its schema, as the Posts API documents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.platforms.linkedin import limits
from shared.platforms.linkedin.simulator_wire import Denied, invalid

_REQUIRED: Final = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_DURATIONS: Final = frozenset({"ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS"})
_VISIBILITIES: Final = frozenset({"PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"})
Check = Callable[[Mapping[str, Any]], bool]


def check_post(body: Mapping[str, Any]) -> None:
    """Raises Denied: MISSING_FIELD, INVALID_VALUE_FOR_FIELD, ILLEGAL_ARGUMENT."""
    for name in _REQUIRED:
        if name not in body:
            raise Denied(
                invalid(
                    "MISSING_FIELD", f"ERROR :: /{name} :: field is required but not found and has no default value"
                )
            )
    if body["lifecycleState"] != "PUBLISHED":
        raise Denied(_wrong("lifecycleState", "PUBLISHED is the only accepted value during creation"))
    if body["visibility"] not in _VISIBILITIES:
        raise Denied(_wrong("visibility", "not an enum symbol"))
    if str(body["author"]).startswith("urn:li:organization:") and body["visibility"] == "CONNECTIONS":
        raise Denied(_wrong("visibility", "an organization has no connections"))
    distribution = body["distribution"]
    if not isinstance(distribution, dict) or distribution.get("feedDistribution") not in {"MAIN_FEED", "NONE"}:
        raise Denied(_wrong("distribution/feedDistribution", "not an enum symbol"))
    if not str(body["commentary"]).strip() and not body.get("content"):
        raise Denied(invalid("INVALID_VALUE_BLANK_FIELD", "ERROR :: /commentary :: the value is blank"))
    if "content" in body:
        _check_content(body["content"])


def _check_content(content: Any) -> None:
    if not isinstance(content, dict) or len(content) != 1 or set(content) - set(_CONTENTS):
        raise Denied(_wrong("content", "exactly one of its members must be set"))
    ((name, value),) = content.items()
    if not isinstance(value, dict) or not _CONTENTS[name](value):
        raise Denied(_wrong(f"content/{name}", "does not match the schema"))


def _media(value: Mapping[str, Any]) -> bool:
    alt = str(value.get("altText") or "")
    return set(value) <= {"id", "title", "altText"} and bool(value.get("id")) and len(alt) <= limits.MAX_ALT_TEXT


def _images(value: Mapping[str, Any]) -> bool:
    images = value.get("images")
    few = isinstance(images, list) and 2 <= len(images) <= 20
    return few and set(value) <= {"images", "altText"} and all(_media(image) for image in images or ())


def _article(value: Mapping[str, Any]) -> bool:
    known = set(value) <= {"source", "title", "description", "thumbnail", "thumbnailAltText"}
    return known and str(value.get("source", "")).startswith(("http://", "https://")) and bool(value.get("title"))


def _poll(value: Mapping[str, Any]) -> bool:
    options, settings = value.get("options"), value.get("settings")
    texts = [str(one.get("text", "")) for one in options] if isinstance(options, list) else []
    fits = 2 <= len(texts) <= 4 and all(1 <= len(text) <= limits.MAX_POLL_OPTION for text in texts)
    asks = 1 <= len(str(value.get("question", ""))) <= limits.MAX_POLL_QUESTION
    return fits and asks and isinstance(settings, dict) and settings.get("duration") in _DURATIONS


_CONTENTS: Final[Mapping[str, Check]] = {"media": _media, "multiImage": _images, "article": _article, "poll": _poll}


def _wrong(field: str, why: str) -> Any:
    return invalid("INVALID_VALUE_FOR_FIELD", f"ERROR :: /{field} :: {why}")
