"""What YouTube's reasons mean in our words.

https://developers.google.com/youtube/v3/docs/errors, https://developers.google.com/youtube/v3/live/docs/errors and the pages
of the methods, read 2026-11-22. Only a listed pair of status and reason is definite.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from shared.platforms._google import errors as google
from shared.platforms.contract import ErrorRow, Fate, Refused
from shared.ports.http import Response

PLATFORM: Final = "youtube"
UPLOAD_LIMIT_RETRY: Final = timedelta(hours=1)  # the channel's limit rolls over 24 hours


def _wrong(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "validation", "user")


def _denied(code: str, message: str) -> ErrorRow:
    return ErrorRow(Fate.REJECTED, code, message, "auth", "user")


_GONE = ErrorRow(Fate.REJECTED, "not_found", "YouTube does not have this any more, or it belongs to another channel.")
_CLOSED = _denied("channel_suspended", "The channel is closed or suspended: see YouTube Studio.")
_METADATA = _wrong("metadata_invalid", "YouTube refuses this video's details.")
_COMMENT = _wrong("comment_invalid", "YouTube refuses this comment.")
_FORBIDDEN = _denied("forbidden", "YouTube does not allow this to this channel.")
_NO_COMMENTS = _denied("comments_disabled", "Comments are off here, as they are on videos made for kids.")
_LIVE_METADATA = _wrong("broadcast_invalid", "YouTube refuses the broadcast's details.")
_START = _wrong("start_time_invalid", "A broadcast's start lies in the future, and its end after its start.")
_SLOW = ErrorRow(Fate.LIMITED, "rate_limit", "YouTube asks to slow down.", "rate_limit", "platform")
_PLAYLIST = _wrong("playlist_invalid", "YouTube refuses the playlist's details.")
_CAPTION = _wrong("caption_invalid", "YouTube refuses these captions.")
_THUMBNAIL = _wrong("thumbnail_invalid", "YouTube refuses this thumbnail: a JPEG or PNG of at most 2 MB.")
_DUPLICATE = _wrong("duplicate", "YouTube has this already.")

TABLE: Final[google.Table] = MappingProxyType(
    {
        # The channel.
        (401, "youtubeSignupRequired"): _denied(
            "no_channel", "This Google account has no YouTube channel: create one."
        ),
        (403, "authenticatedUserNotChannel"): _denied("no_channel", "This Google account has no YouTube channel."),
        (403, "authenticatedUserAccountClosed"): _CLOSED,
        (403, "authenticatedUserAccountSuspended"): _CLOSED,
        (403, "channelClosed"): _CLOSED,
        (403, "channelSuspended"): _CLOSED,
        (403, "channelForbidden"): _FORBIDDEN,
        (403, "ineligibleAccount"): _denied("no_channel", "The account lacks a name on YouTube: create a channel."),
        (403, "forbidden"): _FORBIDDEN,
        (404, "channelNotFound"): _GONE,
        # Uploads.
        (400, "uploadLimitExceeded"): ErrorRow(
            Fate.LIMITED,
            "upload_limit",
            "The channel has uploaded as much as it may in 24 hours.",
            "rate_limit",
            "user",
        ),
        (429, "uploadRateLimitExceeded"): _SLOW,
        (400, "invalidTitle"): _wrong("title_invalid", "A title has 1 to 100 characters, without < and >."),
        (400, "invalidDescription"): _wrong(
            "text_too_long", "YouTube refuses the description: at most 5,000 bytes, without < and >."
        ),
        (400, "invalidTags"): _wrong("tags_invalid", "Tags have at most 500 characters together, without < and >."),
        (400, "invalidCategoryId"): _wrong("category_invalid", "This category_id is none that videos can have here."),
        (400, "invalidPublishAt"): _wrong("publish_at_invalid", "publish_at wants a private video and a time to come."),
        (400, "invalidFilename"): _METADATA,
        (400, "invalidRecordingDetails"): _METADATA,
        (400, "invalidVideoGameRating"): _METADATA,
        (400, "invalidVideoMetadata"): _METADATA,
        (400, "defaultLanguageNotSet"): _METADATA,
        (400, "mediaBodyRequired"): _wrong("media_invalid", "The request had no file."),
        (403, "forbiddenEmbedSetting"): _denied("embeddable_denied", "The channel may not set embeddable."),
        (403, "forbiddenLicenseSetting"): _denied("license_denied", "The channel may not set this license."),
        (403, "forbiddenPrivacySetting"): _denied("privacy_denied", "The channel may not set this privacy."),
        (404, "videoNotFound"): _GONE,
        # Comments.
        (400, "commentTextRequired"): _wrong("text_required", "A comment needs a text."),
        (400, "commentTextTooLong"): _wrong("text_too_long", "A comment has at most 10,000 characters."),
        (400, "invalidCommentMetadata"): _COMMENT,
        (400, "invalidCommentThreadMetadata"): _COMMENT,
        (400, "invalidCustomEmoji"): _COMMENT,
        (400, "operationNotSupported"): _COMMENT,
        (400, "parentCommentIsPrivate"): _wrong("parent_private", "This comment is private: it takes no replies."),
        (400, "parentIdMissing"): _COMMENT,
        (400, "channelOrVideoIdMissing"): _COMMENT,
        # Documented as «perhaps the input»: whether the comment was made, it does not say.
        (400, "processingFailure"): ErrorRow(Fate.UNKNOWN, "processing_failure", "YouTube could not process this."),
        (403, "commentsDisabled"): _NO_COMMENTS,
        (400, "banWithoutReject"): _COMMENT,
        (404, "commentNotFound"): _GONE,
        (404, "commentThreadNotFound"): _GONE,
        (404, "parentCommentNotFound"): _GONE,
        # Live.
        (403, "liveStreamingNotEnabled"): _denied(
            "live_disabled", "Live streaming is off: turn it on in YouTube Studio."
        ),
        (403, "insufficientLivePermissions"): _denied("live_denied", "The channel may not stream live now."),
        (403, "livePermissionBlocked"): _denied("live_denied", "The channel may not stream live now."),
        (403, "liveBroadcastBindingNotAllowed"): _wrong("broadcast_state", "The broadcast takes no stream any more."),
        (403, "broadcastNotBindable"): _wrong("broadcast_state", "The broadcast takes no stream any more."),
        (400, "titleRequired"): _LIVE_METADATA,
        (400, "invalidPrivacyStatus"): _LIVE_METADATA,
        (400, "privacyStatusRequired"): _LIVE_METADATA,
        (400, "invalidScheduledStartTime"): _START,
        (400, "invalidScheduledEndTime"): _START,
        (400, "scheduledStartTimeRequired"): _START,
        (404, "liveBroadcastNotFound"): _GONE,
        (404, "liveStreamNotFound"): _GONE,
        (403, "userBroadcastsExceedLimit"): _denied(
            "broadcast_limit", "The channel has too many broadcasts announced."
        ),
        (403, "userRequestsExceedRateLimit"): _SLOW,
        # Thumbnails, captions, playlists.
        (400, "invalidImage"): _THUMBNAIL,
        (413, "mediaTooLarge"): _THUMBNAIL,
        (400, "captionInvalid"): _CAPTION,
        (400, "contentRequired"): _CAPTION,
        (400, "nameTooLong"): _CAPTION,
        (400, "invalidMetadata"): _CAPTION,
        (409, "captionExists"): _DUPLICATE,
        (404, "captionNotFound"): _GONE,
        (400, "playlistTitleRequired"): _PLAYLIST,
        (400, "invalidPlaylistSnippet"): _PLAYLIST,
        (403, "playlistForbidden"): _FORBIDDEN,
        (400, "maxPlaylistExceeded"): _wrong("playlist_limit", "The channel has as many playlists as it may."),
        (404, "playlistNotFound"): _GONE,
        (403, "playlistContainsMaximumNumberOfVideos"): _wrong("playlist_full", "The playlist is full."),
        (403, "playlistItemsNotAccessible"): _FORBIDDEN,
        (404, "playlistItemNotFound"): _GONE,
        (409, "videoAlreadyInPlaylist"): _DUPLICATE,
        (400, "manualSortRequired"): _wrong("playlist_sorted", "This playlist sorts itself: leave out position."),
        # What is wrong with the request itself.
        (400, "invalidPageToken"): _wrong("cursor_invalid", "This cursor is none of YouTube's."),
    }
)
_COMMON: Final = google.general("YouTube")
_FAILED: Final = "YouTube could not process the file ({reason}): check it, or convert it to MP4 with H.264 and AAC."
_DELETED: Final = "The video was deleted on YouTube before it was processed."
_REJECTED: Final = "YouTube has taken the video down ({reason}): see YouTube Studio."


def refusal(response: Response, now: datetime) -> Refused:
    """An answer that is no success, in our words."""
    refused = google.refused(PLATFORM, TABLE, _COMMON, response, now)
    if refused.row.code == "upload_limit":
        refused.retry_at = now + UPLOAD_LIMIT_RETRY
    return refused


def unprocessed(status: str, reason: str, raw: dict[str, Any]) -> Refused:
    """A file that YouTube took and then failed or rejected: it will never be shown."""
    message = {"rejected": _REJECTED, "deleted": _DELETED}.get(status, _FAILED).format(reason=reason or status)
    row = _wrong("video_rejected" if status == "rejected" else "processing_failed", message)
    return Refused(row, platform=PLATFORM, status=200, platform_code=f"{status}/{reason}", raw=raw)


def no_channel() -> Refused:
    """A Google account without a channel."""
    return Refused(TABLE[401, "youtubeSignupRequired"], platform=PLATFORM, status=200, platform_code="no_channel")


def gone(what: str) -> Refused:
    """YouTube's list of one has nothing in it: that is how it says that there is no such thing."""
    return Refused(_GONE, platform=PLATFORM, status=200, platform_code="empty", platform_message=f"no {what}")


def is_gone(refused: Refused) -> bool:
    """Whether YouTube says that there is no such thing."""
    return refused.row is _GONE


def scopes_missing() -> Refused:
    """The person unticked what we need on Google's consent page."""
    return Refused(_COMMON[403, "insufficientPermissions"], platform=PLATFORM, status=200, platform_code="scopes")
