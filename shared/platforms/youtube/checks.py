"""What can be told to be wrong with a post before YouTube is asked: its options, its title, its media."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid, TooLong
from shared.platforms.youtube import limits

PRIVACY: Final = ("public", "unlisted", "private")
_TEXTS: Final = ("title", "category_id", "default_language", "stream_id")
_FLAGS: Final = ("made_for_kids", "contains_synthetic_media", "embeddable", "notify_subscribers")
_TIMES: Final = ("publish_at", "scheduled_start_time", "scheduled_end_time")
_CHOICES: Final = {"privacy_status": PRIVACY, "license": ("youtube", "creativeCommon")}


def check(text: str, options: Mapping[str, Any]) -> None:
    """Text and options alone. Raises Invalid, TooLong."""
    if limits.has_forbidden(text):
        raise Invalid(
            "validation.field_invalid", "YouTube takes no < and no > in a description: replace them.", field="text"
        )
    for names, judge in ((_TEXTS, _text), (_FLAGS, _flag), (_TIMES, _time)):
        for name in names:
            if options.get(name) is not None:
                judge(name, options[name])
    for name, choices in _CHOICES.items():
        if options.get(name) is not None and options[name] not in choices:
            raise _invalid(name, f"one of {', '.join(choices)}")
    _title(options.get("title"))
    _tags(options.get("tags"))
    _schedule(options)


def is_broadcast(options: Mapping[str, Any]) -> bool:
    """Whether the options ask for a broadcast: nothing else has a start."""
    return options.get("scheduled_start_time") is not None


def thumbnail(media: Sequence[MediaFacts]) -> None:
    """What a broadcast may have: one image. Raises Invalid."""
    if any(item.type is not MediaType.IMAGE for item in media):
        message = "A broadcast takes one image, its thumbnail, or nothing: leave out scheduled_start_time for a video."
        raise Invalid("validation.media_type_unsupported", message, field="media")
    if len(media) > 1:
        raise Invalid(
            "validation.media_count", "A broadcast takes one image, its thumbnail: remove the others.", field="media"
        )


def video(media: Sequence[MediaFacts]) -> MediaFacts:
    """The one video that a post has. Raises Invalid."""
    if len(media) != 1:
        message = "YouTube takes one video and nothing beside it; for a broadcast give scheduled_start_time."
        raise Invalid("validation.media_count", message, field="media")
    if media[0].type is not MediaType.VIDEO:
        message = "YouTube takes a video; an image is taken as the thumbnail of a broadcast (scheduled_start_time)."
        raise Invalid("validation.media_type_unsupported", message, field="media")
    return media[0]


def _title(value: Any) -> None:
    if value is None:
        return
    if limits.has_forbidden(value) or not value.strip():
        raise _invalid("title", "a text without < and >")
    if len(value) > limits.TITLE_CHARS:
        raise TooLong(
            "validation.text_too_long",
            f"YouTube's titles have at most {limits.TITLE_CHARS} characters: shorten it.",
            field="platform_data.title",
            platform="youtube",
            limit=limits.TITLE_CHARS,
            count=len(value),
            counted_in="chars",
        )


def _tags(value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() for tag in value):
        raise _invalid("tags", "a list of texts")
    if any(limits.has_forbidden(tag) for tag in value) or limits.count_tags(value) > limits.TAGS_CHARS:
        raise _invalid("tags", f"texts without < and >, of {limits.TAGS_CHARS} characters together")


def _schedule(options: Mapping[str, Any]) -> None:
    if options.get("publish_at") is not None:
        if options.get("privacy_status") not in {None, "private"}:
            raise _invalid("privacy_status", "private, or left out, beside publish_at: YouTube then makes it public")
        if is_broadcast(options):
            raise _invalid("publish_at", "left out: a broadcast has a start instead")
    if options.get("scheduled_end_time") is not None and not is_broadcast(options):
        raise _invalid("scheduled_end_time", "beside scheduled_start_time")
    if options.get("stream_id") is not None and not is_broadcast(options):
        raise _invalid("stream_id", "beside scheduled_start_time")


def _text(name: str, value: Any) -> None:
    if not isinstance(value, str) or not value:
        raise _invalid(name, "a text")


def _flag(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise _invalid(name, "true or false")


def _time(name: str, value: Any) -> None:
    judge: Callable[[str], datetime] = datetime.fromisoformat
    try:
        aware = isinstance(value, str) and judge(value).tzinfo is not None
    except ValueError:
        aware = False
    if not aware:
        raise _invalid(name, "a time with its zone, like 2026-12-24T18:00:00Z")


def _invalid(name: str, wanted: str) -> Invalid:
    return Invalid("validation.field_invalid", f"{name} must be {wanted}.", field=f"platform_data.{name}")
