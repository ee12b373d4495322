"""What a Page does about comments, posts and messages: each one request, and settled by reading (README).

* written: comments, answers, messages, private answers; found by author, text and time
* repeatable: likes, hiding, deleting; settled by looking at the thing itself
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.facebook import comments, errors, graph, inbox_messages, limits

Outcome = Published | Absent | Unsure


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Invisible: the texts are checked, the recipient of a message is looked up. Raises Invalid, Refused."""
    _check_ids(act)
    if act.verb in _WRITTEN_COMMENTS:
        return _prepare_comment(act)
    if act.verb in inbox_messages.VERBS:
        return inbox_messages.prepare(call, act, state)
    if act.verb == "comment.hide":
        _refuse_unhidable(call, act)
    return Ready()


def _refuse_unhidable(call: Call, act: Act) -> None:
    """A Page's own comments cannot be hidden. The refusal of the act itself is a bare code 100, which proves nothing, but
    ``can_hide`` is documented: https://developers.facebook.com/docs/graph-api/reference/comment (2026-11). Raises Refused."""
    try:
        seen = graph.read(call, act.on, fields="can_hide,is_hidden")
    except Refused as refused:
        raise errors.definite(refused) from None
    if seen.get("can_hide") is False and seen.get("is_hidden") is not True:
        raise errors.refused(errors.NOT_HIDABLE, "can_hide is false")


def _check_ids(act: Act) -> None:
    """What becomes part of an address, before anything is armed."""
    graph.GRAPH.named(act.on, "on")
    for name in ("post", "top"):
        if act.handles.get(name):
            graph.GRAPH.named(str(act.handles[name]), "handles")


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one visible request. Raises Refused, AnswerLost, NotSent."""
    return _COMMITS[act.verb](call, act, state)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: ``commit`` answers when it is done."""
    return Wait(state, 5)


def find(call: Call, act: Act, armed: Armed) -> Outcome:
    """What became of it. Raises Refused, AnswerLost, NotSent."""
    return _FINDS[act.verb](call, act, armed)


# ---------------------------------------------------------------------------------------------------- comments


def _prepare_comment(act: Act) -> Ready:
    if not act.text.strip() and not act.media:
        raise Invalid("platform.facebook.no_content", "A comment needs a text.", field="text", platform="facebook")
    if limits.count(act.text) > limits.MAX_COMMENT:
        raise errors.refused(errors.TEXT_TOO_LONG, f"a comment has at most {limits.MAX_COMMENT} characters")
    return Ready()


def _comment(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    fields = {"message": act.text} | ({"attachment_url": act.media[0].url} if act.media else {})
    made = comments.make(call, act.on, fields)
    return Published(made.id, made.permalink, {**made.state, "post": _post(act)}, made.raw)


def _find_comment(call: Call, act: Act, armed: Armed) -> Outcome:
    return comments.look(call, act.on, act.text, armed.at, armed.taken, pictured=bool(act.media))


def _find_answer(call: Call, act: Act, armed: Armed) -> Outcome:
    """Answers to an answer hang below the comment at the head: there they are looked for."""
    top = str(act.handles.get("top") or "")
    if not top:
        answer = graph.read(call, act.on, fields="id,parent{id}")
        if not answer.get("id"):
            return Unsure("Facebook does not show the comment that was answered")
        top = str((answer.get("parent") or {}).get("id") or act.on)
    return comments.look(call, top, act.text, armed.at, armed.taken, pictured=bool(act.media))


def _post(act: Act) -> str:
    return str(act.handles.get("post") or act.on)


# -------------------------------------------------------------------------------------------------- repeatable


def _flag(edge: str, fields: Mapping[str, str]) -> Callable[[Call, Act, Mapping[str, Any]], Published]:
    def send(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
        return Published(act.on, raw=graph.act(call, f"{act.on}{edge}", fields))

    return send


def _remove(edge: str) -> Callable[[Call, Act, Mapping[str, Any]], Published]:
    def send(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
        try:
            graph.remove(call, f"{act.on}{edge}")
        except Refused as refused:
            if not errors.is_gone(refused):
                raise
        return Published(act.on)

    return send


def _liking(
    edge: Callable[[Call, Act, Mapping[str, Any]], Published],
) -> Callable[[Call, Act, Mapping[str, Any]], Published]:
    """Likes belong to the post, also where it goes by its video's id (a video's likes cannot be taken back)."""

    def send(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
        return replace(edge(call, replace(act, on=_liked_post(call, act)), state), id=act.on)

    return send


def _liked_post(call: Call, act: Act) -> str:
    post = str(act.handles.get("post") or "")
    return f"{graph.page_id(call)}_{post.rpartition('_')[2]}" if post else act.on


def _stands(field: str, wished: bool) -> Callable[[Call, Act, Armed], Outcome]:
    """Whether a comment's flag is as it was wished."""

    def look(call: Call, act: Act, armed: Armed) -> Outcome:
        value = graph.read(call, act.on, fields=field).get(field)
        if not isinstance(value, bool):
            return Unsure(f"Facebook does not say whether the comment has {field}")
        return Published(act.on) if value is wished else Absent(f"{field} of the comment is {value}")

    return look


def _liked(wished: bool) -> Callable[[Call, Act, Armed], Outcome]:
    def look(call: Call, act: Act, armed: Armed) -> Outcome:
        answer = graph.read(call, _liked_post(call, act), fields="likes.limit(0).summary(true)")
        value = ((answer.get("likes") or {}).get("summary") or {}).get("has_liked")
        if not isinstance(value, bool):
            return Unsure("Facebook does not say whether the Page likes the post")
        return Published(act.on) if value is wished else Absent(f"the Page likes the post: {value}")

    return look


def _is_gone(call: Call, act: Act, armed: Armed) -> Outcome:
    try:
        answer = graph.read(call, act.on, fields="id")
    except Refused as refused:
        if errors.is_gone(refused):
            return Published(act.on)
        raise
    return Absent("the comment is still there") if answer.get("id") else Unsure("Facebook does not show the comment")


_WRITTEN_COMMENTS = frozenset({"comment.create", "comment.reply"})
_COMMITS: Mapping[str, Callable[[Call, Act, Mapping[str, Any]], Published]] = {
    "comment.create": _comment,
    "comment.reply": _comment,
    "comment.like": _flag("/likes", {}),
    "comment.unlike": _remove("/likes"),
    "comment.hide": _flag("", {"is_hidden": "true"}),
    "comment.unhide": _flag("", {"is_hidden": "false"}),
    "comment.delete": _remove(""),
    "comment.private_reply": inbox_messages.commit,
    "message.send": inbox_messages.commit,
    "post.like": _liking(_flag("/likes", {})),
    "post.unlike": _liking(_remove("/likes")),
}
_FINDS: Mapping[str, Callable[[Call, Act, Armed], Outcome]] = {
    "comment.create": _find_comment,
    "comment.reply": _find_answer,
    "comment.like": _stands("user_likes", True),
    "comment.unlike": _stands("user_likes", False),
    "comment.hide": _stands("is_hidden", True),
    "comment.unhide": _stands("is_hidden", False),
    "comment.delete": _is_gone,
    "comment.private_reply": inbox_messages.find_private,
    "message.send": inbox_messages.find,
    "post.like": _liked(True),
    "post.unlike": _liked(False),
}
