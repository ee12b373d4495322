"""What callers may ask of Threads by its own names: ``/v1/social/threads/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account()
_POSTS = (
    Column("id", "id"),
    Column("type", "media_type"),
    Column("text", "text"),
    Column("media_url", "media_url"),
    Column("permalink", "permalink"),
    Column("timestamp", "timestamp", "time"),
)
_FIGURES = (
    Column("followers", "extra.followers|extra.followers_count", "integer"),
    Column("views", "views", "integer"),
    Column("likes", "likes", "integer"),
    Column("replies", "comments", "integer"),
    Column("shares", "shares", "integer"),
)
_TEXT = common.text("text", required=False, example="Good morning")

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected accounts"),
    common.listing("posts", _POSTS, "The posts of an account", fields=(_WHO,)),
    common.publish(
        "publish",
        "post_id",
        "Publish a post with a text, and one image or video if you like",
        _WHO,
        _TEXT,
        common.file("media_url", required=False),
        common.option("reply_control"),
        common.option("topic_tag"),
        common.option("link_attachment", description="A link to be shown with its preview."),
    ),
    common.publish(
        "publish-carousel",
        "post_id",
        "Publish 2 to 20 images and videos as one post",
        _WHO,
        _TEXT,
        common.files("media_urls", example=["https://example.com/img1.jpg", "https://example.com/img2.jpg"]),
    ),
    common.publish("publish-thread", "post_id", "Publish a thread", _WHO, common.TEXTS),
    common.publish(
        "repost",
        "post_id",
        "Repost somebody's post",
        _WHO,
        common.option("post_id", "repost_of", required=True, example="1460323737035677698"),
    ),
    *common.interactions(_WHO, like=False),
    common.act(
        "hide", "comment.hide", "Hide a reply", _WHO, common.on("comment_id", "COMMENT_ID"), says="Reply hidden."
    ),
    common.act(
        "unhide",
        "comment.unhide",
        "Show a reply again",
        _WHO,
        common.on("comment_id", "COMMENT_ID"),
        says="Reply shown.",
    ),
    common.account_stats(_FIGURES),
    common.post_stats("post_id", path="post-stats"),
)
