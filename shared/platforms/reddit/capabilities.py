"""What Reddit offers beside posts, as data: features, actions, resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.platforms.manifest import Action, Feature, NotOffered, Option, Resource, Source, TextLimit

READ: Final = date(2026, 11, 22)
API: Final = Source("https://www.reddit.com/dev/api", READ)
NOTES: Final = Source("https://github.com/Pyprohly/reddit-api-doc-notes", READ)
POLLED: Final = NotOffered("The Data API pushes nothing: comments, messages and mentions are polled", API)
_TEXT: Final = TextLimit(10_000, "chars", "", NOTES, required=True)
_SUBREDDIT: Final = Option("subreddit", "string", "The community's name without r/.", required=True)

FEATURES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments": "offered",
        "posts": "offered",
        "messages": "offered",
        "mentions": "offered",
        "reviews": NotOffered("Reddit has no reviews", API),
        "metrics": "offered",
        "webhooks": POLLED,
        "ads": NotOffered("Reddit offers it; it comes with the next change of this folder", API),
    }
)
ACTIONS: Final = (
    Action("comment.create", "inbox", text=_TEXT),
    Action("comment.reply", "inbox", text=_TEXT),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action(
        "comment.private_reply",
        "inbox",
        text=_TEXT,
        options=(Option("subject", "string", "The message's subject, up to 100 characters."),),
    ),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
    Action("message.send", "inbox", text=_TEXT),
)
RESOURCES: Final = (
    Resource("subreddits", "The communities that the account has joined, and what kinds of posts they take."),
    Resource("flairs", "The flairs that a post in a community may carry: id, text, text_editable.", (_SUBREDDIT,)),
    Resource("post_requirements", "What a community demands of titles, bodies, links and galleries.", (_SUBREDDIT,)),
)
