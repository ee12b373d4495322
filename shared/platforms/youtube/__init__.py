"""YouTube, Data API v3: videos, Shorts, broadcasts, comments, playlists; Analytics API v2."""

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
    Renewal,
    Source,
    TextLimit,
    Timing,
)
from shared.platforms.youtube.capabilities import ACTIONS, FACETS, FEATURES, OPTIONS, RESOURCES

_READ = date(2026, 11, 22)
_VIDEOS = Source("https://developers.google.com/youtube/v3/docs/videos", _READ)
_QUOTA = Source("https://developers.google.com/youtube/v3/determine_quota_cost", _READ)
_INSERT = Source("https://developers.google.com/youtube/v3/docs/videos/insert", _READ)
_SHORTS = Source("https://support.google.com/youtube/answer/15424877", _READ)
_THUMBNAILS = Source("https://developers.google.com/youtube/v3/docs/thumbnails/set", _READ)
_DISCOVERY = Source("https://youtube.googleapis.com/$discovery/rest?version=v3", _READ)  # revision 20261104

_TYPES = ("video/mp4", "video/quicktime", "video/webm", "video/x-msvideo", "video/mpeg", "video/x-matroska")
_BYTES = 274_877_906_944  # mediaUpload.maxSize
_VIDEO = MediaLimit(_INSERT, video_types=_TYPES, max_video_bytes=_BYTES, min_seconds=0.1, max_seconds=43_200.0)
_SHORT = MediaLimit(
    _SHORTS, video_types=_TYPES, max_video_bytes=_BYTES, min_seconds=0.1, max_seconds=180.0, max_ratio=1.0
)
_THUMBNAIL = MediaLimit(_THUMBNAILS, image_types=("image/jpeg", "image/png"), max_image_bytes=2 * 1024 * 1024)

MANIFEST = Manifest(
    rhythm="leisure",
    name="youtube",
    title="YouTube",
    profile_url="https://www.youtube.com/channel/{id}",
    holds="channel",
    folder="youtube",
    hosts=(
        "accounts.google.com",
        "oauth2.googleapis.com",
        "youtube.googleapis.com",
        "www.googleapis.com",
        "youtubeanalytics.googleapis.com",
        "pubsubhubbub.appspot.com",
    ),
    api=ApiVersion("v3", None, _DISCOVERY),
    apis=(
        ApiVersion(
            "Analytics v2", None, Source("https://youtubeanalytics.googleapis.com/$discovery/rest?version=v2", _READ)
        ),
    ),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        # The least that covers everything here: force-ssl alone may upload, announce, comment and delete.
        scopes=(
            "https://www.googleapis.com/auth/youtube.force-ssl",
            "https://www.googleapis.com/auth/yt-analytics.readonly",
        ),
        pkce=True,
        grants=MappingProxyType(
            {
                "post": ("https://www.googleapis.com/auth/youtube.force-ssl",),
                "read_analytics": (
                    "https://www.googleapis.com/auth/youtube.force-ssl",
                    "https://www.googleapis.com/auth/yt-analytics.readonly",
                ),
            }
        ),
        renewal=Renewal(
            "nothing",
            Source("https://developers.google.com/identity/protocols/oauth2#expiration", _READ),
            idle_days=180,
        ),
    ),
    text=TextLimit(5000, "bytes", "limits:count", _VIDEOS),
    kinds=(
        KindLimit(Kind.VIDEO, 1, 1, _VIDEO),
        KindLimit(Kind.SHORT, 1, 1, _SHORT),
        KindLimit(Kind.LIVE, 0, 1, _THUMBNAIL, first_comment=False),
    ),
    timing=Timing(
        send_deadline=60.0,
        # 5 s to send, then at most 5 + 2 x 60 + 10 s until the http port gives up: 140 s. The session and the broadcast
        # answer for themselves, without a listing lag; for comments, whose list may lag, the rest is kept.
        settle=300.0,
        # The simulator's effects are there at once: only the engine's send window and a slow answer (3 s) remain.
        sandbox_settle=10.0,
        confirm_within=6 * 3600.0,  # YouTube processes long videos for hours
        prepare_within=24 * 3600.0,
        native_key=False,  # a session makes one video at most, but a session that ended is begun anew
        source=Source("https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol", _READ),
    ),
    facets=FACETS,
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
    options=OPTIONS,
    thread=0,
    first_comment=True,
    budgets=(
        Budget("units", "app", 10_000, 86_400, _QUOTA, zone="America/Los_Angeles", hosts=("youtube.googleapis.com",)),
    ),
    rate_limits=MappingProxyType(
        {
            "videos.insert": "100 a day and Google Cloud project by default, from midnight Pacific",
            "everything else": "10,000 units a day and project by default: reading 1, writing 50, captions.insert 400",
            "uploads of a channel": "a limit over 24 hours that YouTube does not name (uploadLimitExceeded)",
        },
    ),
)
