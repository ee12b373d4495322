"""The manifest's content kinds, limits and options: data only."""

from __future__ import annotations

from datetime import date

from shared.domain.content import Kind
from shared.platforms.manifest import KindLimit, MediaLimit, Option, Source, TextLimit

READ = date(2026, 11, 22)
DOCS = "https://developers.facebook.com/docs"
REFERENCE = f"{DOCS}/graph-api/reference"
POSTS = Source(f"{DOCS}/pages-api/posts", READ)
PHOTOS = Source(f"{REFERENCE}/page/photos", READ)
VIDEO_ERRORS = Source("https://developers.facebook.com/documentation/video-api/reference/error-codes", READ)
REELS = Source(f"{DOCS}/video-api/guides/reels-publishing", READ)
STORIES = Source(f"{DOCS}/page-stories-api", READ)

IMAGES = ("image/jpeg", "image/png", "image/gif", "image/bmp", "image/tiff")
_VIDEOS = ("video/mp4", "video/quicktime")
_MB = 1_000_000

_PHOTO = MediaLimit(source=PHOTOS, image_types=IMAGES, max_image_bytes=10 * _MB)
# 2 GB: error 1363023. The length is Facebook's as its help pages have it; the API's own answer is final.
_VIDEO = MediaLimit(source=VIDEO_ERRORS, video_types=_VIDEOS, max_video_bytes=2_000 * _MB, max_seconds=4 * 3600)
# 9:16, with room for what encoders round.
_REEL = MediaLimit(
    source=REELS,
    video_types=_VIDEOS,
    max_video_bytes=2_000 * _MB,
    min_seconds=3,
    max_seconds=90,
    min_ratio=0.55,
    max_ratio=0.58,
    min_width=540,
)
_STORY = MediaLimit(
    source=STORIES,
    image_types=IMAGES,
    video_types=_VIDEOS,
    max_image_bytes=10 * _MB,
    max_video_bytes=2_000 * _MB,
    min_seconds=3,
    max_seconds=60,
)

TEXT = TextLimit(63_206, "chars", "limits:count", POSTS)
KINDS = (
    KindLimit(Kind.TEXT, 0, 0),
    KindLimit(Kind.LINK, 0, 0),
    KindLimit(Kind.IMAGE, 1, 1, _PHOTO),
    KindLimit(Kind.CAROUSEL, 2, 10, _PHOTO),
    KindLimit(Kind.VIDEO, 1, 1, _VIDEO),
    KindLimit(Kind.REEL, 1, 1, _REEL),
    KindLimit(Kind.STORY, 1, 1, _STORY, first_comment=False),
)
OPTIONS = (
    Option(
        "content_type",
        "string",
        "What to publish; by default a text, a link, a photo, several photos or a video, as there is. "
        "A reel and a story must be asked for; a story shows no text.",
        ("feed", "text", "link", "image", "carousel", "video", "reel", "story"),
    ),
    Option("media_type", "string", "The same as content_type, also in other dialects' words (photo, album, stories)."),
    Option("link", "string", "Link posts: the address that the post shows with its preview."),
    Option("title", "string", "Videos and reels: a title beside the text. Other posts show none."),
    Option("place", "string", "The id of a Page with a place, to tag the post with (not videos, not stories)."),
    Option("is_ai_generated", "boolean", "Videos and reels: show the label for AI-made content."),
)
