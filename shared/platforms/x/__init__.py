"""X (Twitter), API v2: posts, media, threads, inbox, metrics, webhooks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.manifest import (
    ApiVersion,
    Hooks,
    KindLimit,
    Manifest,
    MediaLimit,
    OAuth,
    Option,
    Renewal,
    Resource,
    Source,
    Timing,
    UsageHeaders,
)
from shared.platforms.x.capabilities import ACTIONS, ADS, FEATURES, IMAGE, PRICES, RATE_LIMITS, READ_PRICE, TEXT

_READ = date(2026, 11, 22)
_SPEC = Source("https://docs.x.com/openapi.json", _READ)  # version 2.167
_LIMITS = Source("https://docs.x.com/x-api/fundamentals/rate-limits", _READ)
_MEDIA = Source("https://docs.x.com/x-api/media/quickstart/best-practices", _READ)
_VIDEO = MediaLimit(
    _MEDIA,
    video_types=("video/mp4", "video/quicktime"),
    max_video_bytes=512 * 1024 * 1024,
    min_seconds=0.5,
    max_seconds=140.0,
    min_ratio=1 / 3,
    max_ratio=3.0,
    min_width=32,
    max_alt_text=1000,
)

MANIFEST = Manifest(
    name="twitter",
    aliases=("x",),
    title="X",
    profile_url="https://x.com/{username}",
    folder="x",
    hosts=("api.x.com", "x.com"),
    api=ApiVersion("2", None, _SPEC),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        scopes=(
            "tweet.read",
            "tweet.write",
            "tweet.moderate.write",
            "users.read",
            "media.write",
            "like.read",
            "like.write",
            "dm.read",
            "dm.write",
            "offline.access",
        ),
        pkce=True,
        app_env_also=("X_CLIENT_ID", "X_CLIENT_SECRET"),
        grants=MappingProxyType({"post": ("tweet.write",), "read_analytics": ("tweet.read",)}),
        renewal=Renewal(
            "nothing", Source("https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code", _READ)
        ),
    ),
    text=TEXT,
    prices=PRICES,
    read_price=READ_PRICE,
    kinds=(
        KindLimit(Kind.TEXT, 0, 0),
        KindLimit(Kind.IMAGE, 1, 4, IMAGE),
        KindLimit(Kind.VIDEO, 1, 1, _VIDEO),
        KindLimit(Kind.POLL, 0, 0),
        KindLimit(Kind.REPOST, 0, 0, first_comment=False),
    ),
    timing=Timing(
        send_deadline=30.0,
        # 5 s to send, 30 s to answer, then 85 s in which the author's own timeline must show the post: it is read from
        # the store of posts, not from the search index, and shows a new post within seconds. X names no bound.
        settle=120.0,
        # The simulator's posts are listed at once: only the engine's send window and a slow answer (3 s) remain.
        sandbox_settle=10.0,
        confirm_within=60.0,  # unused: X answers when the post is live, there is nothing to confirm
        prepare_within=3600.0,  # 512 MB in segments, then processing
        native_key=False,  # but an identical text is refused for a while, see README
        source=Source("https://docs.x.com/x-api/posts/timelines/integrate", _READ),
    ),
    hooks=Hooks(headers=("date",)),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "metrics": "offered",
            "inbox": "offered",
            "webhooks": "offered",
            "ads": ADS,
        },
    ),
    options=(
        Option("quote_tweet_id", "string", "Id of the post to quote. X allows it to enterprise customers only."),
        Option("repost_of", "string", "Id of the post to show again, as it is: without text, media or other options."),
        Option("in_reply_to_tweet_id", "string", "Id of the post to answer. Its author must have mentioned you."),
        Option("poll", "object", "{options: 2 to 4 texts of 1 to 25 characters, duration_minutes: 5 to 10080}."),
        Option(
            "reply_settings",
            "string",
            "Who may reply; everyone when left out.",
            ("following", "mentionedUsers", "subscribers", "verified"),
            default="everyone",
        ),
        Option("made_with_ai", "boolean", "Discloses media made with AI."),
        Option("paid_partnership", "boolean", "Discloses paid promotion."),
        Option("tagged_user_ids", "array", "Up to 10 ids of people in the media."),
        Option("community_id", "string", "Id of the community to post to."),
        Option("share_with_followers", "boolean", "With community_id: also to all followers."),
    ),
    thread=25,
    first_comment=True,
    usage=(
        UsageHeaders(
            "account",
            _LIMITS,
            limit="x-rate-limit-limit",
            remaining="x-rate-limit-remaining",
            reset="x-rate-limit-reset",
        ),
    ),
    rate_limits=RATE_LIMITS,
    features=FEATURES,
    actions=ACTIONS,
    resources=(Resource("posts", "The account's posts, newest first, replies among them."),),
    counts=MappingProxyType({"shares": "retweets", "comments": "replies"}),
    extra_counts=MappingProxyType({"clicks": "link_clicks"}),
)
