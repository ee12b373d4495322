"""The simulated YouTube's comments: what followers say by themselves, what is written through the API, and moderation.

A follower's comment has its video and number in its id, so that it need not be kept; what became of one is in ``yt.fate``.
https://developers.google.com/youtube/v3/docs/comments, read 2026-11-22.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._google.simulator import Asked, Denied, answer, error, known_fields, visible
from shared.platforms.contract import World
from shared.platforms.youtube import limits, wire
from shared.platforms.youtube import simulator_state as state
from shared.platforms.youtube.simulator_done import note
from shared.ports.http import Response

DOMAIN: Final = "youtube.comment"
_TEXT: Final = {"textOriginal": None}
_TOP: Final = {"snippet": _TEXT}
_THREAD: Final = {"snippet": {"videoId": None, "channelId": None, "topLevelComment": _TOP}}
_REPLY: Final = {"snippet": {"parentId": None, **_TEXT}}
_ID: Final = re.compile(r"Ug[a-z](?P<video>[A-Za-z0-9_-]{11})\d{4,12}AaABAg(\.\d{6,12})?")
_INLINE: Final = 5
KEPT: Final = 300
SHOWN: Final = "published"


def of_video(world: World, video: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All comments and replies under a video that stand, oldest first: ``id``, ``parent``, ``author``, ``text``, ``at``, ``status``."""
    written = [world.get("yt.comment", one) for one in _written(world, str(video["id"]))]
    both = [*_followers(world, video), *(one for one in written if one)]
    fated = [{**one, **(world.get("yt.fate", str(one["id"])) or {})} for one in both]
    return sorted((one for one in fated if one["status"] != "deleted"), key=lambda one: str(one["at"]))


def count(world: World, video: Mapping[str, Any]) -> int:
    """How many the public sees."""
    return sum(one["status"] == SHOWN for one in of_video(world, video))


def threads(asked: Asked) -> Response:
    """GET commentThreads: a video's, the newest first."""
    asked.allow("part", "videoId", "allThreadsRelatedToChannelId", "id", "maxResults", "moderationStatus", "order",
                "pageToken", "searchTerms", "textFormat")  # fmt: skip
    given = _parts(asked, {"id", "snippet", "replies"})
    wanted = asked.query.get("moderationStatus", SHOWN)
    shown = []
    for video in _filtered(asked):
        if wanted != SHOWN and video["channel"] != asked.user_id:
            raise Denied(error(403, "forbidden", "Only the channel's owner may moderate.", "youtube.commentThread"))
        everything = of_video(asked.world, video)
        tops = [one for one in everything if not one["parent"] and one["status"] == wanted]
        shown += [(one, _thread(asked, video, one, everything, given)) for one in tops]
    shown.sort(key=lambda pair: str(pair[0]["at"]), reverse=True)
    return _page(asked, "youtube#commentThreadListResponse", [thread for _, thread in shown])


def insert_thread(asked: Asked) -> Response:
    """POST commentThreads."""
    asked.allow("part")
    given, body = _parts(asked, {"id", "snippet", "replies"}), asked.json()
    known_fields(body, _THREAD, "comment_thread")
    snippet = body.get("snippet") or {}
    text = _text((snippet.get("topLevelComment") or {}).get("snippet") or {})
    if not snippet.get("videoId"):
        raise state.wrong(
            "channelOrVideoIdMissing", "A videoId or channelId must be specified.", "youtube.commentThread"
        )
    video = _commentable(asked, str(snippet["videoId"]))

    def appear() -> Response:
        made = write(asked.world, video, asked.user_id, text)
        note(asked.world, asked.user_id, "comment.create", str(made["id"]), str(video["id"]), text)
        return answer(_thread(asked, video, made, [made], given))

    return _visibly(asked, text, f"{video['id']}.{text}", appear)


def listed(asked: Asked) -> Response:
    """GET comments: by id, or the replies to one."""
    asked.allow("part", "id", "parentId", "maxResults", "pageToken", "textFormat")
    _parts(asked, {"id", "snippet"})
    if parent := asked.query.get("parentId"):
        video, _ = known(asked, parent, "parentCommentNotFound")
        found = [one for one in of_video(asked.world, video) if one["parent"] == parent and one["status"] == SHOWN]
        pairs = [(video, one) for one in found]
    else:
        pairs = [pair for one in asked.query.get("id", "").split(",") if (pair := lookup(asked, one))]
    shown = [_comment(asked, video, one, by_id="id" in asked.query) for video, one in pairs]
    return _page(asked, "youtube#commentListResponse", shown)


def insert(asked: Asked) -> Response:
    """POST comments: a reply."""
    asked.allow("part")
    _parts(asked, {"id", "snippet"})
    body = asked.json()
    known_fields(body, _REPLY, "comment")
    snippet = body.get("snippet") or {}
    text = _text(snippet)
    if not snippet.get("parentId"):
        raise state.wrong("parentIdMissing", "The parent comment id is missing.", DOMAIN)
    video, parent = known(asked, str(snippet["parentId"]), "parentCommentNotFound")
    _commentable(asked, str(video["id"]))

    def appear() -> Response:
        made = write(asked.world, video, asked.user_id, text, str(parent["parent"] or parent["id"]))
        note(asked.world, asked.user_id, "comment.reply", str(made["id"]), str(parent["id"]), text)
        return answer(_comment(asked, video, made))

    return _visibly(asked, text, f"{parent['id']}.{text}", appear)


def delete(asked: Asked) -> Response:
    """DELETE comments: one's own."""
    asked.allow("id")
    _, comment = known(asked, asked.query.get("id", ""))
    if comment["author"] != asked.user_id:
        raise Denied(error(403, "forbidden", "The comment cannot be deleted: it is somebody else's.", DOMAIN))
    _decide(asked.world, comment, "deleted")
    note(asked.world, asked.user_id, "comment.delete", str(comment["id"]))
    return Response(204, {}, b"")


def moderate(asked: Asked) -> Response:
    """POST comments/setModerationStatus: under one's own videos."""
    asked.allow("id", "moderationStatus", "banAuthor")
    status = asked.query.get("moderationStatus", "")
    if status not in {"heldForReview", SHOWN, "rejected"}:
        raise Denied(error(400, "operationNotSupported", "The moderation status is not supported.", DOMAIN))
    if asked.query.get("banAuthor") == "true" and status != "rejected":
        raise Denied(error(400, "banWithoutReject", "banAuthor needs moderationStatus rejected.", DOMAIN))
    found = [known(asked, one) for one in asked.query.get("id", "").split(",")]
    if any(video["channel"] != asked.user_id for video, _ in found):
        raise Denied(error(403, "forbidden", "Only the channel's owner may moderate.", DOMAIN))
    for _, comment in found:
        _decide(asked.world, comment, status)
        verb = "comment.unhide" if status == SHOWN else "comment.hide"
        if status != comment["status"]:
            note(asked.world, asked.user_id, verb, str(comment["id"]))
    return Response(204, {}, b"")


def lookup(asked: Asked, comment_id: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A comment that stands, with its video."""
    named = _ID.fullmatch(comment_id)
    video = state.video_of(asked.world, named.group("video"), asked.user_id) if named else None
    for one in of_video(asked.world, video) if video else ():
        if one["id"] == comment_id and video:
            return video, one
    return None


def known(asked: Asked, comment_id: str, reason: str = "commentNotFound") -> tuple[dict[str, Any], dict[str, Any]]:
    """As :func:`lookup`; raises Denied."""
    found = lookup(asked, comment_id)
    if not found:
        raise state.missing(reason, "The specified comment cannot be found.", DOMAIN)
    return found


def write(world: World, video: Mapping[str, Any], author: str, text: str, parent: str = "") -> dict[str, Any]:
    """A comment that somebody writes now."""
    number = world.serial("yt.comment")
    made = {
        "id": f"{parent}.{number:06d}" if parent else f"Ugw{video['id']}{number:08d}AaABAg",
        "parent": parent,
        "author": author,
        "text": text,
        "at": world.now.isoformat(),
        "status": SHOWN,
    }
    world.put("yt.comment", str(made["id"]), made)
    ids = [*_written(world, str(video["id"])), made["id"]]
    for gone in ids[:-KEPT]:
        world.delete("yt.comment", gone)
        world.delete("yt.fate", gone)
    world.put("yt.said", str(video["id"]), {"ids": ids[-KEPT:]})
    return made


def _written(world: World, video_id: str) -> Sequence[str]:
    ids: Sequence[str] = (world.get("yt.said", video_id) or {"ids": []})["ids"]
    return ids


def _followers(world: World, video: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What followers said so far; nobody comments on what few can see, or where it is off."""
    if not state.is_shown(world, video) or video.get("live") or video["status"].get("selfDeclaredMadeForKids"):
        return []
    said = _alive.comments(f"yt/{video['id']}", state.went_public(world, video), world.now)
    return [_of_follower(video, said, remark) for remark in said]


def _of_follower(video: Mapping[str, Any], said: Sequence[_alive.Remark], remark: _alive.Remark) -> dict[str, Any]:
    root = remark
    while root.parent is not None:  # YouTube knows one level of replies
        root = said[root.parent]
    top = f"Ugz{video['id']}{root.number:04d}AaABAg"
    return {
        "id": top if root is remark else f"{top}.{900_000 + remark.number:06d}",
        "parent": "" if root is remark else top,
        "author": "UC" + state.token(f"person/{remark.who.id}", 22),
        "name": "@" + remark.who.username,
        "text": remark.text,
        "at": remark.at.isoformat(),
        "status": SHOWN,
    }


def _decide(world: World, comment: Mapping[str, Any], status: str) -> None:
    world.put("yt.fate", str(comment["id"]), {"status": status})


def _text(snippet: Mapping[str, Any]) -> str:
    text = snippet.get("textOriginal")
    if not isinstance(text, str) or not text.strip():
        raise state.wrong("commentTextRequired", "The comment text is required.", DOMAIN)
    if len(text) > limits.COMMENT_CHARS:
        raise state.wrong("commentTextTooLong", "The comment text is too long.", DOMAIN)
    return text


def _commentable(asked: Asked, video_id: str) -> dict[str, Any]:
    video = state.video_of(asked.world, video_id, asked.user_id)
    if not video:
        raise state.missing("videoNotFound", "The video identified by the videoId parameter could not be found.")
    if video["status"].get("selfDeclaredMadeForKids"):
        message = 'The video identified by the <code><a href="/youtube/v3/docs/commentThreads/list#videoId">videoId</a></code> parameter has disabled comments.'
        raise Denied(error(403, "commentsDisabled", message, "youtube.commentThread"))
    return video


def _visibly(asked: Asked, text: str, key: str, appear: Any) -> Response:
    return visible(
        asked,
        text,
        f"{asked.user_id}.{key}",
        appear,
        rejected=lambda: error(400, "invalidCommentMetadata", "The request metadata is invalid.", DOMAIN),
        limited=state.limited,
        broken=state.broken,
    )


def _parts(asked: Asked, known_parts: set[str]) -> list[str]:
    given = [part for part in asked.query.get("part", "").split(",") if part]
    if not given:
        raise Denied(error(400, "missingRequiredParameter", "Required parameter: part"))
    if not set(given) <= known_parts:
        raise Denied(error(400, "unknownPart", next(part for part in given if part not in known_parts), "youtube.part"))
    return given


def _filtered(asked: Asked) -> list[dict[str, Any]]:
    if channel := asked.query.get("allThreadsRelatedToChannelId"):
        return [
            one for one in state.videos(asked.world, channel) if state.video_of(asked.world, one["id"], asked.user_id)
        ]
    return [_commentable(asked, asked.query.get("videoId", ""))]


def _thread(
    asked: Asked, video: Mapping[str, Any], top: Mapping[str, Any], everything: list[dict[str, Any]], given: list[str]
) -> dict[str, Any]:
    replies = [one for one in everything if one["parent"] == top["id"] and one["status"] == SHOWN]
    snippet = {
        "channelId": video["channel"],
        "videoId": video["id"],
        "topLevelComment": _comment(asked, video, top),
        "canReply": True,
        "totalReplyCount": len(replies),
        "isPublic": top["status"] == SHOWN,
    }
    made: dict[str, Any] = {"kind": "youtube#commentThread", "etag": "e", "id": top["id"]}
    if "snippet" in given:
        made["snippet"] = snippet
    if "replies" in given and replies:
        made["replies"] = {"comments": [_comment(asked, video, one) for one in replies[-_INLINE:]]}
    return made


def _comment(
    asked: Asked, video: Mapping[str, Any], comment: Mapping[str, Any], *, by_id: bool = False
) -> dict[str, Any]:
    own = comment["author"] == asked.user_id
    plain = asked.query.get("textFormat") == "plainText"
    name = comment.get("name") or "@" + str((asked.world.get("yt.person", comment["author"]) or {}).get("handle", "i"))
    when = wire.rfc3339(datetime.fromisoformat(comment["at"]))
    snippet = {
        "channelId": video["channel"],
        "videoId": video["id"],
        "textDisplay": comment["text"] if plain else html.escape(comment["text"]).replace("\n", "<br>"),
        "authorDisplayName": name,
        "authorProfileImageUrl": f"https://yt3.ggpht.com/{comment['author']}=s48",
        "authorChannelUrl": f"http://www.youtube.com/{name}",
        "authorChannelId": {"value": comment["author"]},
        "canRate": True,
        "viewerRating": "none",
        "likeCount": _alive.luck(f"{comment['id']}/likes", 12),
        "publishedAt": when,
        "updatedAt": when,
    }
    if own:  # the words as they were written are for their author
        snippet["textOriginal"] = comment["text"]
    if comment["parent"]:
        snippet["parentId"] = comment["parent"]
    if video["channel"] == asked.user_id and not by_id and "moderationStatus" in asked.query:
        snippet["moderationStatus"] = comment["status"]
    return {"kind": "youtube#comment", "etag": "e", "id": comment["id"], "snippet": snippet}


def _page(asked: Asked, kind: str, items: list[dict[str, Any]]) -> Response:
    most = int(asked.query.get("maxResults", "20"))
    token = asked.query.get("pageToken", "0")
    if not 1 <= most <= 100 or not token.isdecimal():
        raise Denied(error(400, "invalidPageToken", "The specified page token is not supported.", "youtube.parameter"))
    start = int(token)
    shown = items[start : start + most]
    more = {"nextPageToken": str(start + most)} if start + most < len(items) else {}
    page = {"totalResults": len(items), "resultsPerPage": most}
    return answer({"kind": kind, "etag": "e", **more, "pageInfo": page, "items": shown})
