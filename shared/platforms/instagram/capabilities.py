"""What Instagram Login offers beside publishing, and what it does not: as data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from shared.platforms.manifest import (
    Action,
    Feature,
    MediaLimit,
    NotOffered,
    Option,
    Resource,
    Source,
    TextLimit,
    Window,
)

_READ = date(2026, 11, 22)
_DOCS = "https://developers.facebook.com/docs/instagram-platform"
_LOGIN = f"{_DOCS}/instagram-api-with-instagram-login"
_COMMENTS = Source(f"{_DOCS}/comment-moderation", _READ)
_MESSAGES = Source(f"{_LOGIN}/messaging-api", _READ)

ADS = NotOffered(
    "«This API setup cannot access ads or tagging»: Instagram's ads are Facebook's Marketing API.",
    Source(_LOGIN, _READ),
)
_NO_LIKES = NotOffered(
    "Instagram's API has no call that likes a post or a comment (it had, until 2018).",
    Source(f"{_DOCS}/instagram-graph-api/reference/ig-comment", _READ),
)

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": NotOffered(
            "Meta documents giving a grant back for Facebook's users only; a person removes the app in Instagram's settings. "
            "The same request is sent all the same, best effort.",
            Source(f"{_LOGIN}/business-login", _READ),
        ),
        "delete": NotOffered(
            "DELETE of a media exists for connections through Facebook Login only (instagram_manage_contents).",
            Source("https://developers.facebook.com/docs/instagram-platform/changelog", _READ),
        ),
        "comments.list": "offered",
        "comments.create": "offered",
        "comments.reply": "offered",
        "comments.like": _NO_LIKES,
        "comments.hide": "offered",
        "comments.delete": "offered",
        "comments.private_reply": "offered",
        "posts.like": _NO_LIKES,
        "messages": "offered",
        "mentions.list": "offered",
        "reviews": NotOffered("Instagram has no reviews.", Source(_DOCS, _READ)),
        "metrics": "offered",
        "webhooks": "offered",
        "ads": ADS,
    }
)

_COMMENT = TextLimit(2200, "chars", "limits:count", _COMMENTS, required=True)
_MESSAGE = TextLimit(1000, "bytes", "limits:message_bytes", _MESSAGES)
_FILE = MediaLimit(
    _MESSAGES,
    image_types=("image/png", "image/jpeg", "image/gif"),
    video_types=("video/mp4", "video/quicktime", "video/webm"),
    max_image_bytes=8_000_000,
    max_video_bytes=25_000_000,
)

_QUICK = Option(
    "quick_replies",
    "array",
    "Up to 13 ready answers to touch: objects with a title (20 characters) and a payload that comes back.",
)
_WINDOW = Window(24, "window_closed", _MESSAGES, tag="tag", tag_hours=168)
ACTIONS = (
    Action("comment.create", "inbox", _COMMENT),
    Action("comment.reply", "inbox", _COMMENT),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action("comment.private_reply", "inbox", _MESSAGE, media=_FILE, max_media=1),
    Action(
        "message.send",
        "inbox",
        _MESSAGE,
        (
            Option(
                "tag",
                "string",
                "HUMAN_AGENT: a person answers, up to 7 days after the other's last message (Meta must have allowed it).",
                ("HUMAN_AGENT",),
            ),
            _QUICK,
        ),
        media=_FILE,
        max_media=1,
        window=_WINDOW,
    ),
)

RESOURCES = (
    Resource("media", "The account's posts and reels, newest first; no stories."),
    Resource("limits", "How many posts are left of the last 24 hours: posts_remaining, and posts_total."),
)
