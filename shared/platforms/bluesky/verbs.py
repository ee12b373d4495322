"""What callers may ask of Bluesky by its own names: ``/v1/social/bluesky/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms.verbs import Column

_WHO = common.account(example="did:plc:ewvi7nxzyoun6zhxrhs64oiz")
_POSTS = (
    Column("id", "uri"),
    Column("text", "value.text"),
    Column("reply_to", "value.reply.parent.uri"),
    Column("created_at", "value.createdAt", "time"),
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
        common.option("languages", type="strings"),
        common.option("tags", type="strings"),
    ),
    common.publish("publish-thread", "post_id", "Publish a thread", _WHO, common.TEXTS),
    *common.interactions(_WHO, in_body=True),
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
