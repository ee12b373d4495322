"""What Threads offers beside publishing, and what it does not: as data."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from shared.platforms.manifest import Action, Feature, NotOffered, Option, Resource, Source, TextLimit
from shared.platforms.threads.kinds_data import DOCS, MIXED, POSTS, READ

TEXT = TextLimit(500, "weighted", "limits:count", POSTS)
_REFERENCE = Source(f"{DOCS}/reference", READ)

ADS = NotOffered(
    "Ads on Threads are placements of Meta's Marketing API, run by a Facebook ad account; the Threads API has none.",
    Source("https://developers.facebook.com/docs/marketing-api/ad-creative/threads-ads", READ),
)
_NO_LIKES = NotOffered("The Threads API has no call that likes a post or a reply.", _REFERENCE)
_NO_MESSAGES = NotOffered("The Threads API has no messages, so no private replies either.", _REFERENCE)

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": NotOffered(
            "The Threads API has no call that ends a grant: a person removes the app in the settings of Threads.",
            Source(f"{DOCS}/get-started", READ),
        ),
        "delete": "offered",
        "comments.list": "offered",
        "comments.create": "offered",
        "comments.reply": "offered",
        "comments.like": _NO_LIKES,
        "comments.hide": "offered",
        "comments.delete": "offered",
        "comments.private_reply": _NO_MESSAGES,
        "posts.like": _NO_LIKES,
        "messages": _NO_MESSAGES,
        "mentions.list": "offered",
        "reviews": NotOffered("Threads has no reviews.", _REFERENCE),
        "metrics": "offered",
        "webhooks": "offered",
        "ads": ADS,
    }
)

_REPLY_OPTIONS = (
    Option("link_attachment", "string", "A link shown with its preview, on a reply without media."),
    Option("gif_attachment", "object", "A GIF on a reply without media: gif_id as GIPHY names it, provider GIPHY."),
    Option("quote_post_id", "string", "The id of the Threads post that the reply quotes."),
)

ACTIONS = (
    Action("comment.create", "inbox", TEXT, _REPLY_OPTIONS, MIXED, 20),
    Action("comment.reply", "inbox", TEXT, _REPLY_OPTIONS, MIXED, 20),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
)

RESOURCES = (
    Resource("posts", "The account's posts, newest first."),
    Resource(
        "locations",
        "Places that a post can be tagged with (location_id), found by name or by coordinates.",
        (
            Option("q", "string", "Words to look for."),
            Option("latitude", "number", "With longitude: near there."),
            Option("longitude", "number", "With latitude: near there."),
        ),
    ),
    Resource("publishing_limit", "What is left of posts, replies, deletions and searches of places in 24 hours."),
    Resource(
        "limits", "The same in figures: posts_remaining, posts_total, and so on for replies, deletions, searches."
    ),
)
