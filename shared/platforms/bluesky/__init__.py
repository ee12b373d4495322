"""Bluesky (AT Protocol): identity, limits and manners, as data. README.md has the quirks."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.bluesky.capabilities import ACTIONS, ADS, FEATURES, IMAGE, LEXICONS, TEXT, WEBHOOKS
from shared.platforms.manifest import (
    ApiVersion,
    Budget,
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

_CHECKED = date(2026, 11, 22)
_PUT = Source(f"{LEXICONS}/com/atproto/repo/putRecord.json", _CHECKED)
_APP = Source("https://github.com/bluesky-social/social-app/blob/main/src/lib/constants.ts", _CHECKED)
_RATES = Source("https://docs.bsky.app/docs/advanced-guides/rate-limits", _CHECKED)

MANIFEST = Manifest(
    name="bluesky",
    title="Bluesky",
    profile_url="https://bsky.app/profile/{username}",
    folder="bluesky",
    # The entryway, the PDS hosts that it assigns, the video service, the public AppView, and the sandbox's stand-in for
    # a person's own PDS. A real self-hosted PDS has a host of its own: only live accounts reach it.
    hosts=(
        "bsky.social",
        ".host.bsky.network",
        "video.bsky.app",
        "public.api.bsky.app",
        "pds.sandbox.rostrum.test",
    ),
    api=ApiVersion("xrpc (lexicon 1)", None, _PUT),
    oauth=OAuth(
        style="credentials",
        scopes=(),
        pkce=False,
        needs_app=False,
        fields=(
            Option("identifier", "string", "Handle (alice.bsky.social), DID or e-mail address of the account"),
            Option("app_password", "string", "An app password (Settings, Privacy and security, App passwords)"),
            Option("service", "string", "https URL of the account's own PDS; left out for accounts of bsky.social"),
        ),
        renewal=Renewal("refresh", Source("https://atproto.com/specs/xrpc#authentication", _CHECKED)),
    ),
    text=TEXT,
    kinds=(
        KindLimit(Kind.TEXT, 0, 0),
        KindLimit(
            Kind.IMAGE,
            1,
            4,
            IMAGE,
        ),
        KindLimit(
            Kind.VIDEO,
            1,
            1,
            # Ten minutes and alt text are the app's limits; the lexicon has the size. Once 1 minute and 50 MB, then 3 and 100.
            MediaLimit(
                _APP,
                video_types=("video/mp4",),
                max_video_bytes=300_000_000,
                max_seconds=600.0,
                max_alt_text=2000,
            ),
        ),
    ),
    timing=Timing(
        send_deadline=20.0,
        # Send window 5 s + the longest exchange 55 s + two minutes for a request that arrives late. The key is native (our
        # own record key), so a late first request and a second one are one record; but a post that was sent again, and
        # deleted, would come back with the late one (the explorer found that with 60 s).
        settle=180.0,
        sandbox_settle=10.0,
        confirm_within=60.0,
        prepare_within=3600.0,
        native_key=True,
        source=_PUT,
    ),
    facets=MappingProxyType(
        {
            "publish": "offered",
            "metrics": "offered",
            "inbox": "offered",
            "ads": ADS,
            "webhooks": WEBHOOKS,
        }
    ),
    options=(
        Option("languages", "array", "Up to 3 BCP 47 tags of the text's languages: ['en', 'pt-BR']"),
        Option("tags", "array", "Up to 8 further hashtags, without '#', beside those in the text"),
        Option("labels", "array", "Content warnings on one's own post: sexual, nudity, porn, graphic-media"),
        Option("quote", "string", "The post to quote: its https://bsky.app/profile/…/post/… link or its at:// URI"),
    ),
    thread=100,  # ours: the network names no bound
    first_comment=True,
    budgets=(
        Budget("requests", "app", 3_000, 300, _RATES, hosts=("public.api.bsky.app",)),
    ),  # by our address, not by app
    usage=(
        UsageHeaders(
            "account", _RATES, limit="ratelimit-limit", remaining="ratelimit-remaining", reset="ratelimit-reset"
        ),
    ),
    rate_limits=MappingProxyType(
        {
            "writes": "5,000 points an hour and 35,000 a day per account: create 3, update 2, delete 1",
            "sessions": "30 sign-ins in 5 minutes and 300 a day per account",
            "requests": "3,000 in 5 minutes per IP address",
            "source": f"{_RATES.url} ({_RATES.on})",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=(Resource("posts", "The account's posts, newest first, replies among them."),),
)
