"""Reddit's limits on texts, and what a caller's options must look like.

Sources: Reddit's own answers (``TOO_LONG``: 300, 40000, 10000), observed in Pyprohly/reddit-api-doc-notes; Reddit Help
on polls and galleries; 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.errors import Invalid, TooLong

MAX_TITLE: Final = 300
MAX_TEXT: Final = 40_000
MAX_COMMENT: Final = 10_000
MAX_CAPTION: Final = 180
MAX_FLAIR_TEXT: Final = 64
MAX_FLAIR_ID: Final = 36
POLL_ANSWERS: Final = (2, 6)
POLL_DAYS: Final = (1, 7)
_SUBREDDIT: Final = re.compile(r"(?:/?r/)?([A-Za-z0-9][A-Za-z0-9_]{1,20}|u_[A-Za-z0-9_-]{3,20})/?")
_FLAGS: Final = ("nsfw", "spoiler", "send_replies", "resubmit")


def check(options: Mapping[str, Any]) -> None:
    """Options that Reddit would refuse. Raises Invalid."""
    given = {name: value for name, value in options.items() if value is not None}
    if "subreddit" in given and not (isinstance(given["subreddit"], str) and _SUBREDDIT.fullmatch(given["subreddit"])):
        raise _invalid("subreddit", "subreddit is a community's name without address, such as test or u_name.")
    _check_text(given, "title", MAX_TITLE)
    _check_text(given, "flair_id", MAX_FLAIR_ID)
    _check_text(given, "flair_text", MAX_FLAIR_TEXT)
    if given.get("flair_text") and not given.get("flair_id"):
        raise _invalid(
            "flair_text", "flair_text changes the text of a flair: give flair_id too (see the resource flairs)."
        )
    for name in _FLAGS:
        if name in given and not isinstance(given[name], bool):
            raise _invalid(name, f"{name} is true or false.")
    if "url" in given and not _is_link(given["url"]):
        raise _invalid("url", "url is the link to post: http or https.")
    if "poll" in given:
        _check_poll(given["poll"])
    if "url" in given and "poll" in given:
        raise _invalid("poll", "A Reddit post is a link or a poll: give url or poll, not both.")


def subreddit(name: str) -> str:
    """A community's bare name."""
    found = _SUBREDDIT.fullmatch(name)
    return found[1] if found else name


def _check_text(given: Mapping[str, Any], name: str, most: int) -> None:
    value = given.get(name)
    if value is None:
        return
    if not isinstance(value, str) or (name == "title" and not value.strip()):
        raise _invalid(name, f"{name} is a text of 1 to {most} characters.")
    if len(value) > most:
        message = f"platform_data.{name} has {len(value)} characters, Reddit takes {most}. Shorten it."
        raise TooLong(
            "validation.text_too_long",
            message,
            field=f"platform_data.{name}",
            platform="reddit",
            limit=most,
            count=len(value),
            counted_in="chars",
        )


def _check_poll(poll: Any) -> None:
    if not isinstance(poll, dict) or not set(poll) <= {"options", "duration_days"}:
        raise _invalid("poll", "poll is {options: 2 to 6 texts, duration_days: 1 to 7}.")
    answers, days = poll.get("options"), poll.get("duration_days", 3)
    least, most = POLL_ANSWERS
    texts = [text for text in answers if isinstance(text, str)] if isinstance(answers, list | tuple) else []
    whole = isinstance(answers, list | tuple) and len(texts) == len(answers)
    if not whole or not least <= len(texts) <= most or not all(1 <= len(text.strip()) <= 120 for text in texts):
        raise _invalid("poll", f"poll.options are {least} to {most} texts of up to 120 characters.")
    if isinstance(days, bool) or not isinstance(days, int) or not POLL_DAYS[0] <= days <= POLL_DAYS[1]:
        raise _invalid("poll", "poll.duration_days is a whole number from 1 to 7.")


def _is_link(value: Any) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return bool(parts and parts.scheme in {"http", "https"} and parts.netloc and " " not in str(value))


def _invalid(name: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", message, field=f"platform_data.{name}")
