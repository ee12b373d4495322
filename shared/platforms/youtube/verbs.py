"""What callers may ask of YouTube by its own names: ``/v1/social/youtube/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account(example="UC_x5XG1OV2P6uZZ5FSM9Ttw")
_VIDEOS = (
    Column("id", "contentDetails.videoId"),
    Column("title", "snippet.title"),
    Column("description", "snippet.description"),
    Column("thumbnail_url", "snippet.thumbnails.high.url|snippet.thumbnails.default.url"),
    Column("created_at", "contentDetails.videoPublishedAt|snippet.publishedAt", "time"),
)
_PLAYLISTS = (
    Column("id", "id"),
    Column("title", "snippet.title"),
    Column("description", "snippet.description"),
    Column("privacy_status", "status.privacyStatus"),
    Column("videos", "contentDetails.itemCount", "integer"),
    Column("created_at", "snippet.publishedAt", "time"),
)
_ITEMS = (
    Column("id", "id"),
    Column("video_id", "contentDetails.videoId"),
    Column("title", "snippet.title"),
    Column("position", "snippet.position", "integer"),
)
_FIGURES = (
    Column("subscribers", "extra.followers|extra.subscribers", "integer"),
    Column("views", "views", "integer"),
    Column("videos", "extra.posts", "integer"),
)
_VIDEO = common.file("video_url", "video", example="https://example.com/video.mp4")
_TITLE = common.option("title", required=True, example="Product Demo")
_DESCRIPTION = common.text("description", required=False, example="Watch our new product in action.")
_FURTHER = (
    common.option("tags", type="strings"),
    common.option("category_id"),
    common.option("privacy_status", example="public"),
    common.option("made_for_kids", type="boolean"),
)

VERBS = (
    common.accounts("channels", common.ACCOUNT_COLUMNS, "The connected channels"),
    common.listing("videos", _VIDEOS, "The videos of a channel", fields=(_WHO,)),
    common.publish(
        "publish-video", "video_id", "Upload and publish a video", _WHO, _VIDEO, _TITLE, _DESCRIPTION, *_FURTHER
    ),
    common.delete_post(_WHO, "video_id", path="video", says="Video deleted successfully.", summary="Delete a video"),
    common.listing("playlists", _PLAYLISTS, "The playlists of a channel", fields=(_WHO,)),
    common.listing(
        "playlist-items",
        _ITEMS,
        "The videos of a playlist",
        resource="playlist_items",
        key="items",
        fields=(_WHO, common.option("playlist_id", required=True)),
    ),
    common.act(
        "playlists",
        "playlist.create",
        "Make a playlist",
        _WHO,
        common.text("title", example="Demos"),
        common.option("description"),
        common.option("privacy_status"),
        key="playlist_id",
    ),
    common.act(
        "playlist-items",
        "playlist_item.add",
        "Put a video into a playlist",
        _WHO,
        common.on("playlist_id", "PLAYLIST_ID"),
        common.option("video_id", required=True, example="VIDEO_ID"),
        common.option("position", type="integer"),
        key="item_id",
    ),
    common.act(
        "thumbnail",
        "thumbnail.set",
        "Set a video's thumbnail",
        _WHO,
        common.on("video_id", "VIDEO_ID"),
        common.file("image_url", "image", example="https://example.com/image.jpg"),
        says="Thumbnail set.",
    ),
    *common.interactions(_WHO, "video_id", like=False, delete=False),
    common.account_stats(_FIGURES, path="analytics", summary="The figures of a channel"),
    common.post_stats("video_id", path="video-analytics"),
)
