"""What LinkedIn offers beside posts: features, actions, resources. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.platforms.manifest import Action, Feature, NotOffered, Resource, Source, TextLimit

READ: Final = date(2026, 11, 22)
LEARN: Final = "https://learn.microsoft.com/en-us/linkedin/marketing"


def learn(page: str) -> Source:
    """A page of the Community Management documentation."""
    return Source(f"{LEARN}/community-management/{page}", READ)


_COMMENTS: Final = learn("shares/comments-api")
_SCOPES: Final = Source("https://learn.microsoft.com/en-us/linkedin/shared/authentication/getting-access", READ)
_COMMENT_TEXT: Final = TextLimit(1250, "chars", "limits:count", _COMMENTS, required=True)

NO_ADS: Final = NotOffered(
    "LinkedIn has a Marketing API for ads, in a partner programme of its own; it is not part of Rostrum's ads.",
    Source(f"{LEARN}/overview", READ),
)
_NO_MESSAGES: Final = NotOffered(
    "LinkedIn opens its messages to no applications but a few of its own partners.", _SCOPES
)
_NO_REVIEWS: Final = NotOffered("LinkedIn pages have no reviews that an API would give.", learn("overview"))

FEATURES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments.list": "offered",
        "comments.create": "offered",
        "comments.reply": "offered",
        "comments.like": "offered",
        "comments.hide": NotOffered("Comments cannot be hidden: a page's administrator deletes them.", _COMMENTS),
        "comments.delete": "offered",
        "comments.private_reply": _NO_MESSAGES,
        "posts.like": "offered",
        "messages": _NO_MESSAGES,
        "mentions.list": "offered",
        "reviews": _NO_REVIEWS,
        "metrics.post": "offered",
        "metrics.account": "offered",
        "webhooks": "offered",
        "ads": NO_ADS,
    }
)
ACTIONS: Final = (
    Action("comment.create", "inbox", _COMMENT_TEXT),
    Action("comment.reply", "inbox", _COMMENT_TEXT),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
)
RESOURCES: Final = (
    Resource("posts", "The author's posts, newest first."),
    Resource(
        "organizations", "The organizations whose pages the connected member administers, with the member's role."
    ),
)
