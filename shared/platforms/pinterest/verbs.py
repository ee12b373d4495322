"""What callers may ask of Pinterest by its own names: ``/v1/social/pinterest/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._verbs_ads import AdVerbs, daily_budget, group, lifetime_budget, objectives
from shared.platforms.verbs import Column

_WHO = common.account(example="549755885175")
_BOARDS = (
    Column("id", "id"),
    Column("name", "name"),
    Column("description", "description"),
    Column("privacy", "privacy"),
    Column("pins", "pin_count", "integer"),
    Column("created_at", "created_at", "time"),
)
_SECTIONS = (Column("id", "id"), Column("name", "name"))
_PINS = (
    Column("id", "id"),
    Column("board_id", "board_id"),
    Column("title", "title"),
    Column("description", "description"),
    Column("link", "link"),
    Column("image_url", "media.images.600x.url|media.images.1200x.url|media.images.400x300.url"),
    Column("created_at", "created_at", "time"),
)
_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("views", "views", "integer"),
    Column("saves", "saves", "integer"),
    Column("clicks", "extra.outbound_click|extra.OUTBOUND_CLICK", "integer"),
    Column("pins", "extra.posts|extra.pins", "integer"),
)
_BOARD = common.option("board_id", required=True, example="549755885175000001")
_WORDS = (
    common.option("title", example="Good morning"),
    common.text("description", required=False, example="What comes next"),
    common.option("link", example="https://example.com/"),
)

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected accounts"),
    common.listing("boards", _BOARDS, "The boards of an account", fields=(_WHO,)),
    common.listing(
        "board-sections",
        _SECTIONS,
        "The sections of a board",
        resource="board_sections",
        key="sections",
        fields=(_WHO, _BOARD),
    ),
    common.act(
        "boards",
        "board.create",
        "Make a board",
        _WHO,
        common.text("name", example="Plans"),
        common.option("description"),
        common.option("privacy", example="PUBLIC"),
        key="board_id",
    ),
    common.listing("pins", _PINS, "The Pins of an account", fields=(_WHO,)),
    common.publish(
        "publish-pin",
        "pin_id",
        "Publish a Pin",
        _WHO,
        _BOARD,
        common.file("image_url", "image", example="https://example.com/image.jpg"),
        *_WORDS,
        common.option("alt_text"),
        common.option("board_section_id"),
    ),
    common.publish(
        "publish-video-pin",
        "pin_id",
        "Publish a video as a Pin",
        _WHO,
        _BOARD,
        common.file("video_url", "video", example="https://example.com/video.mp4"),
        common.option("cover_image_url"),
        common.option("cover_image_key_frame_time", type="number"),
        *_WORDS,
    ),
    common.publish(
        "publish-carousel",
        "pin_id",
        "Publish 2 to 5 images as one Pin",
        _WHO,
        _BOARD,
        common.files("media_urls", "image", example=["https://example.com/img1.jpg", "https://example.com/img2.jpg"]),
        *_WORDS,
    ),
    common.delete_post(_WHO, "pin_id", path="pin", says="Pin deleted successfully.", summary="Delete a Pin"),
    common.account_stats(_FIGURES),
    common.post_stats("pin_id", path="pin-stats"),
    *AdVerbs(
        objectives=objectives("awareness", "traffic", "engagement", "sales", "video_views"),
        campaign=(daily_budget(), lifetime_budget()),
        group=(*group("Pinterest", targeting=False, goals=False), common.option("placements", type="strings")),
        creative=None,
        days=89,  # the first day is at most 90 days ago
        ad=(common.option("link_url", "link"),),
    ).verbs(),
)
