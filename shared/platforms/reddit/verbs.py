"""What callers may ask of Reddit by its own names: ``/v1/social/reddit/…``. Data only."""

from __future__ import annotations

from shared.platforms import _verbs as common
from shared.platforms._verbs_ads import AdVerbs, group, lifetime_budget, objectives
from shared.platforms.verbs import Column

_WHO = common.account(example="t2_5u3m")
_SUBREDDITS = (
    Column("name", "display_name"),
    Column("title", "title"),
    Column("description", "public_description"),
    Column("subscribers", "subscribers", "integer"),
)
_FLAIRS = (Column("id", "id"), Column("text", "text"), Column("editable", "text_editable", "boolean"))
_POSTS = (
    Column("id", "name"),
    Column("subreddit", "subreddit"),
    Column("title", "title"),
    Column("text", "selftext"),
    Column("url", "url"),
    Column("score", "score", "integer"),
    Column("comments", "num_comments", "integer"),
    Column("created_at", "created_utc", "time"),
)
_FIGURES = (
    Column("karma", "extra.karma|extra.total_karma", "integer"),
    Column("followers", "extra.followers", "integer"),
)
_IN = common.option("subreddit", required=True, example="test", description="The community, without r/.")
_TITLE = common.option("title", required=True, example="Good morning")
_FURTHER = (
    common.option("flair_id"),
    common.option("flair_text"),
    common.option("nsfw", type="boolean"),
    common.option("spoiler", type="boolean"),
)
_COMMENT = common.on("comment_id", "t1_c0b6xx0")
_POST = common.on("post_id", "t3_2fwo")

VERBS = (
    common.accounts("accounts", common.ACCOUNT_COLUMNS, "The connected accounts"),
    common.listing("subreddits", _SUBREDDITS, "The communities that an account has joined", fields=(_WHO,)),
    common.listing("flairs", _FLAIRS, "What a post may be flaired with in a community", fields=(_WHO, _IN)),
    common.listing("posts", _POSTS, "The posts of an account", fields=(_WHO,)),
    common.publish(
        "publish",
        "post_id",
        "Publish a text in a community",
        _WHO,
        _IN,
        _TITLE,
        common.text("text", required=False, example="What comes next?"),
        *_FURTHER,
    ),
    common.publish(
        "publish-link",
        "post_id",
        "Publish a link in a community",
        _WHO,
        _IN,
        _TITLE,
        common.option("url", required=True, example="https://example.com/"),
        *_FURTHER,
    ),
    common.publish(
        "publish-media",
        "post_id",
        "Publish an image, a gallery or a video in a community",
        _WHO,
        _IN,
        _TITLE,
        common.files("media_urls", example=["https://example.com/image.jpg"]),
        *_FURTHER,
    ),
    *common.interactions(_WHO, like=False),
    common.act("upvote", "post.like", "Vote a post up", _WHO, _POST, says="Post upvoted."),
    common.act("unvote", "post.unlike", "Take a vote back", _WHO, _POST, says="Vote removed."),
    common.act("upvote-comment", "comment.like", "Vote a comment up", _WHO, _COMMENT, says="Comment upvoted."),
    common.act("unvote-comment", "comment.unlike", "Take a vote back", _WHO, _COMMENT, says="Vote removed."),
    common.conversation_message(_WHO),
    common.conversations(_WHO),
    common.mentions(_WHO),
    common.account_stats(_FIGURES),
    common.post_stats("post_id", path="post-stats"),
    *AdVerbs(
        objectives=objectives("awareness", "traffic", "sales", "video_views"),
        campaign=(lifetime_budget(), common.option("funding_instrument_id")),
        group=(
            *group("Reddit", targeting=False),
            common.option("conversion_pixel_id", required=True, example="a2_1qbspvv"),
            common.option("placements", type="strings"),
        ),
        creative=None,
        ad=(common.option("link_url", "link"),),
    ).verbs(),
)
