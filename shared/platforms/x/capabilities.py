"""What X offers beside publishing, as data: features, actions, and what is missing with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from shared.platforms.manifest import Action, Feature, MediaLimit, NotOffered, Price, Source, TextLimit

_READ = date(2026, 11, 22)
_COUNTING = Source("https://docs.x.com/fundamentals/counting-characters", _READ)
_MEDIA = Source("https://docs.x.com/x-api/media/quickstart/best-practices", _READ)
_MESSAGES = Source("https://docs.x.com/x-api/direct-messages/manage/integrate", _READ)

_REVIEWS = NotOffered("X has no reviews of accounts.", Source("https://docs.x.com/openapi.json", _READ))
ADS = NotOffered(
    "X's ads are an API of their own, which X opens to approved advertising partners only; not spoken here.",
    Source("https://docs.x.com/x-ads-api/introduction", _READ),
)
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments": "offered",
        "posts": "offered",
        "messages": "offered",
        "mentions": "offered",
        "reviews": _REVIEWS,
        "metrics": "offered",
        "webhooks": "offered",
        "ads": ADS,
    }
)

IMAGE = MediaLimit(
    _MEDIA,
    image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    max_image_bytes=5 * 1024 * 1024,
    max_bytes_of=MappingProxyType({"image/gif": 15 * 1024 * 1024}),
    max_alt_text=1000,
)
TEXT = TextLimit(280, "weighted", "limits:count", _COUNTING)
# X names no limit of a message on the pages of its API v2; 10,000 characters are those of the older message API.
_MESSAGE = TextLimit(10_000, "chars", "", _MESSAGES, required=True)

# Pay per use, without tiers: «Content: Create» and «Content: Create (with URL)», each per request.
_PRICING = Source("https://docs.x.com/x-api/getting-started/pricing", _READ)
PRICES = (Price("0.015", _PRICING), Price("0.200", _PRICING, with_link=True))
# «Posts: Read», per post and UTC day: what is read again that day costs nothing more. (The cheaper «owned reads» are of lists
# below the account, not of posts by their ids.) https://docs.x.com/x-api/getting-started/pricing (2026-11)
READ_PRICE = Price("0.005", _PRICING)

ACTIONS = (
    Action("comment.create", "inbox", TEXT, media=IMAGE, max_media=4),
    Action("comment.reply", "inbox", TEXT, media=IMAGE, max_media=4),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action("comment.private_reply", "inbox", _MESSAGE),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
    Action("message.send", "inbox", _MESSAGE),
)

RATE_LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "POST /2/tweets": "100 per 15 minutes and user; 10,000 per 24 hours and app",
        "DELETE /2/tweets/{id}": "50 per 15 minutes and user",
        "POST /2/media/upload": "500 per 15 minutes and user",
        "POST /2/media/upload/initialize, append, finalize": "1,875 per 15 minutes and user",
        "GET /2/users/{id}/tweets": "900 per 15 minutes and user",
        "GET /2/users/me": "75 per 15 minutes and user",
        "GET /2/tweets/search/recent, GET /2/users/{id}/mentions": "300 per 15 minutes and user",
        "POST, DELETE /2/users/{id}/likes": "50 per 15 minutes and 1,000 per 24 hours and user",
        "POST, DELETE /2/users/{id}/retweets": "50 per 15 minutes and user",
        "PUT /2/tweets/{id}/hidden": "50 per 15 minutes and user",
        "GET /2/dm_events, /2/dm_conversations/…/dm_events": "15 per 15 minutes and user",
        "POST /2/dm_conversations/…/messages": "15 per 15 minutes and user; 1,440 per 24 hours, user and app",
        "/2/activity/subscriptions": "500 per 15 minutes and app",
        "/2/webhooks": "450 per 15 minutes and app",
    },
)
