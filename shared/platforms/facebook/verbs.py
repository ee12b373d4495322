"""What callers may ask of Facebook by its own names: ``/v1/social/facebook/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._graph.ads_verbs import OWN as ADS
from shared.platforms.verbs import Column

_PAGE = common.account("page_id", example="123456789")
_PAGES = (
    Column("id", "platform_account_id"),
    Column("name", "name"),
    Column("category", "metadata.category"),
    Column(
        "access_token",
        "access_token",
        scope="tokens:read",
        description="The Page's token: shown only to a key that names the scope tokens:read, and left out otherwise.",
    ),
    Column("profile_picture_url", "picture_url"),
)
_PHOTOS = (
    Column("id", "id"),
    Column("url", "link|images.0.source"),
    Column("caption", "name"),
    Column("created_time", "created_time", "time"),
)
_VIDEOS = (
    Column("id", "id"),
    Column("title", "title"),
    Column("description", "description"),
    Column("url", "permalink_url"),
    Column("created_time", "created_time", "time"),
)
_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("reach", "extra.page_total_media_view_unique", "integer"),
    Column(
        "engagement_rate",
        "extra.page_post_engagements",
        "number",
        per="extra.page_total_media_view_unique",
        description="Engagements per person reached, in percent.",
    ),
    Column("impressions", "views", "integer", description="What Facebook calls views since it took impressions away."),
)
_MESSAGE = "We're launching something new!"

VERBS = (
    common.accounts("pages", _PAGES, "The connected Pages"),
    common.listing("photos", _PHOTOS, "The photos of a Page", fields=(_PAGE,)),
    common.listing("videos", _VIDEOS, "The videos of a Page", fields=(_PAGE,)),
    common.publish(
        "publish",
        "post_id",
        "Publish a post with a text, and one photo or video if you like",
        _PAGE,
        common.text("message", required=False, example=_MESSAGE),
        common.file("media_url", required=False, example="https://example.com/image.jpg"),
        common.option("link", description="A link to be shown with its preview."),
    ),
    common.publish(
        "publish-carousel",
        "carousel_id",
        "Publish several photos as one post",
        _PAGE,
        common.text("message", required=False, example="Check out our new offers!"),
        common.files("media_urls", "image", example=["https://example.com/img1.jpg", "https://example.com/img2.jpg"]),
    ),
    common.publish(
        "publish-video",
        "video_id",
        "Publish a video with a title and a description",
        _PAGE,
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        common.option("title", example="Product Demo"),
        common.text("description", required=False, example="Watch our new product in action."),
    ),
    common.publish(
        "publish-reel",
        "video_id",
        "Publish a reel",
        _PAGE,
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        common.text("description", required=False, example="Behind the scenes!"),
        sets={"content_type": "reel"},
    ),
    common.publish(
        "publish-story",
        "story_id",
        "Publish a story of one photo or video",
        _PAGE,
        common.file("media_url", example="https://example.com/image.jpg"),
        sets={"content_type": "story"},
    ),
    *common.interactions(_PAGE),
    common.message(_PAGE, summary="Send a direct message through Messenger"),
    common.account_stats(_FIGURES, who="page_id", summary="The figures of a Page"),
    common.post_stats("post_id", who="page_id", path="post-stats"),
    *ADS.verbs(),
)
