"""WhatsApp Business (Cloud API and Business Management, Graph v26.0): messages, templates, profile, figures, webhooks."""

from __future__ import annotations

from types import MappingProxyType

from shared.platforms._graph.usage import usage
from shared.platforms.manifest import ApiVersion, Hooks, Manifest, OAuth, Renewal, Source, TextLimit, Timing
from shared.platforms.whatsapp.capabilities import (
    ACTIONS,
    CHANGELOG,
    FEATURES,
    MESSAGES,
    NO_ADS,
    NO_POSTS,
    READ,
    RESOURCES,
    SETTINGS,
)

MANIFEST = Manifest(
    name="whatsapp",
    title="WhatsApp",
    folder="whatsapp",
    hosts=("graph.facebook.com", "www.facebook.com"),
    api=ApiVersion("v26.0", None, CHANGELOG),  # since 2026-07-29, «available until: to be determined»
    oauth=OAuth(
        "redirect",
        ("whatsapp_business_management", "whatsapp_business_messaging"),
        pkce=False,
        app_env_also=("WHATSAPP_APP_ID", "WHATSAPP_APP_SECRET"),
        renewal=Renewal(
            "access",
            Source("https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived", READ),
            youngest_hours=24,
        ),
    ),
    text=TextLimit(4096, "chars", "", MESSAGES),
    kinds=(),
    timing=Timing(
        send_deadline=60.0,
        # 5 s to send, 135 s for the longest exchange, then the history of the number must show the message. Meta names no
        # bound for that; what it does not show is never taken for absent, see README.
        settle=300.0,
        sandbox_settle=10.0,
        confirm_within=60.0,  # unused: WhatsApp answers when it has taken the message
        prepare_within=900.0,  # one file of at most 16 MB
        native_key=False,
        source=MESSAGES,
    ),
    hooks=Hooks(secrets_also=("FACEBOOK_CLIENT_SECRET", "FACEBOOK_APP_SECRET"), named_by=("waba_id",)),
    facets=MappingProxyType(
        {
            "publish": NO_POSTS,
            "inbox": "offered",
            "metrics": "offered",
            "webhooks": "offered",
            "ads": NO_ADS,
        }
    ),
    deletes=False,
    usage=usage(Source("https://developers.facebook.com/docs/graph-api/overview/rate-limiting", READ)),
    rate_limits=MappingProxyType(
        {
            "POST /{number}/messages": "80 a second and number (up to 1,000 where Meta raised it); one in 6 s to one person",
            "people written to first, by templates": "250 to unlimited in 24 h, by the number's tier",
            "Business Management": "200 calls an hour and app for an account without an active number, 5,000 with one",
        }
    ),
    features=FEATURES,
    actions=ACTIONS,
    resources=RESOURCES,
    settings=SETTINGS,
)
