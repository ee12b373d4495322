"""What callers may ask of Instagram by its own names: ``/v1/social/instagram/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._graph.ads_verbs import elsewhere
from shared.platforms.verbs import Column, Says

_WHO = common.account()
_ACCOUNTS = (
    Column("id", "platform_account_id"),
    Column("username", "username", prefix="@"),
    Column("profile_picture_url", "picture_url"),
    Column("biography", "metadata.biography", description="As it was when the account was connected."),
    Column(
        "followers_count",
        "metadata.followers_count",
        "integer",
        description="As it was when the account was connected; GET stats has today's.",
    ),
)
_MEDIA = (
    Column("id", "id"),
    Column("type", "media_type"),
    Column("media_url", "media_url"),
    Column("caption", "caption"),
    Column("permalink", "permalink"),
    Column("timestamp", "timestamp", "time"),
)
_FIGURES = (
    Column("likes", "likes", "integer"),
    Column("comments", "comments", "integer"),
    Column("shares", "shares", "integer"),
    Column("reach", "extra.reach", "integer"),
    Column("impressions", "views", "integer", description="What Instagram calls views since it took impressions away."),
    Column("saves", "saves", "integer"),
)
_ACCOUNT_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("posts", "extra.posts", "integer"),
    Column("reach", "extra.reach", "integer"),
    Column("impressions", "views", "integer"),
)
_NO_ACCOUNT = Says("ACCOUNT_NOT_FOUND", "No Instagram Business account is linked to the provided Facebook Page.")
_DENIED = Says("MEDIA_ACCESS_DENIED", "The provided token does not have permission to access media data.")
_NO_IMAGE = Says("INVALID_IMAGE", "The image URL provided is not accessible or invalid.")
_NO_REEL = Says("REEL_UPLOAD_FAILED", "Video could not be processed. Ensure format is MP4 and size < 100MB.")
_NO_MESSAGES = Says("DM_RESTRICTED", "This account does not have access to Instagram Messaging API.")
_NOT_OURS = Says("DELETE_FORBIDDEN", "You can only delete media that was created by this app.")
_OF_THE_FILE = (
    "media.broken",
    "media.unsupported_type",
    "validation.media_",
    "publishing.media.",
    ".media_invalid",
    ".media_unfetchable",
    ".media_processing_failed",
)
_CAPTION = common.text("caption", required=False, example="Introducing our new feature!")

VERBS = (
    common.accounts("accounts", _ACCOUNTS, "The connected Instagram accounts", empty=_NO_ACCOUNT),
    common.listing(
        "media", _MEDIA, "The posts and reels of an account", fields=(_WHO,), refusals={".permission_denied": _DENIED}
    ),
    common.publish(
        "publish-post",
        "media_id",
        "Publish an image",
        _WHO,
        common.file("image_url", "image", example="https://example.com/image.jpg"),
        _CAPTION,
        refusals=dict.fromkeys(_OF_THE_FILE, _NO_IMAGE),
    ),
    common.publish(
        "publish-carousel",
        "media_id",
        "Publish 2 to 10 images and videos as one post",
        _WHO,
        common.files("media_urls", example=["https://example.com/img1.jpg", "https://example.com/img2.jpg"]),
        _CAPTION,
    ),
    common.publish(
        "publish-reel",
        "media_id",
        "Publish a reel",
        _WHO,
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        common.text("caption", required=False, example="Behind the scenes!"),
        sets={"content_type": "reel"},
        refusals=dict.fromkeys(_OF_THE_FILE, _NO_REEL),
    ),
    common.publish(
        "publish-story",
        "media_id",
        "Publish a story of one image or video",
        _WHO,
        common.file("media_url", example="https://example.com/image.jpg"),
        sets={"content_type": "stories"},
    ),
    *common.interactions(_WHO, "media_id", like=False, delete=False),
    common.message(_WHO, refusals={".permission_denied": _NO_MESSAGES, "resource.not_supported": _NO_MESSAGES}),
    common.post_stats("media_id", _FIGURES),
    common.account_stats(_ACCOUNT_FIGURES, path="account-stats"),
    common.delete_post(
        _WHO,
        "media_id",
        path="media",
        says="Media deleted successfully.",
        summary="Delete a post",
        only_ours=_NOT_OURS,
    ),
    *elsewhere("facebook", "instagram").verbs(),
)
