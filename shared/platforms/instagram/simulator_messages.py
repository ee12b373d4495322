"""The simulated messages: conversations that others began, the window of 24 hours, private answers to comments.

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/messaging-api and
…/conversations-api. What others wrote follows from ids (``_alive.letters``); what the account sent, and visitors wrote, is in
``talk/{account}.{person}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shared.platforms import _alive as alive
from shared.platforms._graph import messaging, simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import World
from shared.platforms.instagram import limits
from shared.platforms.instagram import simulator_crowd as crowd
from shared.platforms.instagram import simulator_pushes as pushes
from shared.platforms.instagram import simulator_state as state
from shared.platforms.instagram.simulator_comments import owner
from shared.platforms.instagram.simulator_faults import visible
from shared.platforms.instagram.simulator_state import Session
from shared.ports.http import Response

SHOWN = 20
PREFIX = "aWdfZAG06"
_BASE = "https://graph.instagram.com/v26.0"
_SCOPE = "instagram_business_manage_messages"
_WINDOW, _HUMAN, _PRIVATE = state.DAY, 7 * state.DAY, 7 * state.DAY
_PARTS = ("recipient", "message", "messaging_type", "tag")


def conversations(ask: Ask, who: Session, world: World) -> Response:
    """GET /{ig-user}/conversations?platform=instagram, the last touched first."""
    who.need(_SCOPE)
    ask.allow("platform", "user_id", "folder", "limit", "after", "before")
    if ask.text("platform").lower() != "instagram":
        raise Problem(100, "(#100) The parameter platform must be instagram")
    rows = [talk for talk in _talks(world, who.account) if ask.text("user_id") in {"", talk["person"]["id"]}]
    shown = lambda talk: state.chosen(ask, told(who.account, talk), "UnifiedThread")  # noqa: E731
    return simulated.page(ask, rows, shown, f"{_BASE}/{who.account['id']}/conversations")


def conversation(ask: Ask, who: Session, id_: str, world: World) -> Response:
    """GET /{conversation}."""
    who.need(_SCOPE)
    ask.allow()
    talk = next((talk for talk in _talks(world, who.account) if talk["id"] == id_), None)
    if talk is None:
        raise state.missing(id_, "get")
    return state.answer(state.chosen(ask, told(who.account, talk), "UnifiedThread"))


def told(account: Document, talk: Document) -> Document:
    """Every field of a conversation; of its messages, the newest 20."""
    me = {"id": account["id"], "username": account["username"]}
    lines = talk["lines"][::-1][:SHOWN]
    return {
        "id": talk["id"],
        "updated_time": state.stamp(talk["lines"][-1]["at"]),
        "participants": {"data": [me, talk["person"]]},
        "message_count": len(talk["lines"]),
        "messages": {"data": [_line(me, talk["person"], line) for line in lines]},
    }


def send(ask: Ask, who: Session, world: World) -> Response:
    """POST /{ig-user}/messages: to somebody within the window, or once to who wrote a comment."""
    who.need(_SCOPE)
    ask.allow(*_PARTS)
    recipient, message = ask.object("recipient"), ask.object("message")
    text = str(message.get("text") or "")
    if len(set(message) & {"text", "attachment"}) != 1 or len(recipient) != 1:
        raise Problem(100, "(#100) A message has text or an attachment, and one recipient")
    ready = message.get("quick_replies")
    if set(message) - {"text", "attachment", "quick_replies"} or (ready and not messaging.are_quick_replies(ready)):
        raise Problem(100, "(#100) A message has text or an attachment, and at most 13 quick replies")
    if limits.message_bytes(text) > limits.MAX_MESSAGE:
        raise Problem(100, "(#100) Length of param message[text] must be less than or equal to 1000")
    if "comment_id" in recipient:
        return _answer_comment(str(recipient["comment_id"]), text, message, who, world)
    person = _person(world, who.account, str(recipient.get("id") or ""))
    since = state.now(world) - _last_heard(world, who.account, person)
    if since > (_HUMAN if ask.text("tag") == "HUMAN_AGENT" else _WINDOW):
        raise _outside()
    key = f"{who.account['id']}.{person['id']}.{state.hashed(str(message))[:16]}"
    return visible(world, text, key, who, lambda: _sent(text, message, person, who, world, "message.send"), _outside())


def visit(world: World, account: Document, text: str) -> str:
    """Somebody writes now; answers the message's id."""
    who = alive.someone(f"instagram/visit/{world.serial('instagram.visit')}")
    person = {"id": who.id, "username": who.username}
    line = _kept(world, account, person, text, own=False)
    pushes.written(world, account, person, line)
    return str(line["id"])


def sent(world: World, account: Document) -> list[Document]:
    """What the account has sent, each with its verb and to whom."""
    talks = [world.get("talk", f"{account['id']}.{id_}") or {} for id_ in account.get("talks", ())]
    return [line | {"on": talk["on"]} for talk in talks for line in talk.get("lines", ()) if line["own"]]


def _answer_comment(id_: str, text: str, message: Document, who: Session, world: World) -> Response:
    comment = crowd.comment(world, id_)
    if comment is None or owner(world, comment) != who.account["id"]:
        raise state.missing(id_, "post")
    if comment["account"] == who.account["id"] or state.now(world) - comment["at"] > _PRIVATE:
        raise Problem(10903, "(#10903) This user can't reply to this activity")
    if comment.get("answered"):
        raise Problem(10900, "(#10900) Activity already replied to")
    person = {"id": comment["account"], "username": comment["username"]}

    def effect() -> Response:
        crowd.change(world, comment, answered=True)
        return _sent(text, message, person, who, world, "comment.private_reply")

    return visible(world, text, f"private.{id_}", who, effect, _outside())


def _sent(text: str, message: Document, person: Document, who: Session, world: World, verb: str) -> Response:
    url = ((message.get("attachment") or {}).get("payload") or {}).get("url", "")
    line = _kept(world, who.account, person, text, own=True, url=url, verb=verb)
    pushes.echoed(world, who.account, person, line)
    return state.answer({"recipient_id": person["id"], "message_id": line["id"]})


def _kept(world: World, account: Document, person: Document, text: str, *, own: bool, **more: str) -> Document:
    key = f"{account['id']}.{person['id']}"
    talk = world.get("talk", key) or {"person": person, "on": _id(account, person), "lines": []}
    number = world.serial("instagram.message")
    id_ = f"aWdGGiblWZ{state.hashed(f'{key}.{number}')[:24]}"
    line: Document = {"id": id_, "text": text, "at": state.now(world), "own": own, **more}
    world.put("talk", key, talk | {"lines": [*talk["lines"], line][-100:]})
    fresh = world.get("account", account["id"]) or account
    if person["id"] not in fresh.get("talks", ()):
        world.put("account", account["id"], fresh | {"talks": [person["id"], *fresh.get("talks", ())][: state.LISTED]})
    return line


def _talks(world: World, account: Document) -> list[Document]:
    """All conversations with their lines, oldest line first; the last touched conversation first."""
    letters = alive.letters(account["id"], datetime.fromtimestamp(account["made"], UTC), world.now)
    talks = {letter.who.id: _begun(account, letter) for letter in letters}
    for id_ in account.get("talks", ()):
        stored = world.get("talk", f"{account['id']}.{id_}") or {"person": {}, "lines": []}
        known = talks.get(id_, {"id": _id(account, {"id": id_}), "person": stored["person"], "lines": []})
        talks[id_] = known | {"lines": sorted([*known["lines"], *stored["lines"]], key=lambda line: float(line["at"]))}
    return sorted(talks.values(), key=lambda talk: float(talk["lines"][-1]["at"]), reverse=True)


def _begun(account: Document, letter: alive.Letter) -> Document:
    person = {"id": letter.who.id, "username": letter.who.username}
    seed = f"{account['id']}.{letter.number}"
    lines = [_written(seed, line) for line in letter.lines]
    return {"id": _id(account, person), "person": person, "lines": lines}


def _written(seed: str, line: alive.Remark) -> Document:
    id_ = f"aWdGGiblWZ{state.hashed(f'{seed}.{line.number}')[:24]}"
    return {"id": id_, "text": line.text, "at": line.at.timestamp(), "own": False}


def _last_heard(world: World, account: Document, person: Document) -> float:
    talk = next(talk for talk in _talks(world, account) if talk["person"]["id"] == person["id"])
    heard: Sequence[float] = [float(line["at"]) for line in talk["lines"] if not line["own"]]
    return max(heard, default=0.0)


def _person(world: World, account: Document, id_: str) -> Document:
    for talk in _talks(world, account):
        if talk["person"]["id"] == id_:
            person: Document = talk["person"]
            return person
    raise Problem(100, "(#100) The requested user cannot be found.", 2534014)


def _line(me: Document, person: Document, line: Document) -> Document:
    url = line.get("url")
    sender, receiver = (me, person) if line["own"] else (person, me)
    return {
        "id": line["id"],
        "created_time": state.stamp(line["at"]),
        "from": sender,
        "to": {"data": [receiver]},
        "message": line["text"],
        "attachments": {"data": [{"id": line["id"], "image_data": {"url": url}}]} if url else None,
    }


def _id(account: Document, person: Document) -> str:
    return f"{PREFIX}{account['id']}T{person['id']}"


def _outside() -> Problem:
    """10/2534022, as HTTP 403."""
    problem = Problem(10, "This message is sent outside of allowed window.", 2534022, status=403)
    problem.error["type"] = "IGApiException"
    return problem
