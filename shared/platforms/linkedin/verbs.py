"""What callers may ask of LinkedIn by its own names: ``/v1/social/linkedin/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account(example="urn:li:organization:2414183")
_PAGES = (Column("id", "id"), Column("name", "name"), Column("username", "username"), Column("role", "role"))
_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("views", "views", "integer"),
    Column("likes", "likes", "integer"),
    Column("comments", "comments", "integer"),
    Column("shares", "shares", "integer"),
)
_POSTS = (
    Column("id", "id"),
    Column("text", "commentary"),
    Column("visibility", "visibility"),
    Column("created_at", "publishedAt|createdAt", "time"),
)
_TEXT = common.text("text", required=False, example="Good morning")

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected members and company pages"),
    common.listing(
        "pages",
        _PAGES,
        "The company pages that a connected member administers",
        resource="organizations",
        fields=(_WHO,),
    ),
    common.listing("posts", _POSTS, "The posts of a company page", fields=(_WHO,)),
    common.publish(
        "publish",
        "post_id",
        "Publish a post with a text, and one image, video or PDF if you like",
        _WHO,
        _TEXT,
        common.file("media_url", required=False),
        common.option("visibility"),
    ),
    common.publish(
        "publish-carousel",
        "post_id",
        "Publish 2 to 20 images as one post",
        _WHO,
        _TEXT,
        common.files("media_urls", "image", example=["https://example.com/img1.jpg", "https://example.com/img2.jpg"]),
    ),
    common.publish(
        "publish-article",
        "post_id",
        "Publish a link with a title and a description of your own",
        _WHO,
        _TEXT,
        common.option("url", "article_url", required=True, example="https://example.com/"),
        common.option("title", "article_title", required=True, example="What comes next"),
        common.option("description", "article_description"),
        common.file("image_url", "image", required=False),
    ),
    *common.interactions(_WHO),
    common.account_stats(_FIGURES, summary="The figures of a company page"),
    common.post_stats("post_id", path="post-stats"),
)
