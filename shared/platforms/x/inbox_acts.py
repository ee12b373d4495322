"""What an X account does beside posting: replies, likes, hiding, deleting, direct messages.

A comment on X is a post that answers another: it goes out and is found as posts are (``publish``). Likes and hiding are
one effect however often they are asked for. Messages carry no key: they are found in their conversation by sender, text
and time. Sources: docs.x.com/x-api/posts/likes, .../hide-replies, .../direct-messages/manage, 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from shared.domain.content import Act, Kind, MediaType, Parent, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.x import MANIFEST, errors, publish, timeline, wire
from shared.ports.http import AnswerLost, Request

_PAGES: Final = 4  # of 100 messages
_ANSWERS: Final = frozenset({"comment.create", "comment.reply"})


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Upload what an answer carries; learn whom a private reply goes to. Nothing for the others.

    Raises Refused before anything is sent where the account was connected without the permission, Invalid where ``on`` is no
    id of X's: it becomes part of an address.
    """
    (wire.conversation_id if act.verb == "message.send" else wire.post_id)(act.on)
    need(call, _SCOPES.get(act.verb, "tweet.write"))
    if act.verb in _ANSWERS:
        return publish.prepare(call, _piece(act), state)
    if act.verb == "comment.private_reply" and not state.get("to"):
        # Handles that are those of another comment would send the message to another person.
        kept = str(act.handles.get("author_id") or "") if act.handles.get("of") == act.on else ""
        return Ready({**state, "to": wire.post_id(kept, "handles.author_id") if kept else _author(call, act.on)})
    return Ready(state)


def need(call: Call, scope: str) -> None:
    """Raises Refused where the account's tokens are known to lack this scope."""
    if call.tokens.scopes and scope not in call.tokens.scopes:
        raise errors.lacks(scope)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Accepted:
    """One request. Raises Refused, AnswerLost, NotSent."""
    if act.verb in _ANSWERS:
        return publish.commit(call, _piece(act), state)
    return _COMMIT[act.verb](call, act, state)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: X answers when it is done."""
    raise TypeError("commit never answers Accepted here: X does it before it answers")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Whether it happened. Raises Refused."""
    if act.verb in _ANSWERS:
        return publish.find(call, _piece(act), armed)
    return _FIND[act.verb](call, act, armed)


# ----------------------------------------------------------------------------------------------------- answers


def _piece(act: Act) -> Piece:
    """The answer as the post that it is on X."""
    kinds = {file.facts.type for file in act.media}
    kind = Kind.VIDEO if MediaType.VIDEO in kinds else Kind.IMAGE if kinds else Kind.TEXT
    parent = Parent(act.on, act.handles)
    return Piece(kind, Role.REPLY, act.text, act.media, {}, act.key, act.created_at, root=parent, parent=parent)


def _author(call: Call, post_id: str) -> str:
    """Who wrote a post. Raises Refused, Invalid."""
    request = _wire.get(f"{wire.API}/tweets/{post_id}", {"expansions": "author_id"})
    said = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    if not said.get("data"):
        raise errors.absent(said)
    author = str(said["data"].get("author_id") or "")
    if not author:
        raise Invalid("validation.field_invalid", "on: X does not say who wrote it.", field="on")
    return author


def _delete(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    publish.delete(call, Published(act.on))
    return _done(act, {})


def _find_deleted(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    said = _wire.ask(call, wire.authorised(call, _wire.get(f"{wire.API}/tweets/{act.on}")), errors.refusal).json
    if said.get("data"):
        return Absent("X still shows it")
    gone = [error for error in said.get("errors") or () if str(error.get("type")).endswith("/resource-not-found")]
    return _done(act, said) if gone else Unsure("X neither shows it nor says that it is gone")


# ------------------------------------------------------------------------------------------------------- likes


def _like(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    return _switch(call, act, _json("POST", _likes_url(call), {"tweet_id": act.on}), "liked", wished=True)


def _unlike(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    request = Request("DELETE", f"{_likes_url(call)}/{act.on}", read_timeout=MANIFEST.timing.send_deadline)
    return _switch(call, act, request, "liked", wished=False)


def _find_like(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """The account's latest 100 likes. What is not among them may be an older like, and is asked for again: one effect."""
    url = f"{wire.API}/users/{call.who.platform_account_id}/liked_tweets"
    said = _wire.ask(call, wire.authorised(call, _wire.get(url, {"max_results": 100})), errors.refusal).json
    meta = said.get("meta") or {}
    if "result_count" not in meta or said.get("errors"):
        return Unsure("X listed the account's likes only in part")
    liked, wished = act.on in {str(post["id"]) for post in said.get("data") or ()}, act.verb.endswith(".like")
    if liked is wished and (liked or not meta.get("next_token")):
        return _done(act, {})
    return Absent(f"it is{'' if liked else ' not'} among the account's likes")


def _likes_url(call: Call) -> str:
    return f"{wire.API}/users/{call.who.platform_account_id}/likes"


# ------------------------------------------------------------------------------------------------------ hiding


def _hide(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    wished = act.verb == "comment.hide"
    request = _json("PUT", f"{wire.API}/tweets/{act.on}/hidden", {"hidden": wished})
    return _switch(call, act, request, "hidden", wished=wished)


def _find_hidden(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    return Unsure("X does not say whether a reply is hidden; asking it again is the same effect")


# ---------------------------------------------------------------------------------------------------- messages


def _send(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    request = _wire.post_json(
        f"{_conversation_url(act, state)}/messages", {"text": act.text}, read_timeout=MANIFEST.timing.send_deadline
    )
    said = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    data = said.get("data") or {}
    if not data.get("dm_event_id"):
        raise AnswerLost("a success that names no message")
    return _sent(data["dm_event_id"], data.get("dm_conversation_id"), said)


def _find_sent(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """The first message of this text from the account since its arming, that is no other's."""
    found: list[Mapping[str, Any]] = []
    for page in _dm_pages(call, act, armed):
        if page is None:
            return Unsure("X listed the conversation only in part")
        found += [event for event in page if _is_ours(call, act, event, armed)]
    if not found:
        return Absent("the conversation has no such message of the account since the attempt")
    first = min(found, key=lambda event: int(event["id"]))
    return _sent(first["id"], first.get("dm_conversation_id"), first)


def _dm_pages(call: Call, act: Act, armed: Armed) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The conversation's messages back to the arming; None, as the last one, where something may be missing."""
    token: str | None = None
    since = armed.at - timeline.CLOCK_SKEW
    for _ in range(_PAGES):
        query = {
            "max_results": 100,
            "event_types": "MessageCreate",
            "dm_event.fields": "created_at,dm_conversation_id,entities,id,text",
            "expansions": "sender_id",
            "pagination_token": token,
        }
        url = f"{_conversation_url(act, armed.state)}/dm_events"
        said = _wire.ask(call, wire.authorised(call, _wire.get(url, query)), errors.refusal).json
        events = said.get("data") or []
        yield events
        token = (said.get("meta") or {}).get("next_token")
        if "result_count" not in (said.get("meta") or {}) or said.get("errors"):
            break
        if token is None or any(_made(event) < since for event in events):
            return
    yield None


def _is_ours(call: Call, act: Act, event: Mapping[str, Any], armed: Armed) -> bool:
    return (
        str(event.get("sender_id")) == call.who.platform_account_id
        and _made(event) >= armed.at - timeline.CLOCK_SKEW
        and wire.canonical(wire.plain_text(event)) == wire.canonical(act.text)
        and not armed.taken(str(event["id"]))
    )


def _made(event: Mapping[str, Any]) -> datetime:
    return wire.instant_of(str(event["id"]))


def _conversation_url(act: Act, state: Mapping[str, Any]) -> str:
    if act.verb == "comment.private_reply":
        return f"{wire.API}/dm_conversations/with/{state['to']}"
    return f"{wire.API}/dm_conversations/{act.on}"


def _sent(event_id: Any, conversation_id: Any, raw: Mapping[str, Any]) -> Published:
    return Published(str(event_id), None, {"conversation_id": str(conversation_id or "")}, raw)


# ------------------------------------------------------------------------------------------------------ common


def _json(method: str, url: str, body: Mapping[str, Any]) -> Request:
    data = json.dumps(body, separators=(",", ":"), sort_keys=True).encode()
    deadline = MANIFEST.timing.send_deadline
    return Request(method, url, {"Content-Type": "application/json"}, data, read_timeout=deadline)


def _switch(call: Call, act: Act, request: Request, name: str, *, wished: bool) -> Published:
    """One of X's switches: its answer says how it stands now. Liking what is gone is a refusal, unliking it is done."""
    try:
        said = _wire.ask(call, wire.authorised(call, request), errors.refusal).json
    except Refused as refused:
        if wished or refused.row.code != "not_found":
            raise
        return _done(act, refused.raw)
    if (said.get("data") or {}).get(name) is not wished:
        raise AnswerLost(f"a success that does not say «{name}: {str(wished).lower()}»")
    return _done(act, said)


def _done(act: Act, raw: Mapping[str, Any]) -> Published:
    return replace(Published(act.on), raw=raw)


_SCOPES: Final = {
    "comment.like": "like.write",
    "comment.unlike": "like.write",
    "post.like": "like.write",
    "post.unlike": "like.write",
    "comment.hide": "tweet.moderate.write",
    "comment.unhide": "tweet.moderate.write",
    "message.send": "dm.write",
    "comment.private_reply": "dm.write",
}
_COMMIT: Final[Mapping[str, Callable[[Call, Act, Mapping[str, Any]], Published]]] = {
    "comment.delete": _delete,
    "comment.hide": _hide,
    "comment.unhide": _hide,
    "comment.like": _like,
    "comment.unlike": _unlike,
    "post.like": _like,
    "post.unlike": _unlike,
    "message.send": _send,
    "comment.private_reply": _send,
}
_FIND: Final[Mapping[str, Callable[[Call, Act, Armed], Published | Absent | Unsure]]] = {
    "comment.delete": _find_deleted,
    "comment.hide": _find_hidden,
    "comment.unhide": _find_hidden,
    "comment.like": _find_like,
    "comment.unlike": _find_like,
    "post.like": _find_like,
    "post.unlike": _find_like,
    "message.send": _find_sent,
    "comment.private_reply": _find_sent,
}
