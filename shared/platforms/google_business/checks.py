"""What can be told to be wrong with a local post before Google is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.domain.content import MediaFacts, MediaType
from shared.domain.errors import Invalid
from shared.platforms.google_business import limits, wire

SMALLEST: Final = 10 * 1024  # bytes of a photo
ACTIONS: Final = ("BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL")
_OFFER: Final = ("coupon_code", "redeem_online_url", "terms_conditions")


def check(media: Sequence[MediaFacts], options: Mapping[str, Any]) -> None:
    """Media and options. Raises Invalid."""
    if len(media) > 1:
        raise Invalid(
            "validation.media_count", "A local post takes one photo, or none: remove the others.", field="media"
        )
    if any(item.type is not MediaType.IMAGE for item in media):
        raise Invalid("validation.media_type_unsupported", "A local post takes a photo, no other files.", field="media")
    if any((item.size or SMALLEST) < SMALLEST for item in media):
        raise Invalid(
            "validation.field_invalid", "Google takes photos of at least 10 KB: use a larger one.", field="media"
        )
    if (language := options.get("language_code")) is not None and not isinstance(language, str):
        raise _invalid("language_code", "a BCP 47 language, like en or pt-BR")
    if options.get("call_to_action") is not None:
        _call_to_action(options["call_to_action"])
    if options.get("offer") is not None:
        _offer(options["offer"], options)
    if options.get("event") is not None:
        _event(options["event"])


def _call_to_action(given: Any) -> None:
    if not isinstance(given, Mapping) or not set(given) <= {"type", "url"} or given.get("type") not in ACTIONS:
        raise _invalid("call_to_action", f"{{type: one of {', '.join(ACTIONS)}, url}}")
    if given["type"] == "CALL":
        if given.get("url"):
            raise _invalid("call_to_action.url", "left out: CALL calls the location's own number")
    elif not _is_address(given.get("url")):
        raise _invalid("call_to_action.url", "the https address that the button opens")


def _offer(given: Any, options: Mapping[str, Any]) -> None:
    if not isinstance(given, Mapping) or not set(given) <= set(_OFFER):
        raise _invalid("offer", f"an object of {', '.join(_OFFER)}")
    if not all(isinstance(value, str) for value in given.values()):
        raise _invalid("offer", "an object of texts")
    if len(given.get("coupon_code", "")) > limits.COUPON_CHARS:
        raise _invalid("offer.coupon_code", f"at most {limits.COUPON_CHARS} characters long")
    if given.get("redeem_online_url") and not _is_address(given["redeem_online_url"]):
        raise _invalid("offer.redeem_online_url", "an https address")
    if options.get("event") is None:
        raise _invalid("event", "given beside offer: its title and when the offer begins and ends")
    if options.get("call_to_action") is not None:
        raise _invalid("call_to_action", "left out beside offer: Google ignores it there")


def _event(given: Any) -> None:
    if not isinstance(given, Mapping) or set(given) != {"title", "start", "end"}:
        raise _invalid("event", "{title, start, end}")
    title = given["title"]
    if not isinstance(title, str) or not 1 <= len(title) <= limits.EVENT_TITLE_CHARS:
        raise _invalid("event.title", f"a text of 1 to {limits.EVENT_TITLE_CHARS} characters")
    start, _ = (_moment(name, given[name]) for name in ("start", "end"))
    if wire.until(given["end"]) < start:
        raise _invalid("event.end", "no earlier than event.start")


def _moment(name: str, value: Any) -> datetime:
    """A day, or a day and a time, in the business's own time zone."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is not None:
        raise _invalid(f"event.{name}", "a day or a local time without a zone, like 2026-12-24 or 2026-12-24T18:00")
    return at


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("https://", "http://"))


def _invalid(name: str, wanted: str) -> Invalid:
    return Invalid("validation.field_invalid", f"{name} must be {wanted}.", field=f"platform_data.{name}")
