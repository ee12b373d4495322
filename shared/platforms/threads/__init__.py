"""Threads through the Threads API (graph.threads.net v1.0): the manifest.

https://developers.facebook.com/docs/threads
"""

from __future__ import annotations

from types import MappingProxyType

from shared.platforms._graph.hooks import CALLBACKS
from shared.platforms._graph.usage import usage
from shared.platforms.manifest import ApiVersion, Hooks, LinkCard, Manifest, OAuth, Renewal, Source, Timing
from shared.platforms.threads.capabilities import ACTIONS, ADS, FEATURES, RESOURCES, TEXT
from shared.platforms.threads.kinds_data import DOCS, KINDS, OPTIONS, POSTS, READ

# settle: from arming. Engine's send window 5 s + an exchange of at most 5 + 2 × 60 + 10 s = 140 s; a threads_publish that
# was received is done within seconds for a FINISHED container, but Meta promises no bound and no listing lag. 140 + 40 =
# 180 s, as for its sister network. Even a later effect stays one post: a re-armed attempt sends the SAME creation_id.
# native_key: no. That one container yields one post is not documented; nothing here relies on it.
_TIMING = Timing(
    send_deadline=60,
    settle=180,
    sandbox_settle=10,
    confirm_within=60,
    prepare_within=1800,
    native_key=False,
    source=POSTS,
)

MANIFEST = Manifest(
    name="threads",
    title="Threads",
    profile_url="https://www.threads.com/@{username}",
    folder="threads",
    hosts=("graph.threads.net", "www.threads.net"),
    # «All API calls to graph.threads.net should use v1.0»; there has been no other version, and no end is named.
    api=ApiVersion("v1.0", None, Source(f"{DOCS}/changelog", READ)),
    oauth=OAuth(
        style="redirect",
        scopes=(
            "threads_basic",
            "threads_content_publish",
            "threads_manage_replies",
            "threads_read_replies",
            "threads_manage_insights",
            "threads_manage_mentions",
            "threads_delete",
            "threads_location_tagging",
        ),
        pkce=False,
        app_env_also=("THREADS_APP_ID", "THREADS_APP_SECRET"),
        grants=MappingProxyType({"post": ("threads_content_publish",), "read_analytics": ("threads_manage_insights",)}),
        renewal=Renewal(
            "access",
            Source("https://developers.facebook.com/docs/threads/get-started/long-lived-tokens", READ),
            youngest_hours=24,
        ),
    ),
    text=TEXT,
    kinds=KINDS,
    timing=_TIMING,
    hooks=Hooks(secrets_also=("FACEBOOK_CLIENT_SECRET", "FACEBOOK_APP_SECRET"), callbacks=CALLBACKS),
    facets=MappingProxyType(
        {"publish": "offered", "inbox": "offered", "metrics": "offered", "webhooks": "offered", "ads": ADS}
    ),
    options=OPTIONS,
    thread=25,  # ours: the network names no bound below 1,000 replies a day
    first_comment=True,
    usage=usage(Source("https://developers.facebook.com/docs/graph-api/overview/rate-limiting", READ)),
    rate_limits=MappingProxyType(
        {
            "publish": "250 API posts in a rolling 24 hours per account (a carousel counts once), and 1,000 replies: read "
            "from threads_publishing_limit before each",
            "delete": "100 in 24 hours per account",
            "locations": "500 searches in 24 hours per account",
            "calls": "4,800 times the account's impressions of the last 24 hours (at least 10) per app and account",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
    link_card=LinkCard("link_attachment"),
)
