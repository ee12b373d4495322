"""Instagram through the Instagram API with Instagram Login (Graph v26.0): the manifest.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms._graph.usage import usage
from shared.platforms.instagram.capabilities import ACTIONS, ADS, FEATURES, RESOURCES
from shared.platforms.manifest import (
    ApiVersion,
    Hooks,
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

_READ = date(2026, 11, 22)
_DOCS = "https://developers.facebook.com/docs/instagram-platform"
_MEDIA = Source(f"{_DOCS}/instagram-graph-api/reference/ig-user/media", _READ)
_PUBLISHING = Source(f"{_DOCS}/content-publishing", _READ)
_ERRORS = Source(f"{_DOCS}/instagram-graph-api/reference/error-codes", _READ)
_CHANGELOG = Source("https://developers.facebook.com/docs/graph-api/changelog", _READ)

_JPEG = ("image/jpeg",)
_VIDEO = ("video/mp4", "video/quicktime")
_MB = 1_000_000
_IMAGE_BYTES = 8 * 1024 * 1024  # «less than 8 MiB» (error 36000/2207004)

_SINGLE_IMAGE = MediaLimit(
    source=_MEDIA,
    image_types=_JPEG,
    max_image_bytes=_IMAGE_BYTES,
    min_ratio=4 / 5,
    max_ratio=1.91,
    max_alt_text=1000,
)
# No ratio here: it binds the images of a carousel only, so kinds.py checks it item by item.
_CAROUSEL_ITEM = MediaLimit(
    source=_MEDIA,
    image_types=_JPEG,
    video_types=_VIDEO,
    max_image_bytes=_IMAGE_BYTES,
    max_video_bytes=300 * _MB,
    min_seconds=3,
    max_alt_text=1000,
)
_REEL = MediaLimit(
    source=_MEDIA,
    video_types=_VIDEO,
    max_video_bytes=300 * _MB,
    min_seconds=3,
    max_seconds=15 * 60,
    min_ratio=0.01,
    max_ratio=10,
    max_width=1920,
)
_STORY = MediaLimit(
    source=_MEDIA,
    image_types=_JPEG,
    video_types=_VIDEO,
    max_image_bytes=_IMAGE_BYTES,
    max_video_bytes=100 * _MB,
    min_seconds=3,
    max_seconds=60,
    min_ratio=0.1,
    max_ratio=10,
)

_OPTIONS = (
    Option(
        "content_type",
        "string",
        "What to publish; by default one image is a feed post, one video a reel, several items a carousel. "
        "A story shows no caption.",
        ("feed", "reel", "carousel", "stories"),
    ),
    Option(
        "media_type", "string", "The same as content_type, also in Instagram's own words (REELS, STORIES, CAROUSEL)."
    ),
    Option("collaborators", "array", "Up to 3 usernames invited as collaborators (not on stories)."),
    Option("location_id", "string", "The id of a Facebook Page with a place, to tag the post with (not on stories)."),
    Option(
        "user_tags",
        "array",
        "People to tag: objects with username, and x and y (0 to 1) on images; media_index names the carousel's item.",
    ),
    Option("share_to_feed", "boolean", "Reels: also show it in the feed tab."),
    Option("cover_url", "string", "Reels: https address of a JPEG for the cover; wins over thumb_offset."),
    Option("thumb_offset", "integer", "Reels: the cover's frame, in milliseconds from the start."),
    Option("audio_name", "string", "Reels: a name for the original audio."),
    Option("is_ai_generated", "boolean", "Show the label «AI info»."),
)

# settle: from arming. Engine's send window 5 s + send_deadline 60 s = 65 s; a media_publish that was received is done
# within seconds for a FINISHED container, but Meta promises no bound, and its own advice for a hanging publish is to
# look again for up to 2 minutes (error 24/2207008). 65 + 115 = 180 s. Even a later effect stays one post: a re-armed
# attempt sends the SAME creation_id, never a new container.
# native_key: no. Three independent publishers report that one container yields one post, but Meta does not document
# it, and a first comment has no key at all. Nothing here depends on it: absence is read from the container first.
_TIMING = Timing(
    send_deadline=60,
    settle=180,
    sandbox_settle=10,
    confirm_within=60,
    prepare_within=1800,  # «about 15 minutes» for long reels in production, where Meta's advice is 5
    native_key=False,
    source=_PUBLISHING,
)

MANIFEST = Manifest(
    name="instagram",
    title="Instagram",
    profile=MappingProxyType({"followers": "followers_count", "bio": "biography", "kind": "account_type"}),
    profile_url="https://www.instagram.com/{username}/",
    folder="instagram",
    hosts=("graph.instagram.com", "api.instagram.com", "www.instagram.com"),
    api=ApiVersion("v26.0", None, _CHANGELOG),  # since 2026-07-29, «available until: to be determined»
    oauth=OAuth(
        style="redirect",
        scopes=(
            "instagram_business_basic",
            "instagram_business_content_publish",
            "instagram_business_manage_comments",
            "instagram_business_manage_insights",
            "instagram_business_manage_messages",
        ),
        pkce=False,
        app_env_also=("INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"),
        grants=MappingProxyType(
            {"post": ("instagram_business_content_publish",), "read_analytics": ("instagram_business_manage_insights",)}
        ),
        renewal=Renewal(
            "access",
            Source("https://developers.facebook.com/docs/instagram-platform/reference/refresh_access_token", _READ),
            youngest_hours=24,
        ),
    ),
    text=TextLimit(2200, "chars", "limits:count", _MEDIA, max_hashtags=30),
    kinds=(
        KindLimit(Kind.IMAGE, 1, 1, _SINGLE_IMAGE),
        KindLimit(Kind.CAROUSEL, 2, 10, _CAROUSEL_ITEM, mixed=True),
        KindLimit(Kind.REEL, 1, 1, _REEL),
        KindLimit(Kind.STORY, 1, 1, _STORY, first_comment=False),
    ),
    timing=_TIMING,
    hooks=Hooks(
        secrets_also=("FACEBOOK_CLIENT_SECRET", "FACEBOOK_APP_SECRET"),
        named_by=("app_user_id",),
        callbacks=CALLBACKS,
        by_person=True,
    ),
    facets=MappingProxyType(
        {"publish": "offered", "metrics": "offered", "inbox": "offered", "webhooks": "offered", "ads": ADS}
    ),
    options=_OPTIONS,
    thread=0,
    first_comment=True,
    # DELETE /{ig-media} needs Facebook Login (instagram_manage_contents): README, «What is not offered».
    deletes=False,
    usage=usage(Source("https://developers.facebook.com/docs/graph-api/overview/rate-limiting", _READ)),
    rate_limits=MappingProxyType(
        {
            "publish": "100 API posts in a rolling 24 hours per account (a carousel counts once), some accounts fewer: "
            "read from content_publishing_limit before each post",
            "containers": "400 in a rolling 24 hours per account",
            "messages": "300 texts and links a second for each account; 750 private replies an hour to comments on posts",
            "conversations": "2 calls a second for each account",
            "calls": "per account and app, as X-App-Usage and X-Business-Use-Case-Usage say",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
)
