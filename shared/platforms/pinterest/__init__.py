"""Pinterest, API v5: Pins of every kind on boards, counts, boards, ads. README.md has the quirks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.manifest import (
    Action,
    ApiVersion,
    KindLimit,
    LinkCard,
    Manifest,
    MediaLimit,
    NotOffered,
    OAuth,
    Option,
    Renewal,
    Resource,
    Source,
    TextLimit,
    Timing,
    UsageHeaders,
)

_READ = date(2026, 11, 22)
_SPEC = Source("https://github.com/pinterest/api-description/blob/main/v5/openapi.json", _READ)  # 5.23.0
_MEDIA = Source("https://help.pinterest.com/en/business/article/pinterest-product-specs", _READ)
_RATES = Source("https://developers.pinterest.com/docs/reference/rate-limits/", _READ)
_NONE = "API v5 has no endpoint for it"

_IMAGE = MediaLimit(_MEDIA, image_types=("image/jpeg", "image/png"), max_image_bytes=20 * 1024 * 1024, max_alt_text=500)
_VIDEO = MediaLimit(
    _MEDIA,
    image_types=("image/jpeg", "image/png"),
    video_types=("video/mp4", "video/quicktime"),
    max_image_bytes=20 * 1024 * 1024,
    max_video_bytes=2 * 1024 * 1024 * 1024,
    min_seconds=4.0,
    max_seconds=900.0,
    max_alt_text=500,
)
_NAME = TextLimit(236, "chars", "", _SPEC, required=True)  # 255 of Pinterest's, less our mark
_PAYER = Option("ad_account_id", "string", "The ad account: digits.", required=True)
_TIMES = (
    Option("starts_at", "string", "RFC 3339; at once when left out."),
    Option("ends_at", "string", "RFC 3339; without end when left out."),
)
_BUDGETS = (
    Option("daily_budget_micros", "integer", "The most for a day, in millionths of the account's currency."),
    Option("lifetime_budget_micros", "integer", "The most in all, likewise; an ad group then needs ends_at."),
)
_STATUS = (_PAYER, Option("status", "string", "What it is to be.", ("active", "paused", "deleted"), required=True))
_ADS = (
    Action(
        "campaign.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            Option(
                "objective",
                "string",
                "What it is for.",
                ("awareness", "traffic", "engagement", "sales", "video_views"),
                required=True,
            ),
            *_BUDGETS,
            *_TIMES,
        ),
    ),
    Action(
        "ad_group.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            *_BUDGETS,
            *_TIMES,
            Option("bid_micros", "integer", "The highest bid, in millionths; Pinterest bids when left out."),
            Option("billing_event", "string", "impressions when left out.", ("impressions", "clicks", "video_views")),
            Option("placements", "array", "One of all, search, browse; all when left out."),
            Option("targeting", "object", "countries, age_min, age_max, genders; network: Pinterest's targeting_spec."),
        ),
    ),
    Action(
        "ad.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            Option("creative_id", "string", "The Pin that it shows.", required=True),
            Option("link", "string", "Where a click leads; the Pin's own link when left out."),
        ),
    ),
    *(
        Action(verb, "ads", options=_STATUS, repeatable=True)
        for verb in ("campaign.status", "ad_group.status", "ad.status")
    ),
)

MANIFEST = Manifest(
    name="pinterest",
    title="Pinterest",
    rhythm="leisure",
    profile=MappingProxyType({"kind": "account_type"}),
    profile_url="https://www.pinterest.com/{username}/",
    folder="pinterest",
    hosts=("api.pinterest.com", "www.pinterest.com", "pinterest-media-upload.s3-accelerate.amazonaws.com"),
    api=ApiVersion("v5", None, _SPEC),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        scopes=(
            "user_accounts:read",
            "boards:read",
            "boards:write",
            "boards:read_secret",
            "boards:write_secret",
            "pins:read",
            "pins:write",
            "pins:read_secret",
            "pins:write_secret",
            "ads:read",
            "ads:write",
        ),
        pkce=False,
        grants=MappingProxyType({"post": ("pins:write",), "read_analytics": ("pins:read",)}),
        renewal=Renewal(
            "refresh",
            Source(
                "https://developers.pinterest.com/docs/getting-started/set-up-authentication-and-authorization/", _READ
            ),
        ),
    ),
    text=TextLimit(800, "chars", "", _SPEC),
    kinds=(
        KindLimit(Kind.IMAGE, 1, 1, _IMAGE),
        KindLimit(Kind.CAROUSEL, 2, 5, _IMAGE),
        KindLimit(Kind.VIDEO, 1, 2, _VIDEO, mixed=True),  # the image after the video is its cover
    ),
    timing=Timing(
        send_deadline=60.0,  # Pinterest fetches the images before it answers
        # 5 s to send, 60 s to answer, the http port's own bound (135 s). Then Pinterest may still be fetching images, and the
        # board's list shows a new Pin some seconds later. Pinterest names no bound for either.
        settle=900.0,
        # The simulator's Pins are listed at once.
        sandbox_settle=10.0,
        confirm_within=60.0,  # unused: Pinterest answers with the Pin
        prepare_within=7200.0,  # two gigabytes, then processing
        native_key=False,
        source=_SPEC,
    ),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "metrics": "offered",
            "inbox": NotOffered("API v5 reads and writes no comments and no messages", _SPEC),
            "ads": "offered",
            "webhooks": NotOffered("API v5 has webhooks for leads only: Pins are polled", _SPEC),
        }
    ),
    options=(
        Option("board_id", "string", "Id of the board to pin to (see the resource boards).", required=True),
        Option("board_section_id", "string", "Id of a section of that board (see the resource board_sections)."),
        Option("title", "string", "Up to 100 characters."),
        Option("link", "string", "Where a click leads: an address of up to 2048 characters."),
        Option("alt_text", "string", "Up to 500 characters. Left out: the first file's."),
        Option("dominant_color", "string", "Shown until the image has loaded: a colour such as #6E7874."),
        Option("cover_image_url", "string", "A video's cover. Left out: the image after the video, or a frame of it."),
        Option("cover_image_key_frame_time", "integer", "A video's cover: its frame after so many seconds."),
    ),
    usage=(
        UsageHeaders(
            "account",
            _RATES,
            limit="x-ratelimit-limit",
            remaining="x-ratelimit-remaining",
            reset="x-ratelimit-reset",
            reset_as="seconds",
        ),
    ),
    rate_limits=MappingProxyType(
        {
            "all requests, standard access": "100 per second, user and app",
            "all requests, trial access": "1,000 per day and app; Pins are shown to their creator only",
            "ads_read": "1,000 per minute, user and app",
            "ads_analytics": "300 per minute, user and app",
        }
    ),
    features=MappingProxyType(
        {
            "refresh": "offered",
            "revoke": NotOffered("POST /oauth/token/revoke takes only the tokens of Pinterest's system users", _SPEC),
            "delete": "offered",
            "comments": NotOffered(f"{_NONE}: comments are counted, and neither listed nor written", _SPEC),
            "posts": NotOffered(f"{_NONE}: reactions are counted only", _SPEC),
            "messages": NotOffered(_NONE, _SPEC),
            "mentions": NotOffered(_NONE, _SPEC),
            "reviews": NotOffered("Pinterest has no reviews", _SPEC),
            "metrics": "offered",
            "webhooks": NotOffered("API v5 has webhooks for leads only: Pins are polled", _SPEC),
            "ads": "offered",
        }
    ),
    actions=(
        Action(
            "board.create",
            "resources",
            text=TextLimit(50, "chars", "", _MEDIA, required=True),
            options=(
                Option("description", "string", "Up to 500 characters."),
                Option("privacy", "string", "PUBLIC when left out.", ("PUBLIC", "PROTECTED", "SECRET")),
            ),
        ),
        Action(
            "board.update",
            "resources",
            options=(
                Option("name", "string", "Up to 50 characters."),
                Option("description", "string", "Up to 500 characters."),
                Option("privacy", "string", "PUBLIC or SECRET.", ("PUBLIC", "SECRET")),
            ),
            repeatable=True,
            needs_on="board",
        ),
        Action("board.delete", "resources", repeatable=True, needs_on="board"),
        *_ADS,
    ),
    resources=(
        Resource("pins", "The account's Pins, newest first."),
        Resource("boards", "The account's boards: id, name, description, privacy, pin_count."),
        Resource(
            "board_sections",
            "The sections of one board: id, name.",
            (Option("board_id", "string", "The board's id.", required=True),),
        ),
    ),
    link_card=LinkCard("link", beside_media=True),
)
