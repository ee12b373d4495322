"""LinkedIn, versioned API 202609: posts of members and organizations, comments, figures, organization webhooks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.linkedin.capabilities import ACTIONS, FEATURES, LEARN, NO_ADS, READ, RESOURCES, learn
from shared.platforms.manifest import (
    ApiVersion,
    Budget,
    KindLimit,
    LinkCard,
    Manifest,
    MediaLimit,
    OAuth,
    Option,
    Renewal,
    Source,
    TextLimit,
    Timing,
)

_POSTS = learn("shares/posts-api")
_IMAGE = MediaLimit(
    learn("shares/images-api"),
    image_types=("image/jpeg", "image/png", "image/gif"),
    max_alt_text=4086,
)
_VIDEO = MediaLimit(
    learn("shares/videos-api"),
    video_types=("video/mp4",),
    max_video_bytes=500 * 1024 * 1024,
    min_seconds=3.0,
    max_seconds=1800.0,
    max_alt_text=4086,
)
_DOCUMENT = MediaLimit(
    learn("shares/documents-api"), document_types=("application/pdf",), max_document_bytes=100 * 1024 * 1024
)

_RATES = Source("https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/rate-limits", READ)
MANIFEST = Manifest(
    name="linkedin",
    title="LinkedIn",
    rhythm="work",
    profile=MappingProxyType({"kind": "kind"}),
    folder="linkedin",
    hosts=("api.linkedin.com", "www.linkedin.com"),
    # Versions come monthly and live at least a year; LinkedIn ended 202510 on 2026-10-15, so 202609 until 2027-09-15.
    api=ApiVersion("202609", date(2027, 9, 15), Source(f"{LEARN}/versioning", READ)),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        scopes=(
            "openid",
            "profile",
            "w_member_social",
            "r_member_postAnalytics",
            "r_member_profileAnalytics",
            "w_organization_social",
            "r_organization_social",
            "rw_organization_admin",
        ),
        pkce=False,
        grants=MappingProxyType(
            {
                "post": (
                    "w_member_social",
                    "w_organization_social",
                ),
                "read_analytics": (
                    "r_member_postAnalytics",
                    "rw_organization_admin",
                ),
            }
        ),
        renewal=Renewal(
            "nothing",
            Source(
                "https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens", READ
            ),
        ),
    ),
    text=TextLimit(3000, "chars", "limits:count", learn("shares/ugc-post-api")),
    kinds=(
        KindLimit(Kind.TEXT, 0, 0),
        KindLimit(Kind.IMAGE, 1, 1, _IMAGE),
        KindLimit(Kind.CAROUSEL, 2, 20, _IMAGE),
        KindLimit(Kind.VIDEO, 1, 1, _VIDEO),
        KindLimit(Kind.ARTICLE, 0, 1, _IMAGE),
        KindLimit(Kind.DOCUMENT, 1, 1, _DOCUMENT),
        KindLimit(Kind.POLL, 0, 0),
    ),
    timing=Timing(
        send_deadline=30.0,
        # 5 s to send, 75 s for the longest exchange, then over three minutes in which the author's list of posts must show
        # it. LinkedIn names no bound; its posts are listed from the store that made them, not from a search index.
        settle=300.0,
        # The simulator lists posts at once: only the engine's send window and a slow answer (3 s) remain.
        sandbox_settle=10.0,
        confirm_within=60.0,  # unused: LinkedIn answers when the post is made, there is nothing to confirm
        prepare_within=7200.0,  # 500 MB in parts, then processing
        native_key=False,  # but an identical post is refused for a while, see README
        source=_POSTS,
    ),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "inbox": "offered",
            "metrics": "offered",
            "webhooks": "offered",
            "ads": NO_ADS,
        }
    ),
    options=(
        Option(
            "visibility",
            "string",
            "Who may see the post; PUBLIC when left out. Organizations take no CONNECTIONS.",
            ("PUBLIC", "CONNECTIONS", "LOGGED_IN"),
        ),
        Option("article_url", "string", "The web page of an article post; its thumbnail is the one image in media."),
        Option("article_title", "string", "With article_url, and needed there: LinkedIn reads no page by itself."),
        Option("article_description", "string", "With article_url: what stands below the title."),
        Option("media_title", "string", "The title of a video or a document; of a document the text's beginning."),
        Option("disable_reshare", "boolean", "Nobody may share the post further."),
        Option(
            "poll",
            "object",
            "{question: up to 140 characters, options: 2 to 4 texts of up to 30, "
            "duration: ONE_DAY, THREE_DAYS, SEVEN_DAYS or FOURTEEN_DAYS}.",
        ),
    ),
    first_comment=True,
    # Of the development tier; what higher ones have, LinkedIn shows in its developer portal only.
    budgets=(Budget("calls", "account", 100, 86_400, _RATES, zone="UTC"),),
    rate_limits=MappingProxyType(
        {
            "all": "quotas per endpoint and UTC day, for the app and for the member; the developer portal shows them",
            "POST /rest/posts (Share on LinkedIn)": "150 per member and day; 100,000 per app and day",
            "Community Management, development tier": "500 per app and day; 100 per member and day",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
    link_card=LinkCard("article_url", "article_title", "article_description", needs_title=True),
    counts=MappingProxyType({"likes": "reactions"}),
)
