"""What TikTok offers beside posts, and what it does not, as data: part of the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal

from shared.platforms.manifest import Action, Feature, MediaLimit, NotOffered, Option, Resource, Source, TextLimit

_READ = date(2026, 11, 22)
_DOCS = "https://developers.tiktok.com/doc"
_POSTING = Source(f"{_DOCS}/content-posting-api-get-started", _READ)
_SCOPES = Source(f"{_DOCS}/tiktok-api-scopes", _READ)
_BUSINESS = Source("https://business-api.tiktok.com/portal/docs", _READ)

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
        "ads": "offered",
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
        "ads": "offered",
    }
)
RESOURCES: tuple[Resource, ...] = (
    Resource(
        "creator_info",
        "What the creator may post right now: privacy_level_options, which interactions are switched off, the longest "
        "video. Ask before showing a form.",
    ),
    Resource("videos", "The account's public videos, newest first."),
)

# ----------------------------------------------------------------------------------------------------------- ads

# TikTok's ads have a consent of their own (business-api.tiktok.com/portal/auth), with another app: README, «Ads».
ADS_CONSENT: tuple[Option, ...] = (
    Option("ads_access_token", "string", "For ads: the long-lived access token of TikTok for Business."),
    Option("ads_app_id", "string", "For ads: the id of the app at TikTok for Business that it was given to."),
    Option("ads_app_secret", "string", "For ads: that app's secret."),
)
# 512 characters, of which 17 are our mark; what is wide (Chinese, Japanese) counts twice.
_NAME = TextLimit(495, "chars", "limits:count_name", _BUSINESS, required=True)
# 100 characters, of which 17 are our mark and 4 the ending.
_FILE_NAME = TextLimit(79, "chars", "", _BUSINESS, required=True)
_FILE = MediaLimit(
    _BUSINESS,
    image_types=("image/jpeg", "image/png"),
    video_types=("video/mp4", "video/quicktime"),
    max_image_bytes=30 * 1024 * 1024,
    max_video_bytes=500 * 1024 * 1024,
)
_PAYER = Option("ad_account_id", "string", "The ad account (advertiser id).", required=True)
_BUDGETS = (
    Option("daily_budget_micros", "integer", "A day's budget, in millionths of the account's currency."),
    Option("lifetime_budget_micros", "integer", "The whole budget, likewise; an ad group then needs ends_at."),
)
_STATUS = (_PAYER, Option("status", "string", "What it is set to.", ("active", "paused", "deleted"), required=True))
_CAMPAIGN = (
    _PAYER,
    Option(
        "objective",
        "string",
        "What it is for.",
        ("awareness", "traffic", "engagement", "leads", "app_promotion", "sales", "video_views"),
        required=True,
    ),
    *_BUDGETS,
)
_AD_GROUP = (
    _PAYER,
    *_BUDGETS,
    Option("starts_at", "string", "RFC 3339; at once when left out."),
    Option("ends_at", "string", "RFC 3339; without end when left out."),
    Option("bid_micros", "integer", "The most for a result, in millionths; TikTok bids when left out."),
    Option("optimization_goal", "string", "TikTok's word (CLICK, REACH, CONVERT …); by the campaign's objective else."),
    Option("billing_event", "string", "TikTok's word (CPC, CPM, CPV, OCPM); by the goal when left out."),
    Option("placements", "array", "TikTok's words; PLACEMENT_TIKTOK when left out."),
    Option("promotion_type", "string", "TikTok's word; by the campaign's objective when left out."),
    Option("pixel_id", "string", "The pixel that reports conversions."),
    Option("app_id", "string", "The app that is promoted."),
    Option(
        "targeting",
        "object",
        "countries (ISO 3166), age_min, age_max, genders (male, female); network: TikTok's own ad group fields.",
        required=True,
    ),
)
_AD = (
    _PAYER,
    Option("creative_id", "string", "The file that it shows: video:… or image:…, as creative.create answers."),
    Option("post_id", "string", "Instead: a TikTok post of the identity's own (a Spark Ad)."),
    Option("body", "string", "The words, up to 100 characters."),
    Option("link", "string", "Where it leads to."),
    Option("call_to_action", "string", "The button: TikTok's word, as LEARN_MORE or SHOP_NOW."),
    Option("identity_id", "string", "In whose name it speaks; the ad account's first TikTok account when left out."),
    Option(
        "identity_type", "string", "That identity's kind.", ("TT_USER", "BC_AUTH_TT", "AUTH_CODE", "CUSTOMIZED_USER")
    ),
)
ACTIONS: tuple[Action, ...] = (
    Action("campaign.create", "ads", _NAME, _CAMPAIGN),
    Action("ad_group.create", "ads", _NAME, _AD_GROUP),
    Action("creative.create", "ads", _FILE_NAME, (_PAYER,), _FILE, 1),
    Action("ad.create", "ads", _NAME, _AD),
    Action("campaign.status", "ads", None, _STATUS, repeatable=True),
    Action("ad_group.status", "ads", None, _STATUS, repeatable=True),
    Action("ad.status", "ads", None, _STATUS, repeatable=True),
)
