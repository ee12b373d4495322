"""Comments under the channel's videos: reading, writing, answering, hiding, deleting.

Hiding is ``heldForReview``: the public sees the comment no more, YouTube still lists it, and it can be shown again. Others'
comments can be hidden, not deleted: YouTube leaves deletion to their authors.
https://developers.google.com/youtube/v3/docs/comments/setModerationStatus, read 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Comment, Page, Person
from shared.platforms.youtube import api, wire
from shared.platforms.youtube import comments as written

THREADS: Final = 8  # of one comment and at most 5 replies: no more than 48 items
REPLIES: Final = 50
HELD: Final = "heldForReview"
SHOWN: Final = "published"
_PAGES: Final = 5


# ------------------------------------------------------------------------------------------------------ reading


def comments(call: Call, post: Published, cursor: str) -> Page[Comment]:
    """Threads of a video, newest first, then what replies the threads did not show.

    The cursor is JSON: the next page of threads (``t``), threads whose replies are still to be read (``p``), and the next
    page of the first one's (``r``).
    """
    at, video_id = _cursor(cursor), post.id
    if at["p"]:
        return _more_replies(call, video_id, at)
    query = {"part": "snippet,replies", "videoId": video_id, "order": "time", "textFormat": "plainText"}
    page = api.read(call, "commentThreads", maxResults=THREADS, pageToken=at["t"] or None, **query)
    found: list[Comment] = []
    pending: list[str] = []
    for thread in api.listed(page):
        top = written.comment_of(thread)
        replies = (thread.get("replies") or {}).get("comments") or []
        counted = int((thread.get("snippet") or {}).get("totalReplyCount") or 0)
        found.append(_comment(call, video_id, top, replies=counted))
        if counted > len(replies):  # all of them are read from their own list: none is told twice
            pending.append(str(top.get("id")))
        else:
            found += [_comment(call, video_id, reply) for reply in replies]
    return Page(tuple(found), _next(page.get("nextPageToken") or "", pending, ""))


def _more_replies(call: Call, video_id: str, at: Mapping[str, Any]) -> Page[Comment]:
    parent = at["p"][0]
    query = {"part": "snippet", "parentId": parent, "textFormat": "plainText", "pageToken": at["r"] or None}
    page = api.read(call, "comments", maxResults=REPLIES, **query)
    found = tuple(_comment(call, video_id, one) for one in api.listed(page))
    token = page.get("nextPageToken") or ""
    return Page(found, _next(at["t"], at["p"] if token else at["p"][1:], token))


def _next(threads: str, pending: list[str], replies: str) -> str:
    if not threads and not pending:
        return ""
    return json.dumps({"t": threads, "p": pending, "r": replies}, separators=(",", ":"))


def _cursor(cursor: str) -> dict[str, Any]:
    start: dict[str, Any] = {"t": "", "p": [], "r": ""}
    if not cursor:
        return start
    try:
        given = json.loads(cursor)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or set(given) != set(start) or not _is_place(given):
        raise Invalid("validation.cursor_invalid", "This cursor is none of ours: begin without one.", field="cursor")
    return given


def _is_place(given: Mapping[str, Any]) -> bool:
    pending = given["p"]
    return isinstance(pending, list) and all(isinstance(one, str) for one in (given["t"], given["r"], *pending))


def _comment(call: Call, video_id: str, resource: Mapping[str, Any], *, replies: int | None = None) -> Comment:
    snippet = resource.get("snippet") or {}
    found, parent = str(resource.get("id")), str(snippet.get("parentId") or "")
    author = str((snippet.get("authorChannelId") or {}).get("value") or "")
    own = author == call.who.platform_account_id
    name = str(snippet.get("authorDisplayName") or "")
    held = snippet.get("moderationStatus", SHOWN) != SHOWN
    can = {"comment.reply", "comment.delete"} if own else {"comment.reply", "comment.hide", "comment.unhide"}
    return Comment(
        id=found,
        post_id=video_id,
        text=str(snippet.get("textOriginal", snippet.get("textDisplay", ""))),
        author=Person(author, name, name.removeprefix("@"), str(snippet.get("authorProfileImageUrl") or "")),
        at=wire.instant(snippet.get("publishedAt")) or call.now,
        parent_id=parent,
        own=own,
        hidden=held,
        likes=snippet.get("likeCount"),
        replies=replies,
        permalink=wire.comment_link(video_id, found),
        can=frozenset(can),
        handles={"video": video_id, "thread": parent or found},
        raw=dict(resource),
    )


# ------------------------------------------------------------------------------------------------------ acting


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing of this needs preparing."""
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    return _ACTS[act.verb][0](call, act)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: YouTube answers when it is done."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether it was done, by reading."""
    return _ACTS[act.verb][1](call, act, armed)


def _create(call: Call, act: Act) -> Published:
    return written.make(call, act.on, act.text)


def _find_created(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    return written.find(call, act.on, act.text, armed.at, armed.taken)


def _reply(call: Call, act: Act) -> Published:
    return written.reply(call, _thread(act), str(act.handles.get("video") or ""), act.text)


def _find_reply(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    video = str(act.handles.get("video") or "")
    return written.find_reply(call, _thread(act), video, act.text, armed.at, armed.taken)


def _thread(act: Act) -> str:
    """Replies hang on the thread's first comment; a reply's id begins with its thread's."""
    return str(act.handles.get("thread") or act.on.partition(".")[0])


def _delete(call: Call, act: Act) -> Published:
    api.remove(call, "comments", act.on)
    return _same(act)


def _find_deleted(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    shown = api.one(call, "comments", part="id", id=act.on)
    return Absent("YouTube still shows the comment") if shown else _same(act)


def _moderate(status: str) -> Callable[[Call, Act], Published]:
    def moderate(call: Call, act: Act) -> Published:
        api.act(call, "POST", "comments/setModerationStatus", id=act.on, moderationStatus=status)
        return _same(act)

    return moderate


def _find_moderated(status: str) -> Callable[[Call, Act, Armed], Published | Absent | Unsure]:
    def found(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
        video = str(act.handles.get("video") or "")
        if not video or act.on != _thread(act):
            return Absent("YouTube lists held threads only, by video; doing it again changes nothing")
        held = _is_held(call, video, act.on)
        if held is None:
            return Absent("the video has more held threads than can be read; doing it again changes nothing")
        return _same(act) if held is (status == HELD) else Absent(f"the comment is not {status}")

    return found


def _is_held(call: Call, video_id: str, comment_id: str) -> bool | None:
    """Whether the thread is among the video's held ones; None where they are too many to know."""
    token: str | None = None
    for _ in range(_PAGES):
        query = {"part": "id", "videoId": video_id, "moderationStatus": HELD, "maxResults": 100, "pageToken": token}
        page = api.read(call, "commentThreads", **query)
        if any(one.get("id") == comment_id for one in api.listed(page)):
            return True
        token = page.get("nextPageToken")
        if not token:
            return False
    return None


def _same(act: Act) -> Published:
    return Published(act.on, None, {"kind": "comment", "video": str(act.handles.get("video") or "")})


_Steps = tuple[Callable[[Call, Act], Published], Callable[[Call, Act, Armed], Published | Absent | Unsure]]
_ACTS: Final[Mapping[str, _Steps]] = {
    "comment.create": (_create, _find_created),
    "comment.reply": (_reply, _find_reply),
    "comment.delete": (_delete, _find_deleted),
    "comment.hide": (_moderate(HELD), _find_moderated(HELD)),
    "comment.unhide": (_moderate(SHOWN), _find_moderated(SHOWN)),
}
