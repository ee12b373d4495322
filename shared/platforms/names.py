"""Generated from the platform folders' manifests by ``make generate``: do not edit.

``NAMES``: public name to folder. ``ALIASES``: what else is accepted on input, to the public name. ``HOSTS``: the hosts that
a simulator answers for (a leading dot matches subdomains), to the public names of those who share it.
"""

from __future__ import annotations

NAMES: dict[str, str] = {
    "bluesky": "bluesky",
    "facebook": "facebook",
    "google_business": "google_business",
    "instagram": "instagram",
    "linkedin": "linkedin",
    "pinterest": "pinterest",
    "reddit": "reddit",
    "snapchat": "snapchat",
    "threads": "threads",
    "tiktok": "tiktok",
    "twitter": "x",
    "whatsapp": "whatsapp",
    "youtube": "youtube",
}

ALIASES: dict[str, str] = {
    "gbp": "google_business",
    "x": "twitter",
}

HOSTS: dict[str, tuple[str, ...]] = {
    ".host.bsky.network": ("bluesky",),
    ".tiktokapis.com": ("tiktok",),
    "accounts.google.com": ("google_business", "youtube"),
    "accounts.snapchat.com": ("snapchat",),
    "ads-api.reddit.com": ("reddit",),
    "adsapi.snapchat.com": ("snapchat",),
    "api.instagram.com": ("instagram",),
    "api.linkedin.com": ("linkedin",),
    "api.pinterest.com": ("pinterest",),
    "api.x.com": ("twitter",),
    "bsky.social": ("bluesky",),
    "business-api.tiktok.com": ("tiktok",),
    "businessapi.snapchat.com": ("snapchat",),
    "businessprofileperformance.googleapis.com": ("google_business",),
    "graph-video.facebook.com": ("facebook",),
    "graph.facebook.com": ("facebook", "whatsapp"),
    "graph.instagram.com": ("instagram",),
    "graph.threads.net": ("threads",),
    "mybusiness.googleapis.com": ("google_business",),
    "mybusinessaccountmanagement.googleapis.com": ("google_business",),
    "mybusinessbusinessinformation.googleapis.com": ("google_business",),
    "mybusinessnotifications.googleapis.com": ("google_business",),
    "oauth.reddit.com": ("reddit",),
    "oauth2.googleapis.com": ("google_business", "youtube"),
    "pds.sandbox.rostrum.test": ("bluesky",),
    "pinterest-media-upload.s3-accelerate.amazonaws.com": ("pinterest",),
    "public.api.bsky.app": ("bluesky",),
    "pubsubhubbub.appspot.com": ("youtube",),
    "reddit-uploaded-media.s3-accelerate.amazonaws.com": ("reddit",),
    "reddit-uploaded-video.s3-accelerate.amazonaws.com": ("reddit",),
    "rupload.facebook.com": ("facebook",),
    "video.bsky.app": ("bluesky",),
    "www.facebook.com": ("facebook", "whatsapp"),
    "www.googleapis.com": ("youtube",),
    "www.instagram.com": ("instagram",),
    "www.linkedin.com": ("linkedin",),
    "www.pinterest.com": ("pinterest",),
    "www.reddit.com": ("reddit",),
    "www.threads.net": ("threads",),
    "www.tiktok.com": ("tiktok",),
    "x.com": ("twitter",),
    "youtube.googleapis.com": ("youtube",),
    "youtubeanalytics.googleapis.com": ("youtube",),
}
