"""Acting on what people say: commenting, answering, voting, removing as a moderator, deleting one's own, writing to people.

A comment is found again among what the account said, a message in its thread or among what was sent, each by its words and
its time; a vote, a removal and a deletion by the state of what they were done to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.content import Act
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.reddit import api, errors, wire
from shared.ports.http import AnswerLost

_SKEW: Final = 5.0
_CONFIRM_EVERY: Final = 2.0
_SUBJECT: Final = "Your comment"

Finding = Published | Absent | Unsure


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Whose the comment is: a private reply to a bare id goes to them, and only one's own is deleted.

    Reddit answers the deletion of somebody else's comment as a success, and does nothing. An id that is none is refused
    here (Invalid): once it is armed, nobody could say that nothing happened.
    """
    _done_to(act)
    if act.verb == "comment.delete":
        return _deletable(call, act, state)
    if act.verb != "comment.private_reply" or act.handles.get("author") or state.get("to"):
        return Ready(state)
    author = str(_thing(call, _fullname(act)).get("author") or "")
    return Ready({**state, "to": author})


def _deletable(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    listed = api.children(api.get(call, "/api/info", {"id": _fullname(act)}))
    if listed and not _gone(listed[0]) and str(listed[0].get("author")) != call.who.username:
        raise errors.not_own(f"{act.on} is somebody else's")
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted:
    """The one request that others see. Raises Refused, AnswerLost, NotSent, Invalid."""
    if act.verb == "comment.private_reply":
        return _composed(call, act, state)
    if act.verb in _SAYING:
        return _said(call, act)
    path, fields = _CHANGES[act.verb]
    api.post(call, path, {"id": _fullname(act), **fields})
    return Published(act.on)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """A sent message is answered without its id: it is read among those that were sent."""
    found = _sent(call, act, state, float(state["sent"]))
    # Of several that look alike it is not known which: then the limit of ``confirm_within`` asks a person.
    return Published(str(found[0]["name"]), None, {}, found[0]) if len(found) == 1 else Wait(state, _CONFIRM_EVERY)


def find(call: Call, act: Act, armed: Armed) -> Finding:
    """Whether it was done. Raises Refused, AnswerLost, NotSent."""
    if act.verb in _STANDS:
        return _settled(call, act, _STANDS[act.verb])
    since = armed.at.timestamp()
    if act.verb not in _MESSAGES:
        return _among_comments(call, act, armed, since)
    found = _in_thread(call, act, since) if act.verb == "message.send" else _sent(call, act, armed.state, since)
    mine = [thing for thing in found if not armed.taken(str(thing.get("name")))]
    if mine:
        return Published(str(mine[-1]["name"]), None, {}, mine[-1])
    # Messages have been chats since 2025, and no document says that these lists still have all of them.
    return Unsure("what was sent is not among the messages that Reddit lists; in the chats it may be there")


# ------------------------------------------------------------------------------------------------------ saying

_SAYING: Final = frozenset({"comment.create", "comment.reply", "message.send"})
_MESSAGES: Final = frozenset({"comment.private_reply", "message.send"})


def _said(call: Call, act: Act) -> Published:
    target = _done_to(act)
    things = api.data(api.post(call, "/api/comment", {"thing_id": target, "text": act.text})).get("things")
    made = things[0].get("data") if isinstance(things, list) and things and isinstance(things[0], dict) else None
    name = str((made or {}).get("name") or "")
    if not name:
        raise AnswerLost("a success that names nothing")
    permalink = str((made or {}).get("permalink") or "")
    return Published(name, wire.SITE + permalink if permalink else None, {"parent": target}, dict(made or {}))


def _composed(call: Call, act: Act, state: Mapping[str, Any]) -> Accepted:
    fields = {"to": _to(act, state), "subject": _subject(act), "text": act.text}
    answer = api.post(call, "/api/compose", fields)
    if (answer.get("json") or {}).get("errors") != []:
        raise AnswerLost("a success that does not say so")
    return Accepted({**state, "sent": call.now.timestamp()}, _CONFIRM_EVERY)


def _to(act: Act, state: Mapping[str, Any]) -> str:
    to = str(act.handles.get("author") or state.get("to") or "")
    if not to or to == "[deleted]":
        raise errors.gone("the comment's author is gone")
    return to


def _subject(act: Act) -> str:
    return str(act.arguments.get("subject") or _SUBJECT)


def _reply_target(act: Act) -> str:
    """A message of the thread: the last that somebody else wrote, else its first."""
    return api.fullname(act.handles.get("reply_to") or act.on, "t4")


# ----------------------------------------------------------------------------------------------------- finding


def _among_comments(call: Call, act: Act, armed: Armed, since: float) -> Finding:
    """By parent and words; what answers the same in other words may be it, as Reddit or somebody changed it."""
    on = _fullname(act)
    listed = list(api.newest_since(call, f"/user/{call.who.username}/comments", since - _SKEW))
    there = [thing for thing in listed if thing and thing.get("parent_id") == on]
    free = [thing for thing in there if not armed.taken(str(thing.get("name")))]
    mine = [thing for thing in free if wire.is_comment(act.text, on, thing)]
    if mine:
        return Published(str(mine[-1]["name"]), None, {}, mine[-1])
    if None in listed:
        return Unsure("Reddit lists only the newest thousand, and those do not reach back to the attempt")
    if free:
        return Unsure("the account said something there since the attempt, which may be it in other words")
    return Absent("what the account wrote since the attempt does not have it")


def _sent(call: Call, act: Act, state: Mapping[str, Any], since: float) -> list[dict[str, Any]]:
    to, subject = _to(act, state).lower(), wire.canonical(_subject(act))
    return [
        thing
        for thing in api.newest_since(call, "/message/sent", since - _SKEW)
        if thing
        and str(thing.get("dest", "")).lower() == to
        and wire.canonical(str(thing.get("subject"))) == subject
        and wire.canonical(str(thing.get("body"))) == wire.canonical(act.text)
    ]


def _in_thread(call: Call, act: Act, since: float) -> list[dict[str, Any]]:
    listing = api.get(call, f"/message/messages/{api.fullname(act.on, 't4').removeprefix('t4_')}")
    found = []
    for first in api.children(listing):
        replies = first.get("replies")
        found += [first, *(api.children(replies) if isinstance(replies, dict) else ())]
    if not found:
        raise AnswerLost("a thread without its messages")
    mine = [
        thing
        for thing in found
        if thing.get("author") == call.who.username
        and float(thing.get("created_utc") or 0) >= since - _SKEW
        and wire.canonical(str(thing.get("body"))) == wire.canonical(act.text)
    ]
    return sorted(mine, key=lambda thing: float(thing.get("created_utc") or 0), reverse=True)


# ---------------------------------------------------------------------------------------------------- changing

_CHANGES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "comment.like": ("/api/vote", {"dir": 1}),
    "comment.unlike": ("/api/vote", {"dir": 0}),
    "post.like": ("/api/vote", {"dir": 1}),
    "post.unlike": ("/api/vote", {"dir": 0}),
    "comment.hide": ("/api/remove", {"spam": False}),
    "comment.unhide": ("/api/approve", {}),
    "comment.delete": ("/api/del", {}),
}


def _liked(thing: Mapping[str, Any]) -> bool:
    return thing.get("likes") is True


def _hidden(thing: Mapping[str, Any]) -> bool:
    return bool(thing.get("removed") or thing.get("banned_by"))


def _gone(thing: Mapping[str, Any]) -> bool:
    return thing.get("author") == "[deleted]" or not thing


_STANDS: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = {
    "comment.like": _liked,
    "comment.unlike": lambda thing: not _liked(thing),
    "post.like": _liked,
    "post.unlike": lambda thing: not _liked(thing),
    "comment.hide": _hidden,
    "comment.unhide": lambda thing: not _hidden(thing),
    "comment.delete": _gone,
}


def _settled(call: Call, act: Act, stands: Callable[[Mapping[str, Any]], bool]) -> Finding:
    listed = api.children(api.get(call, "/api/info", {"id": _fullname(act)}))
    if not listed and act.verb != "comment.delete":
        return Unsure(f"{act.on} is not there any more")
    done = stands(listed[0] if listed else {})
    return Published(act.on) if done else Absent("Reddit shows it as it was before")


def _thing(call: Call, fullname: str) -> dict[str, Any]:
    listed = api.children(api.get(call, "/api/info", {"id": fullname}))
    if not listed:
        raise errors.gone(f"{fullname} is not there")
    return listed[0]


def _done_to(act: Act) -> str:
    return _reply_target(act) if act.verb == "message.send" else _fullname(act)


def _fullname(act: Act) -> str:
    """What it is done to. Raises Invalid when it is no fullname of the right kind."""
    kinds = ("t3", "t1") if act.verb == "comment.create" else ("t3",) if act.verb.startswith("post.") else ("t1",)
    return api.fullname(act.on, *kinds)
