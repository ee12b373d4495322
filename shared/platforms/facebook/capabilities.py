"""The manifest's facets, features, actions and resources: data only."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from shared.platforms.facebook.capabilities_ads import ADS
from shared.platforms.facebook.kinds_data import DOCS, IMAGES, READ, REFERENCE
from shared.platforms.manifest import Action, MediaLimit, NotOffered, Option, Resource, Source, TextLimit, Window

_TOKENS = Source(f"{DOCS}/facebook-login/guides/access-tokens/get-long-lived", READ)
_COMMENTS = Source(f"{REFERENCE}/object/comments", READ)
_SEND = Source(f"{DOCS}/messenger-platform/reference/send-api", READ)

FACETS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "publish": "offered",
        "metrics": "offered",
        "inbox": "offered",
        "webhooks": "offered",
        "ads": "offered",
    }
)
FEATURES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "refresh": NotOffered("A Page's token has no end: there is nothing to refresh.", _TOKENS),
        "revoke": "offered",
        "delete": "offered",
        "comments": "offered",
        "posts.like": "offered",
        "messages": "offered",
        "mentions": "offered",
        "reviews.list": "offered",
        "reviews.reply": NotOffered(
            "Facebook documents no call that answers a recommendation: answer it on the Page itself.",
            Source(f"{REFERENCE}/page/ratings", READ),
        ),
        "metrics": "offered",
        "webhooks": "offered",
        "ads": FACETS["ads"],
    }
)
_COMMENT = TextLimit(8_000, "chars", "limits:count", _COMMENTS)
_MESSAGE = TextLimit(2_000, "chars", "limits:count", _SEND)
_PICTURE = MediaLimit(_COMMENTS, image_types=IMAGES, max_image_bytes=10_000_000)
_FILE = MediaLimit(
    _SEND, image_types=IMAGES[:3], video_types=("video/mp4",), max_image_bytes=8_000_000, max_video_bytes=25_000_000
)
_TAG = Option(
    "tag",
    "string",
    "Write outside of the 24 hours: HUMAN_AGENT, for a person's answer within 7 days (Facebook must have allowed it).",
    ("HUMAN_AGENT",),
)
_QUICK = Option(
    "quick_replies",
    "array",
    "Up to 13 ready answers to touch: objects with a title (20 characters) and a payload that comes back.",
)
_WINDOW = Window(24, "outside_window", _SEND, tag="tag", tag_hours=168)
ACTIONS = (
    Action("comment.create", "inbox", _COMMENT, (), _PICTURE, 1),
    Action("comment.reply", "inbox", _COMMENT, (), _PICTURE, 1),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action("comment.private_reply", "inbox", _MESSAGE),
    Action("message.send", "inbox", _MESSAGE, (_TAG, _QUICK), _FILE, 1, window=_WINDOW),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
    *ADS,
)
RESOURCES = (
    Resource("pages", "The Pages that the connected person manages and allowed."),
    Resource("photos", "The Page's photos, newest first."),
    Resource("videos", "The Page's videos and reels, newest first."),
)
