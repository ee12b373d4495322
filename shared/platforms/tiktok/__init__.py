"""TikTok: Login Kit, Content Posting and Display API v2, and the Marketing API v1.3 for ads; the manifest.

https://developers.tiktok.com/doc/content-posting-api-get-started
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.manifest import (
    ApiVersion,
    Budget,
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
from shared.platforms.tiktok.capabilities import ACTIONS, ADS_CONSENT, FACETS, FEATURES, RESOURCES

_READ = date(2026, 11, 22)
_DOCS = "https://developers.tiktok.com/doc"
_POSTING = Source(f"{_DOCS}/content-posting-api-reference-direct-post", _READ)
_RATES = Source(f"{_DOCS}/tiktok-api-v2-rate-limit", _READ)
_PHOTOS = Source(f"{_DOCS}/content-posting-api-reference-photo-post", _READ)
_TRANSFER = Source(f"{_DOCS}/content-posting-api-media-transfer-guide", _READ)
_STATUS = Source(f"{_DOCS}/content-posting-api-reference-get-video-status", _READ)
_ADS = Source("https://business-api.tiktok.com/portal/docs", _READ)

_VIDEO = MediaLimit(
    _TRANSFER,
    video_types=("video/mp4", "video/quicktime", "video/webm"),
    max_video_bytes=4 * 1024**3,
    max_seconds=600,  # «the longest video a developer can send»; each creator's own limit is asked before each post
    min_width=360,
    max_width=4096,
)
_PHOTO = MediaLimit(_TRANSFER, image_types=("image/jpeg", "image/webp"), max_image_bytes=20_000_000)

_OPTIONS = (
    Option(
        "privacy_level",
        "string",
        "Who may see it: one of creator_info's privacy_level_options. By default everyone, on a private account its "
        "followers; TikTok wants that the person chooses.",
        ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"),
    ),
    Option(
        "visibility",
        "string",
        "The same in common words: private is SELF_ONLY, connections_only MUTUAL_FOLLOW_FRIENDS.",
        ("private", "connections_only"),
    ),
    Option(
        "post_mode",
        "string",
        "MEDIA_UPLOAD: a draft in the creator's TikTok inbox, to be finished in the app (a video's text stays behind).",
        ("DIRECT_POST", "MEDIA_UPLOAD"),
    ),
    Option("disable_comment", "boolean", "Nobody can comment."),
    Option("disable_duet", "boolean", "Videos: nobody can make duets with it."),
    Option("disable_stitch", "boolean", "Videos: nobody can stitch it."),
    Option("brand_content_toggle", "boolean", "A paid partnership for somebody else's business; never with SELF_ONLY."),
    Option("brand_organic_toggle", "boolean", "Promotes the creator's own business."),
    Option("is_aigc", "boolean", "Videos: show the label «AI-generated»."),
    Option("video_cover_timestamp_ms", "integer", "Videos: the cover's frame, in milliseconds from the start."),
    Option("title", "string", "Photos: a title of up to 90 UTF-16 units above the text. A video shows none."),
    Option("description", "string", "Photos: in place of the text, up to 4000 UTF-16 units."),
    Option("auto_add_music", "boolean", "Photos: TikTok adds music of its choice."),
    Option("photo_cover_index", "integer", "Photos: which one is the cover, counted from 0."),
)

# settle: from arming. Engine's send window 5 s + the port's bound for a request with a deadline of 60 s (135 s) = 140 s.
# A last chunk that was received whole counts in uploaded_bytes; TikTok names no lag, 160 s are ours. Even a later effect
# stays one post: a re-armed attempt sends the SAME chunk to the same upload, and a new upload is begun only after TikTok
# has said that the old one is not whole. Photos are never proven absent (settle.py), so nothing depends on it there.
# confirm_within: TikTok fetches photos for up to an hour, then processes them.
_TIMING = Timing(
    send_deadline=60,
    settle=300,
    sandbox_settle=10,
    confirm_within=7200,
    prepare_within=7200,  # 4 GB in 205 chunks; an upload address lasts an hour, and a dead one is replaced
    native_key=False,
    source=_STATUS,
)

MANIFEST = Manifest(
    name="tiktok",
    title="TikTok",
    rhythm="leisure",
    profile=MappingProxyType({"followers": "follower_count"}),
    profile_url="https://www.tiktok.com/@{username}",
    folder="tiktok",
    # Upload addresses are TikTok's to give: open-upload.tiktokapis.com, upload.us.tiktokapis.com and others.
    hosts=("www.tiktok.com", ".tiktokapis.com", "business-api.tiktok.com"),
    api=ApiVersion("v2", None, _POSTING),
    oauth=OAuth(
        style="redirect",
        scopes=(
            "user.info.basic",
            "user.info.profile",
            "user.info.stats",
            "video.list",
            "video.publish",
            "video.upload",
        ),
        pkce=True,
        grants=MappingProxyType(
            {
                "post": (
                    "video.publish",
                    "video.upload",
                ),
                "read_analytics": ("video.list",),
            }
        ),
        challenge="S256-hex",
        extra=ADS_CONSENT,
        app_env_also=("TIKTOK_CLIENT_KEY", ""),
        renewal=Renewal(
            "refresh", Source("https://developers.tiktok.com/doc/oauth-user-access-token-management", _READ)
        ),
    ),
    text=TextLimit(2200, "utf16", "limits:count", _POSTING),
    kinds=(
        KindLimit(Kind.VIDEO, 1, 1, _VIDEO, first_comment=False),
        KindLimit(Kind.CAROUSEL, 1, 35, _PHOTO, first_comment=False),
    ),
    timing=_TIMING,
    facets=FACETS,
    options=_OPTIONS,
    thread=0,
    first_comment=False,
    deletes=False,
    budgets=(Budget("requests", "app", 600, 60, _RATES),),
    rate_limits=MappingProxyType(
        {
            "post/publish/video/init, content/init, inbox/video/init": "6 a minute and access token",
            "post/publish/creator_info/query": "20 a minute and access token",
            "post/publish/status/fetch": "30 a minute and access token",
            "user/info, video/list, video/query": "600 a minute each",
            "posts": "about 15 in 24 hours and creator, through all apps together; 5 drafts waiting in the inbox",
            "unaudited apps": "5 people in 24 hours, SELF_ONLY",
            "ads": "10 a second and 600 a minute per app at the basic level",
        }
    ),
    apis=(ApiVersion("Marketing API v1.3", None, _ADS),),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
)
