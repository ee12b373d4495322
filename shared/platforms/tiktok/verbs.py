"""What callers may ask of TikTok by its own names: ``/v1/social/tiktok/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._verbs_ads import AdVerbs, daily_budget, group, lifetime_budget, objectives
from shared.platforms.verbs import Column, Says

_WHO = common.account("user_id", example="7133829237812000002")
_ACCOUNTS = (
    Column("id", "platform_account_id"),
    Column("username", "username", prefix="@"),
    Column("verified", "metadata.is_verified", "boolean"),
    Column("avatar_url", "picture_url"),
    Column(
        "follower_count",
        "metadata.follower_count",
        "integer",
        description="As it was when the account was connected; GET stats has today's.",
    ),
)
_VIDEOS = (
    Column("id", "id"),
    Column("title", "title|video_description"),
    Column("video_url", "share_url|embed_link"),
    Column("cover_image_url", "cover_image_url"),
    Column("duration", "duration", "integer"),
    Column("created_at", "create_time", "time"),
)
_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("following", "extra.following", "integer"),
    Column("videos", "extra.posts", "integer"),
    Column("likes", "extra.likes", "integer"),
)
_NOBODY = Says("ACCOUNT_NOT_CONNECTED", "No TikTok account is currently linked to this user.")
_PRIVACY = common.option("privacy_level", description="Who may see it: one of the account's own levels.")
_CAPTION = common.text("caption", required=False, example="Behind the scenes")

VERBS = (
    common.accounts("accounts", _ACCOUNTS, "The connected TikTok accounts", empty=_NOBODY),
    common.listing("videos", _VIDEOS, "The public videos of an account", fields=(_WHO,)),
    common.publish(
        "publish-video",
        "video_id",
        "Upload and publish a video",
        _WHO,
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        _CAPTION,
        _PRIVACY,
        common.option("disable_comment", type="boolean"),
        common.option("disable_duet", type="boolean"),
        common.option("disable_stitch", type="boolean"),
    ),
    common.publish(
        "publish-photos",
        "post_id",
        "Publish photos as one post",
        _WHO,
        common.files("image_urls", "image", example=["https://example.com/img1.jpg"]),
        common.option("title"),
        _CAPTION,
        _PRIVACY,
    ),
    common.account_stats(_FIGURES, who="user_id"),
    common.post_stats("video_id", who="user_id", path="video-stats"),
    *AdVerbs(
        objectives=objectives("awareness", "traffic", "engagement", "leads", "app_promotion", "sales", "video_views"),
        campaign=(daily_budget(5000), lifetime_budget()),  # at least 50 of the currency
        group=(
            *group("TikTok", budget=5000),
            common.option("placements", type="strings"),
            common.option("promotion_type"),
        ),
        creative=(common.file("media_url", example="https://example.com/video.mp4"),),
        ad=(
            common.option("post_id", description="Instead of a creative: a post of the account's own."),
            common.option("body", example="Get 50% OFF today!"),
            common.option("link_url", "link", example="https://example.com/"),
            common.option("call_to_action"),
            common.option("identity_id"),
            common.option("identity_type"),
        ),
        ad_needs_creative=False,
    ).verbs(),
)
