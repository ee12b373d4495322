"""What Reddit offers beside posts, as data: features, actions, resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from shared.platforms.manifest import Action, Feature, NotOffered, Option, Resource, Source, TextLimit

READ: Final = date(2026, 11, 22)
API: Final = Source("https://www.reddit.com/dev/api", READ)
NOTES: Final = Source("https://github.com/Pyprohly/reddit-api-doc-notes", READ)
POLLED: Final = NotOffered("The Data API pushes nothing: comments, messages and mentions are polled", API)
ADS: Final = Source("https://ads-api.reddit.com/docs/v3/", READ)
_TEXT: Final = TextLimit(10_000, "chars", "", NOTES, required=True)
_SUBREDDIT: Final = Option("subreddit", "string", "The community's name without r/.", required=True)

_NAME: Final = TextLimit(481, "chars", "", ADS, required=True)  # 500 of Reddit's, less our mark
_PAYER: Final = Option("ad_account_id", "string", "The ad account, such as a2_1234.", required=True)
_STATUS: Final = (
    _PAYER,
    Option("status", "string", "What it is to be.", ("active", "paused", "deleted"), required=True),
)

FEATURES: Final[Mapping[str, Feature]] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments": "offered",
        "posts": "offered",
        "messages": "offered",
        "mentions": "offered",
        "reviews": NotOffered("Reddit has no reviews", API),
        "metrics": "offered",
        "webhooks": POLLED,
        "ads": "offered",
    }
)
ACTIONS: Final = (
    Action("comment.create", "inbox", text=_TEXT),
    Action("comment.reply", "inbox", text=_TEXT),
    Action("comment.like", "inbox", repeatable=True),
    Action("comment.unlike", "inbox", repeatable=True),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action(
        "comment.private_reply",
        "inbox",
        text=_TEXT,
        options=(Option("subject", "string", "The message's subject, up to 100 characters."),),
    ),
    Action("post.like", "inbox", repeatable=True),
    Action("post.unlike", "inbox", repeatable=True),
    Action("message.send", "inbox", text=_TEXT),
    Action(
        "campaign.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            Option(
                "objective",
                "string",
                "What it is for.",
                ("awareness", "traffic", "sales", "video_views"),
                required=True,
            ),
            Option(
                "funding_instrument_id", "string", "Who is billed (see funding_instruments); needed before it runs."
            ),
            Option("lifetime_budget_micros", "integer", "The most in all, in millionths of the account's currency."),
        ),
    ),
    Action(
        "ad_group.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            Option(
                "conversion_pixel_id", "string", "The account's pixel (see ad_pixels): Reddit wants one.", required=True
            ),
            Option("daily_budget_micros", "integer", "The most for a day, in millionths of the account's currency."),
            Option("lifetime_budget_micros", "integer", "The most in all, instead; it needs ends_at."),
            Option("starts_at", "string", "RFC 3339; at once when left out."),
            Option("ends_at", "string", "RFC 3339; without end when left out."),
            Option("bid_micros", "integer", "The highest bid, in millionths; Reddit bids when left out."),
            Option("billing_event", "string", "clicks when left out.", ("clicks", "impressions", "video_views")),
            Option("optimization_goal", "string", "Reddit's own word, such as PURCHASE: what a sale is."),
            Option("placements", "array", "Some of feed, comments; both when left out."),
            Option("targeting", "object", "countries, age_min, age_max, genders; network: Reddit's targeting object."),
        ),
    ),
    Action(
        "ad.create",
        "ads",
        text=_NAME,
        options=(
            _PAYER,
            Option("creative_id", "string", "The post that it shows: t3_ and what follows.", required=True),
            Option("link", "string", "Where a click leads."),
        ),
    ),
    *(
        Action(verb, "ads", options=_STATUS, repeatable=True)
        for verb in ("campaign.status", "ad_group.status", "ad.status")
    ),
)
RESOURCES: Final = (
    Resource("posts", "The account's posts, newest first."),
    Resource("subreddits", "The communities that the account has joined, and what kinds of posts they take."),
    Resource("flairs", "The flairs that a post in a community may carry: id, text, text_editable.", (_SUBREDDIT,)),
    Resource("post_requirements", "What a community demands of titles, bodies, links and galleries.", (_SUBREDDIT,)),
    Resource("funding_instruments", "Who can be billed for an ad account's campaigns.", (_PAYER,)),
    Resource("ad_pixels", "The conversion pixels of an ad account.", (_PAYER,)),
)
