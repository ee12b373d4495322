"""What X would refuse of a post's options, said before anything is stored.

Source: the OpenAPI document 2.167 (PostCreateRequest), 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.domain.content import MediaFacts
from shared.domain.errors import Invalid

_ID: Final = re.compile(r"[0-9]{1,19}")
_IDS: Final = ("quote_tweet_id", "in_reply_to_tweet_id", "community_id", "repost_of")
_MOST_TAGGED: Final = 10
_POLL_OPTIONS: Final = range(2, 5)
_POLL_MINUTES: Final = range(5, 10081)


def check_repost(text: str, media: Sequence[MediaFacts], options: Mapping[str, Any]) -> None:
    """A repost is somebody's post as it is: nothing can be said with it. Raises Invalid."""
    if text.strip() or media or any(value for name, value in options.items() if name != "repost_of"):
        message = (
            "A repost carries nothing of its own: remove text, media and the other options, or use quote_tweet_id."
        )
        raise _invalid("repost_of", message)


def check(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> None:
    """Raises Invalid, naming ``platform_data.<option>``."""
    for name in _IDS:
        if options.get(name) and not _is_id(options[name]):
            raise _invalid(name, f"{name} is X's number for it (up to 19 digits), not an address or a name.")
    _check_tagged(options.get("tagged_user_ids"))
    _check_exclusive(media, options)
    _check_poll(options.get("poll"))


def _check_exclusive(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> None:
    given = [name for name in ("poll", "quote_tweet_id") if options.get(name)]
    if media:
        given.insert(0, "media")
    if len(given) > 1:
        raise _invalid(given[-1], f"X takes only one of {' and '.join(given)} in a post: remove the others.")
    if options.get("tagged_user_ids") and not media:
        message = "People are tagged in media: add an image or a video, or remove tagged_user_ids."
        raise _invalid("tagged_user_ids", message)


def _check_tagged(given: Any) -> None:
    if not given:
        return
    if not isinstance(given, list | tuple) or len(given) > _MOST_TAGGED or not all(map(_is_id, given)):
        message = f"tagged_user_ids is a list of at most {_MOST_TAGGED} user ids, each a text of up to 19 digits."
        raise _invalid("tagged_user_ids", message)


def _check_poll(poll: Any) -> None:
    if poll is None:
        return
    known = isinstance(poll, Mapping) and set(poll) == {"options", "duration_minutes"}
    choices, minutes = (poll["options"], poll["duration_minutes"]) if known else (None, None)
    fits = (
        isinstance(choices, list | tuple)
        and len(choices) in _POLL_OPTIONS
        and all(isinstance(choice, str) and 1 <= len(choice) <= 25 for choice in choices)
        and type(minutes) is int
        and minutes in _POLL_MINUTES
    )
    if not fits:
        raise _invalid("poll", "A poll is {options: 2 to 4 texts of 1 to 25 characters, duration_minutes: 5 to 10080}.")


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _invalid(name: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", message, field=f"platform_data.{name}")
