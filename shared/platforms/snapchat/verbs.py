"""What callers may ask of Snapchat by its own names: ``/v1/social/snapchat/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._verbs_ads import AdVerbs, daily_budget, group, lifetime_budget, objectives, times
from shared.platforms.verbs import Column

_WHO = common.account(example="c2ad2f4e-2a5c-4f3b-9d8a-0a1b2c3d4e5f")
_PROFILES = (
    Column("id", "id"),
    Column("name", "display_name"),
    Column("username", "snap_user_name"),
    Column("subscribers", "subscriber_count", "integer"),
)
_FIGURES = (
    Column("subscribers", "extra.followers|extra.subscribers", "integer"),
    Column("views", "views", "integer"),
    Column("shares", "shares", "integer"),
)
_MEDIA = common.file("media_url", example="https://example.com/image.jpg")

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected public profiles"),
    common.listing("profiles", _PROFILES, "The public profiles that a person may post to", fields=(_WHO,)),
    common.publish("publish-story", "story_id", "Publish a story", _WHO, _MEDIA, sets={"kind": "story"}),
    common.publish(
        "publish-saved-story",
        "story_id",
        "Publish a story that stays on the profile",
        _WHO,
        common.text("title", example="Behind the scenes"),
        _MEDIA,
        sets={"kind": "saved_story"},
    ),
    common.publish(
        "publish-spotlight",
        "media_id",
        "Publish a video to Spotlight",
        _WHO,
        common.text("description", required=False, example="Behind the scenes"),
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        common.option("locale"),
        sets={"kind": "spotlight"},
    ),
    common.account_stats(_FIGURES),
    common.post_stats("media_id", path="media-stats"),
    *AdVerbs(
        objectives=objectives("awareness", "engagement", "video_views", "traffic", "leads", "app_promotion", "sales"),
        campaign=(daily_budget(), lifetime_budget(), *times()),
        group=group("Snapchat", events=False),
        creative=(
            common.file("media_url", required=False, example="https://example.com/image.jpg"),
            common.option("title", "headline", example="Amazing Offer"),
            common.option("brand_name", example="Acme"),
            common.option("link_url", "link", example="https://example.com/"),
            common.option("call_to_action"),
            common.option("profile_id"),
        ),
    ).verbs(),
)
