"""What TikTok offers beside posts, and what it does not, as data: part of the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

from shared.platforms.manifest import Action, Feature, NotOffered, Resource, Source

_READ = date(2026, 11, 22)
_DOCS = "https://developers.tiktok.com/doc"
_POSTING = Source(f"{_DOCS}/content-posting-api-get-started", _READ)
_SCOPES = Source(f"{_DOCS}/tiktok-api-scopes", _READ)
_BUSINESS = Source("https://business-api.tiktok.com/portal/docs", _READ)

_NOT_YET = NotOffered("TikTok offers it; it is being built", _BUSINESS)
_NO_DELETE = NotOffered("TikTok's API neither deletes nor changes posts: its app does.", _POSTING)
_OTHER_LOGIN = (
    "Login Kit has no scope for it. TikTok has it in the API for Business accounts (business-api.tiktok.com), with "
    "another login, another app and an approval of its own: tokens of this connection are not taken there."
)
_NO_COMMENTS = NotOffered(_OTHER_LOGIN, _SCOPES)
_NO_LIKES = NotOffered("No API of TikTok's gives likes in somebody's name.", _SCOPES)
_NO_REVIEWS = NotOffered("TikTok accounts have no reviews.", _SCOPES)

FACETS: Mapping[str, NotOffered | Literal["offered"]] = MappingProxyType(
    {
        "publish": "offered",
        "inbox": _NO_COMMENTS,
        "metrics": "offered",
        "ads": _NOT_YET,
        "webhooks": "offered",
    }
)
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": _NO_DELETE,
        "comments": _NO_COMMENTS,
        "posts.like": _NO_LIKES,
        "messages": _NO_COMMENTS,
        "mentions": _NO_COMMENTS,
        "reviews": _NO_REVIEWS,
        "metrics": "offered",
        "webhooks": "offered",
        "ads": _NOT_YET,
    }
)
RESOURCES: tuple[Resource, ...] = (
    Resource(
        "creator_info",
        "What the creator may post right now: privacy_level_options, which interactions are switched off, the longest "
        "video. Ask before showing a form.",
    ),
)
ACTIONS: tuple[Action, ...] = ()
