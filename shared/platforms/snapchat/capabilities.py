"""What Snapchat offers beside publishing, as data: features, and what is missing with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from shared.platforms.manifest import Feature, NotOffered, Option, Resource, Source

_READ = date(2026, 11, 22)
_PROFILES = Source("https://developers.snap.com/api/marketing-api/Public-Profile-API/Introduction", _READ)
_ASSETS = Source("https://developers.snap.com/api/marketing-api/Public-Profile-API/ProfileAssetManagement", _READ)
_SIGN_IN = Source("https://developers.snap.com/api/marketing-api/Ads-API/authentication", _READ)

ADS = NotOffered(
    "Snapchat offers it; not built here yet",
    Source("https://developers.snap.com/api/marketing-api/Ads-API/introduction", _READ),
)
WEBHOOKS = NotOffered("Snapchat's marketing and profile APIs send no webhooks.", _PROFILES)
INBOX = NotOffered("Snapchat's API has neither comments nor messages nor mentions of a public profile.", _PROFILES)
NO_DELETE = NotOffered(
    "No call that takes a post down could be confirmed in Snapchat's documentation: delete it in the app.", _ASSETS
)
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": NotOffered(
            "Snapchat documents no call that gives a grant back: it is ended in Ads Manager.", _SIGN_IN
        ),
        "delete": NO_DELETE,
        "comments": NotOffered("Snapchat's API shows no comments of a public profile.", _PROFILES),
        "posts": NotOffered("Snapchat's API likes nothing.", _PROFILES),
        "messages": NotOffered("Snapchat's API has no messages of a public profile.", _PROFILES),
        "mentions": NotOffered("Snapchat's API shows no mentions.", _PROFILES),
        "reviews": NotOffered("Snapchat has no reviews.", _PROFILES),
        "metrics": "offered",
        "webhooks": WEBHOOKS,
        "ads": ADS,
    }
)
RESOURCES = (
    Resource(
        "profiles",
        "The public profiles that the person may post to, their own and their organizations'",
        (Option("organization_id", "string", "Only the profiles of this organization"),),
    ),
)
RATE_LIMITS: Mapping[str, str] = MappingProxyType(
    {
        "app": "20 requests a second on average",
        "token": "10 requests a second on average",
        "source": "https://developers.snap.com/api/marketing-api/Ads-API/rate-limits (2026-11-22)",
    }
)
