"""Reddit: posts of every kind in communities, comments, messages, mentions, counts, ads. README.md has the quirks."""

from __future__ import annotations

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
    UsageHeaders,
)
from shared.platforms.reddit.capabilities import ACTIONS, ADS, API, FEATURES, NOTES, POLLED, READ, RESOURCES

_RATES = Source("https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki", READ)
_HELP = Source("https://support.reddithelp.com/hc/en-us/articles/360060422572-How-do-I-post-on-Reddit", READ)

_IMAGE = MediaLimit(
    _HELP, image_types=("image/jpeg", "image/png", "image/gif"), max_image_bytes=20 * 1024 * 1024, max_alt_text=180
)
_VIDEO = MediaLimit(
    _HELP,
    image_types=("image/jpeg", "image/png"),
    video_types=("video/mp4", "video/quicktime"),
    max_image_bytes=20 * 1024 * 1024,
    max_video_bytes=1024 * 1024 * 1024,
    max_seconds=900.0,
)

MANIFEST = Manifest(
    rhythm="leisure",
    name="reddit",
    title="Reddit",
    profile_url="https://www.reddit.com/user/{username}/",
    folder="reddit",
    hosts=(
        "oauth.reddit.com",
        "www.reddit.com",
        "ads-api.reddit.com",
        "reddit-uploaded-media.s3-accelerate.amazonaws.com",
        "reddit-uploaded-video.s3-accelerate.amazonaws.com",
    ),
    api=ApiVersion("unversioned", None, API),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        scopes=(
            "identity",
            "read",
            "submit",
            "edit",
            "history",
            "flair",
            "mysubreddits",
            "vote",
            "privatemessages",
            "modposts",
            "adsread",
            "adsedit",
        ),
        pkce=False,
        grants=MappingProxyType({"post": ("submit",), "read_analytics": ("read",)}),
        renewal=Renewal("nothing", Source("https://github.com/reddit-archive/reddit/wiki/OAuth2", READ)),
    ),
    text=TextLimit(40_000, "chars", "", NOTES),
    kinds=(
        KindLimit(Kind.TEXT, 0, 0),
        KindLimit(Kind.LINK, 0, 0),
        KindLimit(Kind.POLL, 0, 0),
        KindLimit(Kind.IMAGE, 1, 1, _IMAGE),
        KindLimit(Kind.VIDEO, 1, 2, _VIDEO, mixed=True),  # the image after the video is its poster
        KindLimit(Kind.CAROUSEL, 2, 20, _IMAGE),
    ),
    timing=Timing(
        send_deadline=30.0,
        # 5 s to send, 30 s to answer. Then Reddit may still be at it: a picture takes seconds and a video minutes until
        # it is a post, and listings lag. Reddit names no bound; half an hour is far beyond what has been seen.
        settle=1800.0,
        # The simulator lists at once, pictures after one second and videos after two.
        sandbox_settle=10.0,
        confirm_within=3600.0,
        prepare_within=3600.0,  # a gigabyte in one form
        native_key=False,
        source=NOTES,
    ),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "metrics": "offered",
            "inbox": "offered",
            "ads": "offered",
            "webhooks": POLLED,
        }
    ),
    options=(
        Option(
            "subreddit",
            "string",
            "The community to post in, without r/; u_name is a person's own profile.",
            required=True,
        ),
        Option("title", "string", "Up to 300 characters. Left out: the text's first line."),
        Option("url", "string", "Makes it a link post: the address that is posted."),
        Option("poll", "object", "Makes it a poll: {options: 2 to 6 texts, duration_days: 1 to 7, 3 when left out}."),
        Option("flair_id", "string", "Id of one of the community's flairs (see the resource flairs)."),
        Option("flair_text", "string", "The flair's text, where its template may be edited. Needs flair_id."),
        Option("nsfw", "boolean", "Marks it as not safe for work."),
        Option("spoiler", "boolean", "Marks it as a spoiler."),
        Option("send_replies", "boolean", "Whether comments on it arrive in the account's inbox. On when left out."),
        Option("resubmit", "boolean", "Post a link even where it was posted before. Off when left out."),
    ),
    first_comment=True,
    budgets=(Budget("requests", "app", 1_000, 600, _RATES),),
    usage=(
        UsageHeaders(
            "app",
            _RATES,
            used="x-ratelimit-used",
            remaining="x-ratelimit-remaining",
            reset="x-ratelimit-reset",
            reset_as="seconds",
        ),
    ),
    rate_limits=MappingProxyType(
        {
            "all requests": "100 per minute and OAuth client, averaged over 10 minutes (x-ratelimit-* headers)",
            "ads": "400 reads, 200 writes and 60 reports per minute",
            "new posts and comments": "by the account's age and karma in a community; Reddit says how long to wait",
        }
    ),
    apis=(ApiVersion("v3", None, ADS),),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
)
