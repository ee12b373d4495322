"""What Bluesky offers beside publishing, as data: features, actions, and what is missing with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from shared.platforms.manifest import Action, Feature, MediaLimit, NotOffered, Source, TextLimit

_READ = date(2026, 11, 22)
LEXICONS = "https://github.com/bluesky-social/atproto/tree/d6296a1cfdb40a773319cb59061300e4e8e52f26/lexicons"
_POST = Source(f"{LEXICONS}/app/bsky/feed/post.json", _READ)
_MESSAGE = Source(f"{LEXICONS}/chat/bsky/convo/defs.json", _READ)

ADS = NotOffered("Bluesky sells no advertising", Source("https://bsky.social/about/faq", _READ))
WEBHOOKS = NotOffered(
    "Bluesky has no webhooks, only a firehose: its inbox is polled",
    Source("https://docs.bsky.app/docs/advanced-guides/firehose", _READ),
)
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments": "offered",
        "comments.private_reply": NotOffered(
            "Bluesky has no private replies; messages go to conversations", Source(f"{LEXICONS}/chat/bsky/convo", _READ)
        ),
        "posts": "offered",
        "messages": "offered",
        "mentions": "offered",
        "reviews": NotOffered("Bluesky has no reviews", Source(f"{LEXICONS}/app/bsky", _READ)),
        "metrics": "offered",
        "webhooks": WEBHOOKS,
        "ads": ADS,
    }
)

TEXT = TextLimit(300, "graphemes", "limits:graphemes", _POST, max_bytes=3000)
IMAGE = MediaLimit(
    Source(f"{LEXICONS}/app/bsky/embed/images.json", _READ),
    image_types=("image/jpeg", "image/png", "image/webp", "image/gif"),
    max_image_bytes=2_000_000,
    max_alt_text=2000,  # the app's limit, not the lexicon's
)
ACTIONS = (
    Action("comment.create", "inbox", TEXT, media=IMAGE, max_media=4),
    Action("comment.reply", "inbox", TEXT, media=IMAGE, max_media=4),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
    Action(
        "message.send",
        "inbox",
        TextLimit(1000, "graphemes", "limits:graphemes", _MESSAGE, max_bytes=10_000, required=True),
    ),
)
