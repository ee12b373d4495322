"""What an account does about replies: answering (a post with a parent), hiding, showing again, deleting its own.

An answer is prepared as a container (invisible) and sent by ``threads_publish``, so a lost one is settled as a post is; the
rest may be repeated, and is settled by looking at the reply itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.content import Act, Parent, Piece, Role
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.threads import errors, kinds, publish, settle
from shared.platforms.threads.graph import GRAPH

_WRITTEN = {"comment.create", "comment.reply"}
_HIDE = {"comment.hide": "true", "comment.unhide": "false"}


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Make and poll the container of an answer; see whose it is that is to be deleted. Raises Invalid, Refused."""
    GRAPH.named(act.on, "on")  # alone in a path, an id with a slash in it would name an edge of something else
    if act.verb in _WRITTEN:
        return publish.prepare(call, _piece(act), state)
    if act.verb == "comment.delete":
        _check_own(call, act)
    return Ready()


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request."""
    if act.verb in _WRITTEN:
        return publish.commit(call, _piece(act), state)
    if act.verb in _HIDE:
        answer = GRAPH.make_visible(call, f"{act.on}/manage_reply", {"hide": _HIDE[act.verb]})
        return Published(act.on, raw=answer)
    publish.delete(call, Published(act.on))
    return Published(act.on)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: ``commit`` answers when it is done."""
    return Wait(state, 5)


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """What became of it: by the container and the account's replies, or by the reply as it is now."""
    if act.verb in _WRITTEN:
        return settle.find(call, _piece(act), armed)
    return _find_hidden(call, act) if act.verb in _HIDE else _find_deleted(call, act)


def _find_hidden(call: Call, act: Act) -> Published | Absent | Unsure:
    status = str(GRAPH.read(call, act.on, fields="hide_status").get("hide_status") or "")
    if not status:
        return Unsure("Threads does not say whether the reply is hidden")
    wished = (status == "HIDDEN") == (act.verb == "comment.hide")
    return Published(act.on) if wished else Absent(f"the reply is {status}")


def _find_deleted(call: Call, act: Act) -> Published | Absent | Unsure:
    try:
        answer = GRAPH.read(call, act.on, fields="id")
    except Refused as refused:
        if errors.is_gone(refused):
            return Published(act.on)
        raise
    return (
        Absent("the reply is still there") if answer.get("id") else Unsure("Threads does not say whether it is there")
    )


def _check_own(call: Call, act: Act) -> None:
    """Deleting somebody else's is answered like deleting what is gone (100/33), which would count as done."""
    try:
        said = GRAPH.read(call, act.on, fields="is_reply,is_reply_owned_by_me")
    except Refused as refused:
        if errors.is_gone(refused):
            return
        raise
    if said.get("is_reply") is True and said.get("is_reply_owned_by_me") is False:
        raise errors.refused(errors.NOT_OWNED, f"{act.on} is a reply of somebody else's")


def _piece(act: Act) -> Piece:
    """An answer as a piece. Raises Invalid when text, media and arguments do not go together."""
    kind = kinds.choose(act.text, [file.facts for file in act.media], act.arguments)
    parent = Parent(act.on, act.handles)
    return Piece(kind, Role.POST, act.text, act.media, act.arguments, act.key, act.created_at, parent, parent)
