"""What Google Business Profile offers beside publishing: facets, features, actions, options. Data only."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Literal

from shared.platforms.manifest import Action, Feature, NotOffered, Option, Source, TextLimit

_READ = date(2026, 11, 22)


def _source(page: str) -> Source:
    return Source(f"https://developers.google.com/my-business/{page}", _READ)


_NO_COMMENTS = NotOffered("Local posts take no comments", _source("content/posts-data"))
_NO_LIKES = NotOffered("Local posts cannot be liked", _source("content/posts-data"))
_NO_MESSAGES = NotOffered("Google ended Business Messages on 2024-07-31", _source("content/sunset-dates"))
_NO_MENTIONS = NotOffered("Nobody can be mentioned on Google's profiles", _source("content/overview"))
_NO_ADS = NotOffered(
    "Ads for locations are bought through Google Ads, which is another API", _source("content/overview")
)
_NO_REVOKE = NotOffered(
    "A Google account's consent covers all of its locations: giving it back for one would disconnect the others. It is "
    "withdrawn at myaccount.google.com/connections",
    Source("https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke", _READ),
)

FACETS: MappingProxyType[str, NotOffered | Literal["offered"]] = MappingProxyType(
    {"publish": "offered", "metrics": "offered", "inbox": "offered", "webhooks": "offered", "ads": _NO_ADS}
)
FEATURES: MappingProxyType[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": _NO_REVOKE,
        "delete": "offered",
        "comments": _NO_COMMENTS,
        "posts.like": _NO_LIKES,
        "messages": _NO_MESSAGES,
        "mentions": _NO_MENTIONS,
        "reviews.list": "offered",
        "reviews.reply": "offered",
        "metrics.post": "offered",
        "metrics.account": "offered",
        "webhooks": "offered",
        "ads": _NO_ADS,
    },
)
OPTIONS = (
    Option("language_code", "string", "BCP 47 language of the post; en when left out."),
    Option(
        "call_to_action",
        "object",
        "{type: BOOK, ORDER, SHOP, LEARN_MORE, SIGN_UP or CALL, url}. CALL has no url; an offer has no button.",
    ),
    Option(
        "event",
        "object",
        "{title: 1 to 58 characters, start, end}: days or local times (2026-12-24, 2026-12-24T18:00). Makes it an event.",
    ),
    Option(
        "offer",
        "object",
        "{coupon_code, redeem_online_url, terms_conditions}, all optional. Makes it an offer; event says when it runs.",
    ),
)
_REPLY = TextLimit(
    4096, "bytes", "limits:count_bytes", _source("reference/rest/v4/accounts.locations.reviews"), required=True
)
ACTIONS: tuple[Action, ...] = (
    Action("review.reply", "inbox", _REPLY, repeatable=True),
    Action("review.unreply", "inbox", repeatable=True),
)
