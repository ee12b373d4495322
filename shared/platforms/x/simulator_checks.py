"""What the simulated X accepts: the fields of a post, the parameters of a query. Source: the OpenAPI document 2.167."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.platforms.x.simulator_wire import Asked, Denied, invalid

_ID: Final = re.compile(r"[0-9]{1,19}")
_REPLY_SETTINGS: Final = frozenset({"following", "mentionedUsers", "subscribers", "verified"})

_FIELDS: Final = frozenset({"post.fields", "expansions", "user.fields", "media.fields", "poll.fields", "place.fields"})
POST_QUERY: Final = _FIELDS
USER_QUERY: Final = frozenset({"user.fields", "expansions", "post.fields"})
LISTING_QUERY: Final = _FIELDS | {
    "max_results",
    "pagination_token",
    "start_time",
    "end_time",
    "since_id",
    "until_id",
    "exclude",
}
SEARCH_QUERY: Final = (LISTING_QUERY - {"exclude"}) | {"query", "next_token", "sort_order"}
LIKED_QUERY: Final = _FIELDS | {"max_results", "pagination_token"}
DM_QUERY: Final = frozenset(
    {"max_results", "pagination_token", "event_types", "dm_event.fields", "expansions", "user.fields", "post.fields"}
)

Check = Callable[[Any], bool]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _ids(most: int, least: int = 0) -> Check:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(_is_id, value))


def _object(required: Sequence[str], **fields: Check) -> Check:
    def check(value: Any) -> bool:
        known = isinstance(value, dict) and set(value) <= set(fields) and set(required) <= set(value)
        return known and all(fields[name](inner) for name, inner in value.items())

    return check


def _are_options(value: Any) -> bool:
    few = isinstance(value, list) and 2 <= len(value) <= 4
    return few and all(isinstance(option, str) and 1 <= len(option) <= 25 for option in value)


def _is_duration(value: Any) -> bool:
    return isinstance(value, int) and 5 <= value <= 10_080


def _is_audience(value: Any) -> bool:
    return value in _REPLY_SETTINGS


_CREATE: Final[Mapping[str, Check]] = {
    "text": _is_text,
    "card_uri": _is_text,
    "community_id": _is_id,
    "direct_message_deep_link": _is_text,
    "edit_options": _object(["previous_post_id"], previous_post_id=_is_id),
    "for_super_followers_only": _is_flag,
    "geo": _object(["place_id"], place_id=_is_text),
    "made_with_ai": _is_flag,
    "media": _object(
        ["media_ids"],
        media_ids=_ids(4, least=1),
        tagged_user_ids=_ids(10),
        title=_is_text,
        description=_is_text,
        embeddable=_is_flag,
        preview_media_id=_is_id,
    ),
    "nullcast": _is_flag,
    "paid_partnership": _is_flag,
    "poll": _object(
        ["options", "duration_minutes"],
        options=_are_options,
        duration_minutes=_is_duration,
        reply_settings=_is_audience,
    ),
    "quote_tweet_id": _is_id,
    "reply": _object(
        ["in_reply_to_tweet_id"],
        in_reply_to_tweet_id=_is_id,
        exclude_reply_user_ids=_ids(100),
        auto_populate_reply_metadata=_is_flag,
    ),
    "reply_settings": _is_audience,
    "share_with_followers": _is_flag,
}
_ONE_OF: Final = ("media", "poll", "quote_tweet_id", "card_uri", "direct_message_deep_link")


def problem_of(body: Mapping[str, Any]) -> str | None:
    """What X finds wrong with the body of a new post, None when it is well made."""
    for name, value in body.items():
        if name not in _CREATE:
            return f"$.{name}: is not defined in the schema and the schema does not allow additional properties"
        if not _CREATE[name](value):
            return f"$.{name}: does not match the schema"
    given = [name for name in _ONE_OF if body.get(name)]
    if len(given) > 1:
        return f"You can only provide one of {', '.join(given)}"
    if not str(body.get("text", "")).strip() and not given:
        return "$.text: is missing but it is required"
    return None


def check_query(asked: Asked, known: frozenset[str]) -> None:
    """Raises Denied where a parameter is none of X's. An unknown value of a fields parameter is ignored, as X does."""
    for name in asked.query:
        if name not in known:
            message = f"The query parameter [{name}] is not one of [{','.join(sorted(known))}]"
            raise Denied(invalid(message, **{name: asked.query[name]}))
    for name in ("since_id", "until_id"):
        if name in asked.query and not _is_id(asked.query[name]):
            message = f"The `{name}` query parameter value [{asked.query[name]}] is not valid"
            raise Denied(invalid(message, **{name: asked.query[name]}))


def page_size(asked: Asked, least: int = 5, otherwise: int = 10) -> int:
    """``max_results``. Raises Denied."""
    given = asked.query.get("max_results", str(otherwise))
    if not given.isdigit() or not least <= int(given) <= 100:
        message = f"The `max_results` query parameter value [{given}] is not between {least} and 100"
        raise Denied(invalid(message, max_results=given))
    return int(given)


def token_at(post_id: str) -> str:
    """The pagination token of the page that follows this post."""
    return f"7140{int(post_id):x}"


def position(token: str | None) -> int:
    """Where a page begins: only posts below this id. Raises Denied."""
    if token is None:
        return 1 << 63
    try:
        return int(token.removeprefix("7140"), 16)
    except ValueError:
        raise Denied(invalid("Invalid 'next_token':" + token, pagination_token=token)) from None
