"""What callers must look up first: communities, their flairs and demands; who pays for ads, and pixels. Reading only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.domain.errors import Invalid
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Page
from shared.platforms.reddit import ads_api, ads_wire, api, limits

_PAGE: Final = 50
_SHOWN: Final = (
    "display_name",
    "title",
    "public_description",
    "subscribers",
    "submission_type",
    "over18",
    "user_is_moderator",
    "allow_images",
    "allow_videos",
    "allow_galleries",
    "allow_polls",
    "link_flair_enabled",
)
_OF_A_POST: Final = (
    "name",
    "subreddit",
    "title",
    "selftext",
    "url",
    "permalink",
    "score",
    "num_comments",
    "created_utc",
)
_ADS: Final[Mapping[str, str]] = {"funding_instruments": "funding_instruments", "ad_pixels": "pixels"}


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """One page of a resource. Raises Refused, Invalid."""
    if name in _ADS:
        account = ads_wire.account(arguments.get("ad_account_id"))
        rows, following = ads_api.page(call, f"/ad_accounts/{account}/{_ADS[name]}", {}, cursor)
        return Page(tuple(rows), following)
    if name == "subreddits":
        listing = api.get(call, "/subreddits/mine/subscriber", {"limit": _PAGE, "after": cursor or None})
        items = tuple({key: thing.get(key) for key in _SHOWN} for thing in api.children(listing))
        return Page(items, str(listing["data"].get("after") or ""))
    if name == "posts":
        query = {"sort": "new", "limit": _PAGE, "after": cursor or None}
        listing = api.get(call, f"/user/{call.who.username}/submitted", query)
        posts = tuple({key: thing.get(key) for key in _OF_A_POST} for thing in api.children(listing))
        return Page(posts, str(listing["data"].get("after") or ""))
    community = _subreddit(arguments)
    if name == "flairs":
        found = api.get_list(call, f"/r/{community}/api/link_flair_v2")
        return Page(tuple(flair for flair in found if isinstance(flair, dict)))
    return Page((api.get(call, f"/api/v1/{community}/post_requirements"),))


def _subreddit(arguments: Mapping[str, Any]) -> str:
    given = arguments.get("subreddit")
    if not isinstance(given, str) or not given:
        message = "This needs subreddit: a community's name without r/."
        raise Invalid("validation.field_required", message, field="arguments.subreddit")
    limits.check({"subreddit": given})
    return limits.subreddit(given)
