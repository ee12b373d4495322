"""What Snapchat offers beside publishing, as data: features, and what is missing with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from shared.platforms.manifest import Action, Feature, MediaLimit, NotOffered, Option, Resource, Source, TextLimit

_READ = date(2026, 11, 22)
_PROFILES = Source("https://developers.snap.com/api/marketing-api/Public-Profile-API/Introduction", _READ)
_ASSETS = Source("https://developers.snap.com/api/marketing-api/Public-Profile-API/ProfileAssetManagement", _READ)
_SIGN_IN = Source("https://developers.snap.com/api/marketing-api/Ads-API/authentication", _READ)

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
        "ads": "offered",
    }
)
_ADS = Source("https://developers.snap.com/api/marketing-api/Ads-API/campaigns", _READ)
_NAME = TextLimit(356, "chars", "", _ADS, required=True)  # 375, less the mark of our key at its end
_PAYER = Option("ad_account_id", "string", "The ad account that pays", required=True)
_BUDGETS = (
    Option("daily_budget_micros", "integer", "A day's budget, in millionths of the currency"),
    Option("lifetime_budget_micros", "integer", "The whole budget, in millionths of the currency"),
)
_TIMES = (
    Option("starts_at", "string", "When it begins, RFC 3339; a campaign at once when left out"),
    Option("ends_at", "string", "When it ends, RFC 3339"),
)
_STATUS = (_PAYER, Option("status", "string", "What it shall be", ("active", "paused", "deleted"), required=True))
ACTIONS = (
    Action(
        "campaign.create",
        "ads",
        _NAME,
        (
            _PAYER,
            Option(
                "objective",
                "string",
                "What it is for",
                ("awareness", "engagement", "video_views", "traffic", "leads", "app_promotion", "sales"),
                required=True,
            ),
            *_BUDGETS,
            *_TIMES,
        ),
    ),
    Action(
        "ad_group.create",
        "ads",
        _NAME,
        (
            _PAYER,
            *_BUDGETS,
            *_TIMES,
            Option("bid_micros", "integer", "The highest bid, in millionths; Snapchat bids when left out"),
            Option(
                "optimization_goal",
                "string",
                "impressions when left out",
                ("impressions", "swipes", "video_views", "landing_page_view", "pixel_page_view", "pixel_purchase"),
            ),
            Option(
                "targeting",
                "object",
                "countries (at least one), age_min, age_max, genders; network: Snapchat's own targeting object",
                required=True,
            ),
        ),
    ),
    Action(
        "creative.create",
        "ads",
        _NAME,
        (
            _PAYER,
            Option("headline", "string", "Up to 34 characters; the beginning of the name when left out"),
            Option("brand_name", "string", "Up to 32 characters; the profile's name when left out"),
            Option("link", "string", "The https page that opens; without one the creative is the film alone"),
            Option(
                "call_to_action",
                "string",
                "What the link says; more when left out",
                ("more", "shop_now", "sign_up", "apply_now", "view", "read", "get_now", "try", "show", "watch"),
            ),
            Option("profile_id", "string", "The public profile that advertises; the connected one when left out"),
        ),
        MediaLimit(
            _ADS,
            image_types=("image/jpeg", "image/png"),
            video_types=("video/mp4", "video/quicktime"),
            max_image_bytes=5_000_000,
            max_video_bytes=32_000_000,
            min_seconds=3.0,
            max_seconds=180.0,
        ),
        max_media=1,
    ),
    Action(
        "ad.create",
        "ads",
        _NAME,
        (_PAYER, Option("creative_id", "string", "The creative that it shows", required=True)),
    ),
    Action("campaign.status", "ads", options=_STATUS, repeatable=True),
    Action("ad_group.status", "ads", options=_STATUS, repeatable=True),
    Action("ad.status", "ads", options=_STATUS, repeatable=True),
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
