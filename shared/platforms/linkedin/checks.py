"""What LinkedIn would refuse of a post's options, said before anything is stored.

Source: learn.microsoft.com/en-us/linkedin/marketing/community-management/shares (posts-api, poll-post-api), 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from shared.domain.errors import Invalid
from shared.platforms.linkedin import limits

DURATIONS: Final = ("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS")
VISIBILITIES: Final = ("PUBLIC", "CONNECTIONS", "LOGGED_IN")
_ARTICLE: Final = ("article_title", "article_description")


def check(options: Mapping[str, Any]) -> None:
    """Raises Invalid, naming ``platform_data.<option>``."""
    for name in ("article_url", *_ARTICLE, "media_title", "visibility"):
        if options.get(name) is not None and not isinstance(options[name], str):
            raise _invalid(name, f"{name} is a text.")
    if options.get("visibility") and options["visibility"] not in VISIBILITIES:
        raise _invalid("visibility", f"visibility is one of {', '.join(VISIBILITIES)}.")
    if options.get("disable_reshare") is not None and not isinstance(options["disable_reshare"], bool):
        raise _invalid("disable_reshare", "disable_reshare is true or false.")
    _check_article(options)
    _check_poll(options.get("poll"))


def _check_article(options: Mapping[str, Any]) -> None:
    if not options.get("article_url"):
        alone = next((name for name in _ARTICLE if options.get(name)), None)
        if alone:
            raise _invalid(alone, f"{alone} needs article_url beside it.")
        return
    parts = urlsplit(options["article_url"]) if _splits(options["article_url"]) else urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _invalid("article_url", "article_url is a public web address, https://…")
    if not str(options.get("article_title") or "").strip():
        raise _invalid("article_title", "An article needs article_title: LinkedIn does not read the page by itself.")
    if len(options["article_title"]) > limits.MAX_ARTICLE_TITLE:
        raise _invalid("article_title", f"article_title has at most {limits.MAX_ARTICLE_TITLE} characters.")
    if len(options.get("article_description") or "") > limits.MAX_ARTICLE_DESCRIPTION:
        raise _invalid(
            "article_description", f"article_description has at most {limits.MAX_ARTICLE_DESCRIPTION} characters."
        )
    if options.get("poll"):
        raise _invalid("poll", "A post has an article or a poll, not both: remove one of them.")


def _splits(address: str) -> bool:
    try:
        urlsplit(address)
    except ValueError:
        return False
    return True


def _check_poll(poll: Any) -> None:
    if poll is None:
        return
    known = isinstance(poll, Mapping) and set(poll) == {"question", "options", "duration"}
    question, choices, duration = (poll["question"], poll["options"], poll["duration"]) if known else (None, None, None)
    fits = (
        _is_text(question, limits.MAX_POLL_QUESTION)
        and isinstance(choices, list | tuple)
        and 2 <= len(choices) <= 4
        and all(_is_text(choice, limits.MAX_POLL_OPTION) for choice in choices)
        and duration in DURATIONS
    )
    if not fits:
        raise _invalid(
            "poll",
            f"A poll is {{question: up to {limits.MAX_POLL_QUESTION} characters, options: 2 to 4 texts of up to "
            f"{limits.MAX_POLL_OPTION}, duration: {', '.join(DURATIONS)}}}.",
        )


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and len(value.strip()) >= 1 and len(value) <= most


def _invalid(name: str, message: str) -> Invalid:
    return Invalid("validation.field_invalid", message, field=f"platform_data.{name}")
