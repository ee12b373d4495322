"""How posts and accounts do on X: up to a hundred posts in one read, in X's public counts.

Clicks and profile visits (``non_public_metrics``) are given to a post's author for 30 days; asked for later, X leaves
them out and says so in ``errors`` beside the data. Source: docs.x.com/x-api/fundamentals/metrics, 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.platforms import _wire
from shared.platforms.contract import Call, Metrics, Published, Refused
from shared.platforms.x import errors, wire

MOST_POSTS: Final = 100
_FIELDS: Final = {"post.fields": "public_metrics,non_public_metrics"}


def post(call: Call, published: Published) -> Metrics:
    """The counts of one post. Raises Refused; a post that is gone is refused as ``not_found``."""
    return _metrics(_read(call, f"{wire.API}/tweets/{wire.post_id(published.id, 'post_id')}", _FIELDS))


def posts(call: Call, published: Sequence[Published]) -> Mapping[str, Metrics | Refused]:
    """The counts of several posts, in one request; of those that are gone X says so in ``errors``."""
    query = {"ids": ",".join(wire.post_id(one.id, "post_id") for one in published), **_FIELDS}
    request = wire.authorised(call, _wire.get(f"{wire.API}/tweets", query))
    answer = _wire.ask(call, request, errors.refusal).json
    known = {str(data.get("id")): data for data in answer.get("data") or ()}
    return {one.id: _metrics(known[one.id]) if one.id in known else _absent(answer, one.id) for one in published}


def _absent(answer: Mapping[str, Any], id: str) -> Refused:
    listed = [one for one in answer.get("errors") or () if str(one.get("resource_id") or one.get("value")) == id]
    return errors.absent({"errors": listed})


def _metrics(data: Mapping[str, Any]) -> Metrics:
    public, private = data.get("public_metrics") or {}, data.get("non_public_metrics") or {}
    return Metrics(
        likes=public.get("like_count"),
        comments=public.get("reply_count"),
        shares=_shares(public),
        saves=public.get("bookmark_count"),
        views=public.get("impression_count"),
        extra=_numbers({"quotes": public.get("quote_count"), "reposts": _reposts(public), **_clicks(private)}),
        raw={"public_metrics": public, "non_public_metrics": private},
    )


def account(call: Call) -> Metrics:
    """The counts of the account itself. Raises Refused."""
    data = _read(call, f"{wire.API}/users/me", {"user.fields": "public_metrics"})
    public = data.get("public_metrics") or {}
    extra = {
        "followers": public.get("followers_count"),
        "following": public.get("following_count"),
        "posts": public.get("post_count", public.get("tweet_count")),
        "listed": public.get("listed_count"),
    }
    return Metrics(extra=_numbers(extra), raw={"public_metrics": public})


def _read(call: Call, url: str, query: Mapping[str, str]) -> dict[str, Any]:
    answer = _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json
    if not answer.get("data"):
        raise errors.absent(answer)
    return dict(answer["data"])


def _reposts(public: Mapping[str, Any]) -> int | None:
    count = public.get("repost_count", public.get("retweet_count"))
    return None if count is None else int(count)


def _shares(public: Mapping[str, Any]) -> int | None:
    """Reposts and quotes: both put the post before other people's followers."""
    reposts = _reposts(public)
    return None if reposts is None else reposts + int(public.get("quote_count") or 0)


def _clicks(private: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "link_clicks": private.get("url_link_clicks"),
        "profile_clicks": private.get("user_profile_clicks"),
        "engagements": private.get("engagements"),
    }


def _numbers(counts: Mapping[str, Any]) -> dict[str, int | float]:
    return {name: count for name, count in counts.items() if isinstance(count, int | float)}
