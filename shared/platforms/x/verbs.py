"""What callers may ask of X by its own names: ``/v1/social/x/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account(example="2244994945")
_POSTS = (
    Column("id", "id"),
    Column("text", "note_post.text|note_tweet.text|text"),
    Column("likes", "public_metrics.like_count", "integer"),
    Column("created_at", "created_at", "time"),
)
_FIGURES = (
    Column("followers", "extra.followers", "integer"),
    Column("following", "extra.following", "integer"),
    Column("posts", "extra.posts", "integer"),
)

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected accounts"),
    common.listing("posts", _POSTS, "The posts of an account", fields=(_WHO,)),
    common.publish(
        "publish",
        "post_id",
        "Publish a post with a text, and up to 4 images or one video if you like",
        _WHO,
        common.text("text", required=False, example="Good morning"),
        common.files("media_urls", required=False),
        common.option("quote_post_id", "quote_tweet_id"),
        common.option("reply_settings"),
    ),
    common.publish("publish-thread", "post_id", "Publish a thread", _WHO, common.TEXTS),
    common.publish(
        "repost",
        "post_id",
        "Repost somebody's post",
        _WHO,
        common.option("post_id", "repost_of", required=True, example="1460323737035677698"),
    ),
    *common.interactions(_WHO),
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
    common.conversation_message(_WHO),
    common.conversations(_WHO),
    common.mentions(_WHO),
    common.account_stats(_FIGURES),
    common.post_stats("post_id", path="post-stats"),
)
