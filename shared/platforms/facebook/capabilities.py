"""The manifest's facets, features, actions and resources: data only."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from shared.platforms.facebook.kinds_data import DOCS, READ, REFERENCE
from shared.platforms.manifest import Action, NotOffered, Resource, Source

_LATER = "Comes to this folder with its next slice."
_TOKENS = Source(f"{DOCS}/facebook-login/guides/access-tokens/get-long-lived", READ)
_INBOX = NotOffered(_LATER, Source(f"{REFERENCE}/object/comments", READ))

FACETS: MappingProxyType[str, Any] = MappingProxyType(
    {
        "publish": "offered",
        "metrics": "offered",
        "inbox": _INBOX,
        "webhooks": NotOffered(_LATER, Source(f"{DOCS}/graph-api/webhooks/getting-started/webhooks-for-pages", READ)),
        "ads": NotOffered("Comes with the Marketing API's modules.", Source(f"{DOCS}/marketing-api", READ)),
    }
)
FEATURES: MappingProxyType[str, Any] = MappingProxyType(
    {
        "refresh": NotOffered("A Page's token has no end: there is nothing to refresh.", _TOKENS),
        "revoke": "offered",
        "delete": "offered",
        "comments": _INBOX,
        "posts.like": _INBOX,
        "messages": _INBOX,
        "mentions": _INBOX,
        "reviews": _INBOX,
        "metrics": "offered",
        "webhooks": FACETS["webhooks"],
        "ads": FACETS["ads"],
    }
)
ACTIONS: tuple[Action, ...] = ()
RESOURCES: tuple[Resource, ...] = ()
