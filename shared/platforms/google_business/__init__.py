"""Google Business Profile: local posts, events and offers of a location, its reviews and its figures."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType

from shared.domain.content import Kind
from shared.platforms.google_business.capabilities import ACTIONS, FACETS, FEATURES, OPTIONS
from shared.platforms.manifest import (
    ApiVersion,
    Budget,
    Hooks,
    KindLimit,
    Manifest,
    MediaLimit,
    OAuth,
    Renewal,
    Source,
    TextLimit,
    Timing,
)

_READ = date(2026, 11, 22)
_POSTS = Source("https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts", _READ)
_LIMITS = Source("https://developers.google.com/my-business/content/limits", _READ)
_GUIDE = Source("https://developers.google.com/my-business/content/posts-data", _READ)
_HELP = Source("https://support.google.com/business/answer/7662907", _READ)


def _discovery(host: str) -> Source:
    return Source(f"https://{host}.googleapis.com/$discovery/rest?version=v1", _READ)


_PHOTO = MediaLimit(
    _HELP,
    image_types=("image/jpeg", "image/png"),
    max_image_bytes=5 * 1024 * 1024,
    min_width=250,
)

MANIFEST = Manifest(
    name="google_business",
    aliases=("gbp",),
    title="Google Business Profile",
    rhythm="work",
    profile=MappingProxyType({"link": "maps_url"}),
    folder="google_business",
    hosts=(
        "accounts.google.com",
        "oauth2.googleapis.com",
        "mybusiness.googleapis.com",
        "mybusinessaccountmanagement.googleapis.com",
        "mybusinessbusinessinformation.googleapis.com",
        "businessprofileperformance.googleapis.com",
        "mybusinessnotifications.googleapis.com",
    ),
    api=ApiVersion("v4.9", None, _POSTS),
    apis=(
        ApiVersion("Account Management v1", None, _discovery("mybusinessaccountmanagement")),
        ApiVersion("Business Information v1", None, _discovery("mybusinessbusinessinformation")),
        ApiVersion("Performance v1", None, _discovery("businessprofileperformance")),
        ApiVersion("Notifications v1", None, _discovery("mybusinessnotifications")),
    ),
    oauth=OAuth(
        "redirect",
        judges_app=True,
        scopes=("https://www.googleapis.com/auth/business.manage",),
        pkce=True,
        grants=MappingProxyType(
            {
                "post": ("https://www.googleapis.com/auth/business.manage",),
                "read_analytics": ("https://www.googleapis.com/auth/business.manage",),
            }
        ),
        renewal=Renewal(
            "nothing",
            Source("https://developers.google.com/identity/protocols/oauth2#expiration", _READ),
            idle_days=180,
        ),
    ),
    text=TextLimit(1500, "chars", "", _HELP),
    kinds=(
        KindLimit(Kind.TEXT, 0, 0),
        KindLimit(Kind.IMAGE, 1, 1, _PHOTO),
        KindLimit(Kind.EVENT, 0, 1, _PHOTO),
        KindLimit(Kind.OFFER, 0, 1, _PHOTO),
    ),
    timing=Timing(
        send_deadline=60.0,
        # 5 s to send, then at most 5 + 2 x 60 + 10 s until the http port gives up: 140 s; and as much again for the list
        # of posts to show it. Google names no bound; it lists a post as soon as it is PROCESSING.
        settle=300.0,
        # The simulator's posts are listed at once: only the engine's send window and a slow answer (3 s) remain.
        sandbox_settle=10.0,
        confirm_within=24 * 3600.0,  # how long Google may look at a post before it is LIVE or REJECTED
        prepare_within=600.0,
        native_key=False,
        source=_GUIDE,
    ),
    hooks=Hooks(own_secret=True, keys_url="https://www.googleapis.com/oauth2/v3/certs"),
    facets=FACETS,
    features=FEATURES,
    actions=ACTIONS,
    options=OPTIONS,
    budgets=(Budget("requests", "app", 300, 60, _LIMITS),),
    rate_limits=MappingProxyType(
        {
            "each API": "300 requests a minute and project, once Google has approved the project; none before",
            "edits of one profile": "10 a minute",
        },
    ),
)
