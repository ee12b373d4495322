"""What YouTube offers beside publishing: facets, features, actions, resources, options. Data only."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Literal

from shared.platforms.manifest import Action, Feature, MediaLimit, NotOffered, Option, Resource, Source, TextLimit

_READ = date(2026, 11, 22)


def _source(page: str) -> Source:
    return Source(f"https://developers.google.com/youtube/{page}", _READ)


_NO_ADS = NotOffered("Ads on YouTube are bought through Google Ads, which is another API", _source("v3/docs"))
_NO_MESSAGES = NotOffered("YouTube has no direct messages, neither in its API nor for its users", _source("v3/docs"))
_NO_MENTIONS = NotOffered("The API does not list where a channel was mentioned", _source("v3/docs/comments"))
_NO_REVIEWS = NotOffered("YouTube has no reviews", _source("v3/docs"))
_NO_LIKES = NotOffered("The API rates videos only: comments.* has no rating", _source("v3/docs/comments"))
_NO_PRIVATE = NotOffered("YouTube has no direct messages to answer a comment with", _source("v3/docs/comments"))

FACETS: MappingProxyType[str, NotOffered | Literal["offered"]] = MappingProxyType(
    {
        "publish": "offered",
        "metrics": "offered",
        "inbox": "offered",
        "webhooks": "offered",
        "ads": _NO_ADS,
    },
)
FEATURES: MappingProxyType[str, Feature] = MappingProxyType(
    {
        "refresh": "offered",
        "revoke": "offered",
        "delete": "offered",
        "comments.list": "offered",
        "comments.create": "offered",
        "comments.reply": "offered",
        "comments.hide": "offered",
        "comments.delete": "offered",
        "comments.like": _NO_LIKES,
        "comments.private_reply": _NO_PRIVATE,
        "posts.like": NotOffered(
            "videos.rate is there, but a like of one's own video is nothing that others see",
            _source("v3/docs/videos/rate"),
        ),
        "messages": _NO_MESSAGES,
        "mentions": _NO_MENTIONS,
        "reviews": _NO_REVIEWS,
        "metrics.post": "offered",
        "metrics.account": "offered",
        "webhooks": "offered",
        "ads": _NO_ADS,
    },
)
OPTIONS = (
    Option("title", "string", "At most 100 characters; the first line of the text when left out."),
    Option("tags", "array", "Keywords, 500 characters together."),
    Option("category_id", "string", "Id of a video category (videoCategories.list), like 22 for People & Blogs."),
    Option("privacy_status", "string", "Who may see it; public when left out.", ("public", "unlisted", "private")),
    Option("publish_at", "string", "RFC 3339: upload it private, and let YouTube itself make it public then."),
    Option("made_for_kids", "boolean", "Declares the video made for kids, which turns comments off."),
    Option("contains_synthetic_media", "boolean", "Declares realistic altered or synthetic content."),
    Option("license", "string", "The license.", ("youtube", "creativeCommon")),
    Option("embeddable", "boolean", "Whether other sites may embed it."),
    Option("default_language", "string", "BCP 47 language of title and description."),
    Option("notify_subscribers", "boolean", "Whether subscribers are told; true when left out."),
    Option("scheduled_start_time", "string", "RFC 3339: makes it a broadcast that is announced now and begins then."),
    Option("scheduled_end_time", "string", "RFC 3339, of a broadcast."),
    Option("stream_id", "string", "Id of the live stream to bind to a broadcast; one of ours when left out."),
)
_COMMENTS = _source("v3/docs/comments/insert")
_COMMENT = TextLimit(10_000, "chars", "", _COMMENTS, required=True)
_PLAYLISTS = _source("v3/docs/playlists#properties")
_VIDEO_ID = Option("video_id", "string", "Id of the video.", required=True)
_THUMBNAIL = MediaLimit(
    _source("v3/docs/thumbnails/set"), image_types=("image/jpeg", "image/png"), max_image_bytes=2 * 1024 * 1024
)
ACTIONS: tuple[Action, ...] = (
    Action("comment.create", "inbox", _COMMENT),
    Action("comment.reply", "inbox", _COMMENT),
    Action("comment.hide", "inbox", repeatable=True),
    Action("comment.unhide", "inbox", repeatable=True),
    Action("comment.delete", "inbox", repeatable=True),
    Action(
        "playlist.create",
        "resources",
        TextLimit(150, "chars", "", _PLAYLISTS, required=True),
        (
            Option("description", "string", "What the playlist is about."),
            Option(
                "privacy_status", "string", "Who may see it; public when left out.", ("public", "unlisted", "private")
            ),
        ),
    ),
    Action(
        "playlist_item.add",
        "resources",
        None,
        (_VIDEO_ID, Option("position", "integer", "Where in the playlist, from 0; at its end when left out.")),
        needs_on="playlist",
    ),
    Action("thumbnail.set", "resources", media=_THUMBNAIL, max_media=1, min_media=1, repeatable=True, needs_on="video"),
    Action(
        "caption.insert",
        "resources",
        None,
        (
            Option("language", "string", "BCP 47 language of the track.", required=True),
            Option("name", "string", "What viewers choose the track by; empty for the language's main track."),
            Option("captions", "string", "The track as SubRip or WebVTT text.", required=True),
        ),
        needs_on="video",
    ),
)
RESOURCES: tuple[Resource, ...] = (
    Resource("videos", "The channel's videos, newest first."),
    Resource("playlists", "The channel's playlists."),
    Resource(
        "playlist_items",
        "The videos of a playlist.",
        (Option("playlist_id", "string", "Id of the playlist.", required=True),),
    ),
    Resource("captions", "The caption tracks of a video.", (_VIDEO_ID,)),
    Resource("live_streams", "The channel's live streams, without their keys: those are in YouTube Studio."),
)
