"""Threads' media limits and the names that ``platform_data`` may carry, as data."""

from __future__ import annotations

from datetime import date

from shared.domain.content import Kind
from shared.platforms.manifest import KindLimit, MediaLimit, Option, Source

READ = date(2026, 11, 22)
DOCS = "https://developers.facebook.com/docs/threads"
OVERVIEW = Source(f"{DOCS}/overview", READ)
POSTS = Source("https://developers.facebook.com/documentation/threads/posts", READ)

_IMAGES = ("image/jpeg", "image/png")
_VIDEOS = ("video/mp4", "video/quicktime")
_MB = 1_000_000

# Widths are no limits: an image is scaled to 320 to 1440 pixels.
_IMAGE = MediaLimit(
    OVERVIEW, image_types=_IMAGES, max_image_bytes=8 * _MB, min_ratio=0.1, max_ratio=10, max_alt_text=1000
)
_VIDEO = MediaLimit(
    OVERVIEW,
    video_types=_VIDEOS,
    max_video_bytes=1000 * _MB,
    max_seconds=300,
    min_ratio=0.01,
    max_ratio=10,
    max_width=1920,
    max_alt_text=1000,
)
MIXED = MediaLimit(
    OVERVIEW,
    image_types=_IMAGES,
    video_types=_VIDEOS,
    max_image_bytes=8 * _MB,
    max_video_bytes=1000 * _MB,
    max_seconds=300,
    min_ratio=0.01,
    max_ratio=10,
    max_alt_text=1000,
)

KINDS = (
    KindLimit(Kind.TEXT, 0, 0),
    KindLimit(Kind.POLL, 0, 0),
    KindLimit(Kind.IMAGE, 1, 1, _IMAGE),
    KindLimit(Kind.VIDEO, 1, 1, _VIDEO),
    KindLimit(Kind.CAROUSEL, 2, 20, MIXED, mixed=True),
    KindLimit(Kind.REPOST, 0, 0, first_comment=False),
)

OPTIONS = (
    Option(
        "reply_control",
        "string",
        "Who may answer.",
        ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only"),
    ),
    Option("enable_reply_approvals", "boolean", "Answers show only once the account approves them."),
    Option("topic_tag", "string", "The post's topic: 1 to 50 characters, without periods and ampersands."),
    Option("link_attachment", "string", "A link shown with its preview, on a post without media."),
    Option(
        "poll_attachment",
        "object",
        "A poll on a post without media: option_a and option_b, perhaps option_c and option_d, of 1 to 25 characters.",
    ),
    Option("gif_attachment", "object", "A GIF on a post without media: gif_id as GIPHY names it, provider GIPHY."),
    Option(
        "text_attachment",
        "object",
        "A long text on a post without media: plaintext (up to 10,000 characters), link_attachment_url, "
        "text_with_styling_info.",
    ),
    Option("quote_post_id", "string", "The id of the Threads post that this one quotes."),
    Option("repost_of", "string", "The id of the Threads post to repost; a repost carries nothing else."),
    Option("location_id", "string", "The id of a place (resource «locations»)."),
    Option(
        "text_entities", "array", "Spoilers in the text: up to 10 objects with entity_type SPOILER, offset, length."
    ),
    Option("is_spoiler_media", "boolean", "Hide the media behind a spoiler."),
    Option("is_ghost_post", "boolean", "A text that is archived after 24 hours; it takes no attachment."),
    Option("allowlisted_country_codes", "array", "Show the post in these countries only (ISO 3166-1, as US)."),
)
