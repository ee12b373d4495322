"""Snapchat: public profiles (stories, Spotlights, saved stories) and ads. Data only; README.md has the quirks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.manifest import (
    ApiVersion,
    KindLimit,
    Manifest,
    MediaLimit,
    OAuth,
    Option,
    Renewal,
    Source,
    TextLimit,
    Timing,
)
from shared.platforms.snapchat.capabilities import ACTIONS, FEATURES, INBOX, RATE_LIMITS, RESOURCES, WEBHOOKS

_READ = date(2026, 11, 22)
_ASSETS = Source("https://developers.snap.com/api/marketing-api/Public-Profile-API/ProfileAssetManagement", _READ)
_ADS = Source("https://developers.snap.com/api/marketing-api/Ads-API/campaigns", _READ)
_FILE = (
    1_000_000_000 - 16
)  # «1 GB» by either reading (its 35 parts too stay below 32 MB), less the padding of encrypting

_STORY = MediaLimit(
    _ASSETS,
    image_types=("image/jpeg", "image/png"),
    video_types=("video/mp4",),
    max_image_bytes=_FILE,
    max_video_bytes=_FILE,
    min_seconds=5.0,
    max_seconds=60.0,
    min_width=540,
)
_SPOTLIGHT = MediaLimit(
    _ASSETS, video_types=("video/mp4",), max_video_bytes=_FILE, min_seconds=6.0, max_seconds=60.0, min_width=540
)

MANIFEST = Manifest(
    rhythm="leisure",
    name="snapchat",
    title="Snapchat",
    profile_url="https://www.snapchat.com/@{username}",
    folder="snapchat",
    hosts=("businessapi.snapchat.com", "adsapi.snapchat.com", "accounts.snapchat.com"),
    api=ApiVersion("Public Profile API v1", None, _ASSETS),
    apis=(ApiVersion("Ads API v1", None, _ADS),),
    oauth=OAuth(
        "redirect",
        scopes=("snapchat-profile-api", "snapchat-marketing-api"),
        pkce=False,
        grants=MappingProxyType({"post": ("snapchat-profile-api",), "read_analytics": ("snapchat-profile-api",)}),
        renewal=Renewal(
            "nothing", Source("https://developers.snap.com/api/marketing-api/Ads-API/authentication", _READ)
        ),
    ),
    # A Spotlight's description. A saved story's title has 45 characters; a story has no text.
    text=TextLimit(160, "chars", "", _ASSETS),
    kinds=(
        KindLimit(Kind.SPOTLIGHT, 1, 1, _SPOTLIGHT, first_comment=False),
        KindLimit(Kind.STORY, 1, 1, _STORY, first_comment=False),
        KindLimit(Kind.SAVED_STORY, 1, 1, _STORY, first_comment=False),
    ),
    timing=Timing(
        send_deadline=30.0,
        # 5 s to send, up to 75 s for the exchange, then the time in which a new post may not be listed yet. Snapchat names
        # none; a Spotlight passes a review first. A media is posted once, by Snapchat's own doing, so that even an
        # absence that is wrong leads to a refusal (MEDIA_POSTING_ALREADY_IN_PROGRESS) and not to a second post.
        settle=900.0,
        sandbox_settle=10.0,  # the simulator lists at once and reviews in five seconds
        confirm_within=86_400.0,  # a Spotlight's review; its length is not documented
        prepare_within=3600.0,
        native_key=False,  # a media is posted once; quoted by others from Snapchat's documentation, not tried
        source=_ASSETS,
    ),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "metrics": "offered",
            "inbox": INBOX,
            "webhooks": WEBHOOKS,
            "ads": "offered",
        }
    ),
    options=(
        Option(
            "kind",
            "string",
            "What to post: a Spotlight for videos and a story for images when left out.",
            ("spotlight", "story", "saved_story"),
        ),
        Option("locale", "string", "Language and country of a Spotlight's description: en_US when left out"),
        Option("skip_save_to_profile", "boolean", "Keep a Spotlight off the profile's own page"),
        Option(
            "customized_ttl",
            "string",
            "How long a story stays; a day when left out",
            ("ONE_DAY", "TWO_DAYS", "THREE_DAYS", "ONE_WEEK"),
        ),
    ),
    deletes=False,
    rate_limits=RATE_LIMITS,
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
)
