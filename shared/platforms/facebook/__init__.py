"""Facebook Pages through the Graph API v26.0: the manifest.

https://developers.facebook.com/docs/pages-api
"""

from __future__ import annotations

from types import MappingProxyType

from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms._graph.usage import usage
from shared.platforms.facebook.capabilities import ACTIONS, FACETS, FEATURES, RESOURCES
from shared.platforms.facebook.kinds_data import DOCS, KINDS, OPTIONS, POSTS, READ, TEXT
from shared.platforms.manifest import ApiVersion, Hooks, LinkCard, Manifest, OAuth, Source, Timing

_CHANGELOG = Source(f"{DOCS}/graph-api/changelog", READ)

# settle: from arming. The engine's send window 5 s, and 5 + 2 * 60 + 10 s until the http port's exchange is certainly over:
# 140 s. Then 100 s for what Facebook does with a request whose connection broke and for its own listing's lag, for which
# it names no bound. Even a later effect stays one post: a further attempt sends the same photo and video ids, and a text
# that equals the Page's last post is refused (506).
_TIMING = Timing(
    send_deadline=60,
    settle=240,
    sandbox_settle=12,  # a slow answer (3 s) and a video's processing (5 s)
    confirm_within=3600,  # long videos are processed for many minutes
    prepare_within=7200,  # 2 GB in parts of 8 MB
    native_key=False,
    source=POSTS,
)

MANIFEST = Manifest(
    name="facebook",
    title="Facebook",
    profile=MappingProxyType({"followers": "followers_count", "category": "category", "link": "link"}),
    profile_url="https://www.facebook.com/{id}",
    holds="page",
    folder="facebook",
    hosts=("graph.facebook.com", "graph-video.facebook.com", "rupload.facebook.com", "www.facebook.com"),
    api=ApiVersion("v26.0", None, _CHANGELOG),  # since 2026-07-29, «available until: to be determined»
    oauth=OAuth(
        style="redirect",
        scopes=(
            "pages_show_list",
            "pages_manage_posts",
            "pages_read_engagement",
            "pages_manage_engagement",
            "pages_read_user_content",
            "pages_manage_metadata",
            "pages_messaging",
            "read_insights",
            "business_management",
            "ads_management",
            "ads_read",
        ),
        pkce=False,
        grants=MappingProxyType(
            {
                "post": ("pages_manage_posts",),
                "read_analytics": (
                    "read_insights",
                    "pages_read_engagement",
                ),
            }
        ),
        app_env_also=("FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET"),
    ),
    text=TEXT,
    kinds=KINDS,
    timing=_TIMING,
    hooks=Hooks(named_by=("user_id",), callbacks=CALLBACKS, by_person=True),
    facets=FACETS,
    options=OPTIONS,
    thread=0,
    first_comment=True,
    deletes=True,
    usage=usage(Source("https://developers.facebook.com/docs/graph-api/overview/rate-limiting", READ)),
    rate_limits=MappingProxyType(
        {
            "calls": "per Page and app: 4,800 x engaged people in a rolling 24 hours, as X-Business-Use-Case-Usage says",
            "reels": "30 API reels per Page in a rolling 24 hours",
            "messages": "per Page and app: 200 x engaged people in a rolling 24 hours",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
    link_card=LinkCard("link"),
    counts=MappingProxyType({"likes": "reactions"}),
    extra_counts=MappingProxyType({"reach": "post_total_media_view_unique", "clicks": "post_clicks"}),
)
