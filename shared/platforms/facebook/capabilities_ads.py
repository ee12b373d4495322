"""The manifest's actions for ads: data only."""

from __future__ import annotations

from shared.platforms.facebook.kinds_data import DOCS, IMAGES, READ
from shared.platforms.manifest import Action, MediaLimit, Option, Source, TextLimit

_REFERENCE = Source(f"{DOCS}/marketing-api/reference/ad-account", READ)
_NAME = TextLimit(
    400, "chars", "limits:count", Source(f"{DOCS}/marketing-api/reference/ad-campaign-group", READ), required=True
)
_FILES = MediaLimit(
    _REFERENCE,
    image_types=IMAGES,
    video_types=("video/mp4",),
    max_image_bytes=30_000_000,
    max_video_bytes=4_000_000_000,
)
_ACCOUNT = Option("ad_account_id", "string", "The ad account (act_…).", required=True)
_TIMES = (
    Option("starts_at", "string", "RFC 3339; at once when left out."),
    Option("ends_at", "string", "RFC 3339; needed with a lifetime budget."),
)
_BUDGETS = (
    Option("daily_budget_micros", "integer", "A day, in millionths of the ad account's currency."),
    Option("lifetime_budget_micros", "integer", "In all, in millionths of the ad account's currency."),
)
_STATUS = Option("status", "string", "What it is to be.", ("active", "paused", "deleted"), required=True)
_OBJECTIVES = ("awareness", "traffic", "engagement", "leads", "app_promotion", "sales", "video_views")
_CATEGORIES = (
    "HOUSING, EMPLOYMENT, FINANCIAL_PRODUCTS_SERVICES, ISSUES_ELECTIONS_POLITICS …, where the ads are of that kind."
)

ADS = (
    Action(
        "campaign.create",
        "ads",
        _NAME,
        (
            _ACCOUNT,
            Option("objective", "string", "What the campaign is for.", _OBJECTIVES, required=True),
            Option("special_ad_categories", "array", _CATEGORIES),
            *_BUDGETS,
            *_TIMES,
        ),
    ),
    Action(
        "ad_group.create",
        "ads",
        _NAME,
        (
            _ACCOUNT,
            *_BUDGETS,
            *_TIMES,
            Option("bid_micros", "integer", "The highest bid, in millionths of the currency."),
            Option(
                "optimization_goal",
                "string",
                "REACH, LINK_CLICKS, POST_ENGAGEMENT, THRUPLAY (video_views) …; by the objective.",
            ),
            Option("billing_event", "string", "IMPRESSIONS when left out."),
            Option("placements", "array", "facebook, instagram, messenger, audience_network, threads."),
            Option(
                "targeting",
                "object",
                "countries, age_min, age_max, genders; network: Meta's own targeting object.",
                required=True,
            ),
            Option(
                "promoted_object",
                "object",
                "What is advertised, as Meta has it: application_id and object_store_url of an app (app_promotion needs "
                "it), or pixel_id and custom_event_type; the Page by itself.",
            ),
            Option("dsa_beneficiary", "string", "Who benefits: Meta demands it for ads in the European Union."),
            Option("dsa_payor", "string", "Who pays: Meta demands it for ads in the European Union."),
        ),
    ),
    Action(
        "creative.create",
        "ads",
        _NAME,
        (
            _ACCOUNT,
            Option("post_id", "string", "A post of the Page's own, to be promoted; then nothing else."),
            Option("headline", "string", "The title below the picture."),
            Option("body", "string", "The text above it."),
            Option("link", "string", "Where the ad leads to."),
            Option("call_to_action", "string", "LEARN_MORE, SHOP_NOW, SIGN_UP …"),
            Option("instagram_user_id", "string", "The Instagram account that the ad shows there."),
        ),
        _FILES,
        1,
    ),
    Action("ad.create", "ads", _NAME, (_ACCOUNT, Option("creative_id", "string", "What it shows.", required=True))),
    *(
        Action(verb, "ads", None, (_ACCOUNT, _STATUS), repeatable=True)
        for verb in ("campaign.status", "ad_group.status", "ad.status")
    ),
)
