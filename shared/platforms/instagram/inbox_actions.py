"""What an account does about comments: answering, hiding, showing again, deleting. Messages: ``inbox_messages``.

https://developers.facebook.com/docs/instagram-platform/comment-moderation, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.instagram import comments, errors, graph, inbox_mentions, inbox_messages, limits, wire

_WRITTEN = frozenset({"comment.create", "comment.reply"})
_HIDE = {"comment.hide": "true", "comment.unhide": "false"}
Outcome = Published | Absent | Unsure


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Check what is written; look up what an answer hangs on, where nobody kept it. Raises Refused, Invalid."""
    with errors.acting():
        return _prepared(call, act, state)


def _prepared(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    graph.GRAPH.named(act.on, "on")  # alone in a path, an id with a slash in it would name an edge of something else
    if act.verb in inbox_messages.VERBS:
        return inbox_messages.prepare(call, act, state)
    if act.verb not in _WRITTEN:
        return Ready()
    if limits.count(act.text) > limits.MAX_COMMENT:
        raise errors.refused(errors.TEXT_TOO_LONG, f"a comment has at most {limits.MAX_COMMENT} characters")
    if mention := inbox_mentions.asked(act):
        return Ready({**state, "mention": mention})
    return Ready(state if state.get("media") else _place(call, act))


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    with errors.acting():
        return _committed(call, act, state)


def _committed(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    if act.verb in inbox_messages.VERBS:
        return inbox_messages.commit(call, act, state)
    if state.get("mention"):
        return inbox_mentions.commit(call, act, state)
    if act.verb in _WRITTEN:
        edge = f"{act.on}/comments" if act.verb == "comment.create" else f"{state['top']}/replies"
        return comments.make(call, _wanted(act, state), edge)
    if act.verb in _HIDE:
        return Published(act.on, raw=graph.make_visible(call, act.on, {"hide": _HIDE[act.verb]}))
    try:
        graph.remove(call, act.on)
    except Refused as refused:
        if not errors.is_gone(refused):
            raise
    return Published(act.on)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: ``commit`` answers when it is done."""
    return Wait(state, 5)


def find(call: Call, act: Act, armed: Armed) -> Outcome:
    """What became of it, by reading."""
    if act.verb in inbox_messages.VERBS:
        return inbox_messages.find(call, act, armed)
    if armed.state.get("mention"):
        return Unsure(inbox_mentions.UNKNOWABLE)
    if act.verb in _WRITTEN:
        return comments.look(call, _wanted(act, armed.state), armed)
    return _find_hidden(call, act) if act.verb in _HIDE else _find_deleted(call, act)


def _place(call: Call, act: Act) -> dict[str, str]:
    """The post, and for an answer the top-level comment: Instagram hangs an answer to an answer there too."""
    if act.verb == "comment.create":
        return {"media": act.on, "top": ""}
    media, top = wire.kept(act, "media"), wire.kept(act, "top")
    if not media or not top:
        row = graph.read(call, act.on, fields="media,parent_id")
        media, top = str((row.get("media") or {}).get("id") or ""), str(row.get("parent_id") or act.on)
    return {"media": media, "top": top}


def _wanted(act: Act, state: Mapping[str, Any]) -> comments.Wanted:
    return comments.Wanted(str(state["media"]), act.text, str(state["top"]))


def _find_hidden(call: Call, act: Act) -> Outcome:
    hidden = graph.read(call, act.on, fields="hidden").get("hidden")
    if not isinstance(hidden, bool):
        return Unsure("Instagram does not say whether the comment is hidden")
    wished = hidden == (act.verb == "comment.hide")
    return Published(act.on) if wished else Absent(f"the comment is {'hidden' if hidden else 'shown'}")


def _find_deleted(call: Call, act: Act) -> Outcome:
    try:
        answer = graph.read(call, act.on, fields="id")
    except Refused as refused:
        if errors.is_gone(refused):
            return Published(act.on)
        raise
    return (
        Absent("the comment is still there")
        if answer.get("id")
        else Unsure("Instagram does not say whether it is there")
    )
