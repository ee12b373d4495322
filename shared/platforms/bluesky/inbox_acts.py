"""What a Bluesky account does beside posting: replies, likes, hiding, deleting, messages.

All but messages are records in the account's own repository, written by ``putRecord`` under keys that are ours before the
first attempt, so that writing twice is one effect and ``getRecord`` settles it. A like's key follows from what is liked: an
account has one like of ours per post. Messages have no key (chat.bsky.convo.sendMessage takes none): they are found in
their conversation by sender, text and time.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from shared.domain.content import Act, Kind, Parent, Piece, Role
from shared.domain.errors import Invalid
from shared.platforms import _wire
from shared.platforms.bluesky import MANIFEST, errors, facets, publish, tid, wire
from shared.platforms.contract import Absent, Accepted, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.ports.http import AnswerLost, Request

CHAT = "did:web:api.bsky.chat#bsky_chat"
LIKES = "app.bsky.feed.like"
GATES = "app.bsky.feed.threadgate"
_MOST_HIDDEN = 300  # the threadgate's lexicon
_SKEW = timedelta(seconds=5)  # between our clock and the chat service's
_PAGES = 4  # of 100 messages

State = Mapping[str, Any]
Found = Published | Absent | Unsure


def prepare(call: Call, act: Act, state: State) -> Ready | Wait:
    """Read what the write needs: the thread of an answer, the version of what is liked, the hidden replies so far."""
    return _PREPARE.get(act.verb, _nothing)(call, act, state)


def commit(call: Call, act: Act, state: State) -> Published | Accepted:
    """One request. Raises Refused, AnswerLost, NotSent."""
    return _COMMIT[act.verb](call, act, state)


def confirm(call: Call, act: Act, state: State) -> Published | Wait:
    """Never needed: what the PDS answers is done."""
    raise TypeError("commit never answers Accepted here: the record is written when the PDS answers")


def find(call: Call, act: Act, armed: Armed) -> Found:
    """Whether it stands. Raises Refused."""
    return _FIND[act.verb](call, act, armed)


def pds(call: Call) -> str:
    """Where the account's data lies, and through which it speaks to everybody else."""
    return str(call.who.metadata.get("service") or wire.ENTRYWAY)


def _nothing(call: Call, act: Act, state: State) -> Ready | Wait:
    return Ready(state)


# ----------------------------------------------------------------------------------------------------- answers


def _prepare_answer(call: Call, act: Act, state: State) -> Ready | Wait:
    if "refs" not in state:
        return Wait({**state, "refs": _refs(call, act)}, 0)
    return publish.prepare(call, _piece(act, state), state)


def _refs(call: Call, act: Act) -> dict[str, dict[str, str]]:
    """Root and parent of an answer. A post that is an answer itself has its thread's root in its record."""
    parent, root = wire.strong_ref(_kept(act)), wire.strong_ref(_kept(act).get("root") or {})
    if parent is None or root is None:
        record = _record(call, act.on)
        parent = wire.strong_ref(record)
        root = wire.strong_ref(((record.get("value") or {}).get("reply") or {}).get("root") or {}) or parent
    if parent is None or root is None:
        raise AnswerLost("a record without its cid")
    return {"root": root, "parent": parent}


def _piece(act: Act, state: State) -> Piece:
    """The answer as the post that it is on Bluesky."""
    refs = state["refs"]
    root, parent = (Parent(refs[name]["uri"], refs[name]) for name in ("root", "parent"))
    kind = Kind.IMAGE if act.media else Kind.TEXT
    return Piece(kind, Role.REPLY, act.text, act.media, {}, act.key, act.created_at, root=root, parent=parent)


def _answer(call: Call, act: Act, state: State) -> Published | Accepted:
    return publish.commit(call, _piece(act, state), state)


def _find_answer(call: Call, act: Act, armed: Armed) -> Found:
    return publish.find(call, _piece(act, armed.state), armed)


def _prepare_delete(call: Call, act: Act, state: State) -> Ready | Wait:
    """deleteRecord takes whatever has this key in the account's repository, and is content where nothing has."""
    where = _address(act.on)
    if where["collection"] != wire.POSTS or where["repo"].lower() not in {call.who.platform_account_id, _handle(call)}:
        text = "on: an account deletes its own answers only; hide somebody else's with comment.hide"
        raise Invalid("validation.field_invalid", text, field="on")
    return Ready(state)


def _delete(call: Call, act: Act, state: State) -> Published:
    publish.delete(call, Published(act.on))
    return _done(act)


def _find_deleted(call: Call, act: Act, armed: Armed) -> Found:
    where = _address(act.on)
    if _own(call, where["collection"], where["rkey"]) is None:
        return _done(act)
    return Absent("the account's repository still has it")


# ------------------------------------------------------------------------------------------------------- likes


def _prepare_like(call: Call, act: Act, state: State) -> Ready | Wait:
    """The version that is liked; and the like that stands already, which is then written once more as it is."""
    if "like" in state:
        return Ready(state)
    subject = wire.strong_ref(_kept(act)) or wire.strong_ref(_record(call, act.on))
    if subject is None:
        raise AnswerLost("a record without its cid")
    standing = _own(call, LIKES, like_key(subject["uri"])) or {}
    fresh = {"$type": LIKES, "subject": subject, "createdAt": _instant(act)}
    return Ready({**state, "like": standing.get("value") or fresh})


def _like(call: Call, act: Act, state: State) -> Published:
    record = state["like"]
    return _done(act, _put(call, LIKES, like_key(str(record["subject"]["uri"])), record, None))


def _find_like(call: Call, act: Act, armed: Armed) -> Found:
    found = _own(call, LIKES, like_key(str(armed.state["like"]["subject"]["uri"])))
    return _done(act, found) if found else Absent("the account's repository has no like of it that is ours")


def _prepare_unlike(call: Call, act: Act, state: State) -> Ready | Wait:
    """Ours has a key that is known; one that was made in an app is named by the AppView."""
    if "rkey" in state:
        return Ready(state)
    uri = _uri(call, act)
    rkey = like_key(uri)
    if _own(call, LIKES, rkey) is None:
        rkey = _liked_elsewhere(call, uri) or rkey
    return Ready({**state, "rkey": rkey})


def _liked_elsewhere(call: Call, uri: str) -> str:
    url = wire.with_pairs(wire.method(pds(call), "app.bsky.feed.getPosts"), [("uris", uri)])
    headers = {"Authorization": _bearer(call), "atproto-proxy": "did:web:api.bsky.app#bsky_appview"}
    said = _wire.ask(call, Request("GET", url, headers), errors.refusal).json
    views = [view for view in said.get("posts") or () if view.get("uri") == uri]
    return str(((views[0].get("viewer") or {}).get("like") or "") if views else "").rpartition("/")[2]


def _unlike(call: Call, act: Act, state: State) -> Published:
    body = {"repo": call.who.platform_account_id, "collection": LIKES, "rkey": state["rkey"]}
    return _done(act, _post(call, "com.atproto.repo.deleteRecord", body))


def _find_unlike(call: Call, act: Act, armed: Armed) -> Found:
    if _own(call, LIKES, str(armed.state["rkey"])) is None:
        return _done(act)
    return Absent("the account's repository still has the like")


def like_key(uri: str) -> str:
    """The record key of our like of this post: a TID of the post's own instant, the rest follows from its address."""
    return tid.record_key(tid.instant(uri.rpartition("/")[2]), sha256(uri.encode()).hexdigest())


# ------------------------------------------------------------------------------------------------------ hiding


def _prepare_gate(call: Call, act: Act, state: State) -> Ready | Wait:
    """The thread's gate as it is now: who wrote it meanwhile is not overwritten (``swapRecord``)."""
    reply = str(state.get("uri") or "") or _uri(call, act)
    root = str(state.get("root") or "") or _root(call, act, reply)
    found = _own(call, GATES, root.rpartition("/")[2])
    value = dict((found or {}).get("value") or {})
    hidden = [str(uri) for uri in value.get("hiddenReplies") or ()]
    wished = [uri for uri in hidden if uri != reply] + ([reply] if act.verb == "comment.hide" else [])
    if len(wished) > _MOST_HIDDEN:
        raise Invalid("validation.limit", "on: Bluesky hides at most 300 replies of a thread", field="on")
    fresh = {"$type": GATES, "post": root, "createdAt": _instant(act)}
    record = {**fresh, **value, "hiddenReplies": hidden if reply in hidden and reply in wished else wished}
    return Ready({"uri": reply, "root": root, "gate": record, "cid": (found or {}).get("cid")})


def _root(call: Call, act: Act, reply: str) -> str:
    """The post that began the thread. Raises Invalid where it is somebody else's."""
    root = str((_kept(act).get("root") or {}).get("uri") or "")
    if not root:
        value = _record(call, reply).get("value") or {}
        root = str(((value.get("reply") or {}).get("root") or {}).get("uri") or "")
    if not root.startswith(f"at://{call.who.platform_account_id}/"):
        text = "on: Bluesky lets an account hide replies only in threads that it began"
        raise Invalid("validation.field_invalid", text, field="on")
    return root


def _hide(call: Call, act: Act, state: State) -> Published:
    rkey = str(state["root"]).rpartition("/")[2]
    if act.verb == "comment.unhide" and state["cid"] is None:
        _own(call, GATES, rkey)  # there is no gate, so nothing is hidden, and no gate is made for that
        return _done(act)
    return _done(act, _put(call, GATES, rkey, state["gate"], state["cid"]))


def _find_hidden(call: Call, act: Act, armed: Armed) -> Found:
    found = _own(call, GATES, str(armed.state["root"]).rpartition("/")[2])
    is_hidden = armed.state["uri"] in (((found or {}).get("value") or {}).get("hiddenReplies") or ())
    if is_hidden is (act.verb == "comment.hide"):
        return _done(act, found)
    return Absent(f"the thread's gate {'hides' if is_hidden else 'does not hide'} it")


# ---------------------------------------------------------------------------------------------------- messages


def _send(call: Call, act: Act, state: State) -> Published:
    message: dict[str, Any] = {"text": act.text}
    if found := facets.detect(act.text, {}):
        message["facets"] = found
    said = _post(call, "chat.bsky.convo.sendMessage", {"convoId": act.on, "message": message}, proxy=CHAT)
    if not said.get("id"):
        raise AnswerLost("a success that names no message")
    return _sent(act, said)


def _find_sent(call: Call, act: Act, armed: Armed) -> Found:
    """The first message of this text from the account since its arming, that is no other's."""
    found: list[Mapping[str, Any]] = []
    for page in _message_pages(call, act, armed.at - _SKEW):
        if page is None:
            return Unsure("the conversation could not be read back to the attempt")
        found += [one for one in page if _may_be_ours(call, act, one, armed)]
    told = [one for one in found if "text" in one]
    if found and not told:
        return Unsure("the account deleted a message since the attempt: it may have been this one")
    if not found:
        return Absent("the conversation has no such message of the account since the attempt")
    return _sent(act, min(told, key=lambda one: str(one["sentAt"])))


def _message_pages(call: Call, act: Act, since: datetime) -> Iterator[Sequence[Mapping[str, Any]] | None]:
    """The messages back to that instant; None, as the last one, where something may be missing."""
    cursor = ""
    for _ in range(_PAGES):
        pairs = [("convoId", act.on), ("limit", "100"), *([("cursor", cursor)] if cursor else [])]
        url = wire.with_pairs(wire.method(pds(call), "chat.bsky.convo.getMessages"), pairs)
        headers = {"Authorization": _bearer(call), "atproto-proxy": CHAT}
        said = _wire.ask(call, Request("GET", url, headers), errors.refusal).json
        page = said.get("messages")
        if not isinstance(page, list):
            break
        yield page
        cursor = str(said.get("cursor") or "")
        if not cursor or any(_sent_at(one) < since for one in page):
            return
    yield None


def _may_be_ours(call: Call, act: Act, one: Mapping[str, Any], armed: Armed) -> bool:
    """A deleted message has no text any more; it is gone for who deleted it, not for the other."""
    return (
        (one.get("sender") or {}).get("did") == call.who.platform_account_id
        and ("text" not in one or _words(one["text"]) == _words(act.text))
        and _sent_at(one) >= armed.at - _SKEW
        and not armed.taken(str(one.get("id")))
    )


def _words(text: object) -> list[str]:
    """What tells two messages apart: not their blanks, nor how their accents are composed."""
    return unicodedata.normalize("NFC", str(text)).split()


def _sent_at(one: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(one.get("sentAt") or "1970-01-01T00:00:00+00:00"))


def _sent(act: Act, said: Mapping[str, Any]) -> Published:
    return Published(str(said["id"]), None, {"conversation_id": act.on}, dict(said))


# ------------------------------------------------------------------------------------------------------ common


def _put(call: Call, collection: str, rkey: str, record: Mapping[str, Any], swap: str | None) -> dict[str, Any]:
    body = {
        "repo": call.who.platform_account_id,
        "collection": collection,
        "rkey": rkey,
        "record": record,
        "swapRecord": swap,
    }
    said = _post(call, "com.atproto.repo.putRecord", body)
    if wire.strong_ref(said) is None:
        raise AnswerLost("an answer without uri and cid")
    return said


def _post(call: Call, nsid: str, body: Mapping[str, Any], proxy: str = "") -> dict[str, Any]:
    named = {"Authorization": _bearer(call), **({"atproto_proxy": proxy} if proxy else {})}
    deadline = MANIFEST.timing.send_deadline
    request = _wire.post_json(wire.method(pds(call), nsid), body, read_timeout=deadline, **named)
    return _wire.ask(call, request, errors.refusal).json


def _own(call: Call, collection: str, rkey: str) -> dict[str, Any] | None:
    """A record of the account's own repository, from its home; None when there is none."""
    asked = {"repo": call.who.platform_account_id, "collection": collection, "rkey": rkey}
    request = _wire.get(wire.method(pds(call), "com.atproto.repo.getRecord"), asked)
    try:
        found = _wire.ask(call, request, errors.refusal).json
    except Refused as refused:
        if refused.platform_code == "RecordNotFound":
            return None
        raise
    if wire.strong_ref(found) is None:
        raise AnswerLost("a record without uri and cid")
    return found


def _record(call: Call, uri: str) -> dict[str, Any]:
    """Anybody's record, from the AppView, which has all of them."""
    request = _wire.get(wire.method(wire.APPVIEW, "com.atproto.repo.getRecord"), _address(uri))
    return _wire.ask(call, request, errors.refusal).json


def _kept(act: Act) -> Mapping[str, Any]:
    """The handles that came with ``on``; none where they are those of something else."""
    known = act.handles if act.handles.get("uri") == act.on else {}
    return known if isinstance(known.get("root") or {}, Mapping) else {}


def _uri(call: Call, act: Act) -> str:
    """The address that the network goes by: with the author's DID, where a link or a handle was given."""
    if act.on.startswith("at://did:"):
        return act.on
    uri = str(_record(call, act.on).get("uri") or "")
    if not uri:
        raise AnswerLost("a record without its uri")
    return uri


def _address(uri: str) -> dict[str, str]:
    where = wire.address(uri)
    if where is None:
        text = f"on: {uri!r} is no post of Bluesky: give its at:// URI or its link"
        raise Invalid("validation.field_invalid", text, field="on")
    return where


def _instant(act: Act) -> str:
    at = datetime.fromtimestamp(act.created_at / 1_000_000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _handle(call: Call) -> str:
    return call.who.username.lower()


def _bearer(call: Call) -> str:
    return f"Bearer {call.tokens.access}"


def _done(act: Act, raw: Mapping[str, Any] | None = None) -> Published:
    return Published(act.on, None, {}, dict(raw or {}))


_PREPARE: Mapping[str, Callable[[Call, Act, State], Ready | Wait]] = {
    "comment.create": _prepare_answer,
    "comment.reply": _prepare_answer,
    "comment.delete": _prepare_delete,
    "comment.like": _prepare_like,
    "comment.unlike": _prepare_unlike,
    "comment.hide": _prepare_gate,
    "comment.unhide": _prepare_gate,
    "post.like": _prepare_like,
    "post.unlike": _prepare_unlike,
}
_COMMIT: Mapping[str, Callable[[Call, Act, State], Published | Accepted]] = {
    "comment.create": _answer,
    "comment.reply": _answer,
    "comment.delete": _delete,
    "comment.like": _like,
    "comment.unlike": _unlike,
    "comment.hide": _hide,
    "comment.unhide": _hide,
    "post.like": _like,
    "post.unlike": _unlike,
    "message.send": _send,
}
_FIND: Mapping[str, Callable[[Call, Act, Armed], Found]] = {
    "comment.create": _find_answer,
    "comment.reply": _find_answer,
    "comment.delete": _find_deleted,
    "comment.like": _find_like,
    "comment.unlike": _find_unlike,
    "comment.hide": _find_hidden,
    "comment.unhide": _find_hidden,
    "post.like": _find_like,
    "post.unlike": _find_unlike,
    "message.send": _find_sent,
}
