"""Preparing a post: containers are made and polled until Threads has processed them; one step per call.

A container is invisible, costs nothing to make twice and expires after 24 hours. Its ``status`` is IN_PROGRESS, FINISHED,
PUBLISHED, ERROR or EXPIRED; the last two say that it was never published.
https://developers.facebook.com/docs/threads/troubleshooting, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.domain.content import Kind, MediaType, Piece
from shared.platforms.contract import Call, ErrorRow, Fate, Ready, Refused, Wait
from shared.platforms.threads import errors, wire
from shared.platforms.threads.graph import GRAPH

# Meta: «wait on average 30 seconds» before publishing, and «once per minute» when that fails; texts are done at once.
DELAYS = (2, 3, 5, 10, 15, 30)
VIDEO_DELAYS = (5, 10, 15, 30, 60)
MAX_REMADE = 3
REMAKE_DELAY = 5.0
UNREADABLE_POLLS = 20

_FAILED = ErrorRow(
    Fate.REJECTED,
    "media_processing_failed",
    "Threads could not process the media, more than once.",
    "validation",
    "user",
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far preparation has come; JSON as the engine keeps it.

    ``children``: the carousel's items in order; ``finished``: how many of them are processed. ``container``: what will
    be published, made at ``made_at`` (epoch seconds). ``polls``: of the one in hand. ``remade``: how often Threads
    failed or forgot containers. ``published``: Threads says that it is live already. ``noted``: whether ``alike``, the
    ids of posts that look like this one and were there before it was sent, has been read (``settle.noted``).
    """

    children: tuple[str, ...] = ()
    finished: int = 0
    container: str = ""
    made_at: int = 0
    polls: int = 0
    remade: int = 0
    published: bool = False
    noted: bool = False
    alike: tuple[str, ...] = ()

    @staticmethod
    def of(state: Mapping[str, Any]) -> Progress:
        known = {name: state[name] for name in Progress.__dataclass_fields__ if name in state}
        lists = {name: tuple(state.get(name) or ()) for name in ("children", "alike")}
        return Progress(**known | lists)

    def state(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        values |= {"children": list(self.children), "alike": list(self.alike)}
        return {name: value for name, value in values.items() if value}


def advance(call: Call, piece: Piece, state: Mapping[str, Any]) -> Ready | Wait:
    """The next step: look at the quota and make the first container, make another, or poll one."""
    progress = Progress.of(state)
    if progress.container:
        return _poll(call, piece, progress, progress.container)
    if not progress.children:
        check_quota(call, reply=bool(wire.parent_of(piece)))
    if piece.kind is not Kind.CAROUSEL:
        return _made(call, piece, progress, wire.single(piece))
    if len(progress.children) < len(piece.media):
        return _make_child(call, piece, progress)
    if progress.finished < len(progress.children):
        return _poll(call, piece, progress, progress.children[progress.finished])
    return _made(call, piece, progress, wire.carousel(piece, progress.children))


def status_of(call: Call, container: str) -> tuple[str, str]:
    """``status`` and ``error_message`` of a container. Raises Refused, AnswerLost, NotSent."""
    answer = GRAPH.read(call, container, fields="status,error_message")
    return str(answer.get("status") or ""), str(answer.get("error_message") or "")


def check_quota(call: Call, *, reply: bool) -> None:
    """Raise Refused LIMITED when the posts (or the replies) of the last 24 hours are used up.

    Only what is needed is asked for: the replies' fields need a permission of their own.
    """
    path = f"{call.who.platform_account_id}/threads_publishing_limit"
    prefix, things = ("reply_", "replies") if reply else ("", "posts")
    usage = (GRAPH.read(call, path, fields=f"{prefix}quota_usage,{prefix}config").get("data") or [{}])[0]
    total = (usage.get(f"{prefix}config") or {}).get("quota_total")
    used = usage.get(f"{prefix}quota_usage")
    if isinstance(total, int) and isinstance(used, int) and used >= total:
        message = f"{used} of {total} {things} in the last 24 hours"
        raise errors.refused(errors.QUOTA, message, "", call.now + errors.QUOTA_RETRY)


def _make_child(call: Call, piece: Piece, progress: Progress) -> Wait:
    made = GRAPH.create(call, _threads(call), wire.carousel_item(piece.media[len(progress.children)]))
    return Wait(replace(progress, children=(*progress.children, made), polls=0).state(), 0)


def _made(call: Call, piece: Piece, progress: Progress, fields: Mapping[str, str]) -> Wait:
    made = GRAPH.create(call, _threads(call), fields)
    progress = replace(progress, container=made, made_at=int(call.now.timestamp()), polls=0)
    return Wait(progress.state(), _delay(piece, 0))


def _poll(call: Call, piece: Piece, progress: Progress, container: str) -> Ready | Wait:
    try:
        status, message = status_of(call, container)
    except Refused as refused:
        return _unreadable(piece, progress, refused)
    if status == "FINISHED":
        return _finished(progress)
    if status == "PUBLISHED":
        return Ready(replace(progress, published=True).state())
    if status in {"EXPIRED", "ERROR"}:
        return _remake(progress, errors.of_container(message) if status == "ERROR" else None, message)
    return Wait(replace(progress, polls=progress.polls + 1).state(), _delay(piece, progress.polls))


def _finished(progress: Progress) -> Ready | Wait:
    if progress.container:
        return Ready(replace(progress, polls=0).state())
    return Wait(replace(progress, finished=progress.finished + 1, polls=0).state(), 0)


def _unreadable(piece: Piece, progress: Progress, refused: Refused) -> Wait:
    """A container that Threads does not show (yet) is not replaced: nobody knows that it is unpublished."""
    if not errors.is_gone(refused) or progress.polls >= UNREADABLE_POLLS:
        raise refused
    return Wait(replace(progress, polls=progress.polls + 1).state(), _delay(piece, progress.polls))


def _remake(progress: Progress, row: ErrorRow | None, text: str) -> Wait:
    """Start afresh: ERROR and EXPIRED prove that these were not and never will be published.

    Raises Refused when the media is at fault, or when it failed too often.
    """
    if row is not None and row.fate is Fate.REJECTED:
        raise errors.refused(row, text)
    if progress.remade >= MAX_REMADE:
        raise errors.refused(_FAILED, text)
    return Wait(Progress(remade=progress.remade + 1).state(), REMAKE_DELAY)


def _delay(piece: Piece, polls: int) -> float:
    video = any(file.facts.type is MediaType.VIDEO for file in piece.media)
    delays = VIDEO_DELAYS if video else DELAYS
    return float(delays[min(polls, len(delays) - 1)])


def _threads(call: Call) -> str:
    return f"{call.who.platform_account_id}/threads"
