"""The simulated Reddit's private messages and mentions: letters that others wrote, one's own answers, who named whom.

What others write follows from the passing of time (``_alive``); what the account writes is stored. An id is seven
characters for what was stored; the others' are ``{user}l{letter}x{line}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.reddit import limits, simulator_oauth
from shared.platforms.reddit import simulator_state as state
from shared.platforms.reddit import simulator_view as view
from shared.platforms.reddit.simulator_wire import (
    Asked,
    answer,
    base36,
    done,
    epoch,
    new_id,
    plain,
    rate_limited,
    refused,
)
from shared.ports.http import Response

_MAX_SUBJECT: Final = 100
_CLOSED: Final = "trusted_only"  # a person whose settings let nobody write to them


def threads(asked: Asked) -> Response:
    """GET /message/messages: by thread, newest first."""
    found = _threads(asked.world, asked.user)
    found.sort(key=lambda thread: thread[-1]["created"], reverse=True)
    return _listing([_with_replies(thread) for thread in found], asked)


def thread(asked: Asked, first_id: str) -> Response:
    """GET /message/messages/{id}."""
    found = next((one for one in _threads(asked.world, asked.user) if first_id in {line["id"] for line in one}), None)
    if not found:
        return plain(403, "Forbidden")
    return answer(view.listing(asked.world, "t4", [_with_replies(found)]))


def sent(asked: Asked) -> Response:
    """GET /message/sent: newest first."""
    own = [line for one in _threads(asked.world, asked.user) for line in one if line["author"] == asked.name]
    own.sort(key=lambda line: (line["created"], line["id"]), reverse=True)
    return _listing([_shown(line) for line in own], asked)


def mentions(asked: Asked) -> Response:
    """GET /message/mentions: comments that name the account, newest first."""
    since = state.at(asked.user["created"])
    found = _alive.mentions(f"reddit/{asked.user_id}", f"u/{asked.name}", since, asked.world.now)
    items = [_mention(asked.user_id, remark) for remark in reversed(found)]
    return _listing(items, asked, "t1")


def compose(asked: Asked) -> Response:
    """POST /api/compose: a message to a person. The answer names nothing."""
    form = asked.form("to subject text from_sr")
    to, subject, text = (form.get(name, "") for name in ("to", "subject", "text"))
    if not to:
        return refused("NO_USER", "to")
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,30}", to):
        return refused("USER_DOESNT_EXIST", "to")
    if to == _CLOSED:
        return refused("NOT_WHITELISTED_BY_USER_MESSAGE", "to")
    if not subject:
        return refused("NO_SUBJECT", "subject")
    if len(subject) > _MAX_SUBJECT:
        return refused("TOO_LONG", "subject", f"This field must be under {_MAX_SUBJECT} characters")
    return _visible(asked, f"compose.{to}.{subject}", text, lambda: _composed(asked, to, subject, text))


def reply(asked: Asked, parent_id: str, text: str) -> Response:
    """POST /api/comment on a message."""
    found = next((one for one in _threads(asked.world, asked.user) if parent_id in {line["id"] for line in one}), None)
    if not found:
        return refused("NO_THING_ID", "parent")
    first = found[0]
    return _visible(asked, f"reply.{first['id']}", text, lambda: _replied(asked, first, parent_id, text))


def written(world: World, user_id: str) -> list[dict[str, Any]]:
    """The account's own messages, oldest first."""
    return [line for name in state.ids(world, "reddit.letters", user_id) if (line := world.get("reddit.t4", name))]


def deliver(world: World, user: Mapping[str, Any], author: str, text: str) -> str:
    """Somebody writes to the account, beginning a thread; its id."""
    name = new_id(world)
    dest = str(user["name"])
    line = _line(name, text, epoch(world), author=author, dest=dest, subject="Hello", first=name, parent="")
    world.put("reddit.t4", name, line)
    state.listed(world, "reddit.received", str(user["id"]), name)
    return name


# ------------------------------------------------------------------------------------------------------ effect


def _visible(asked: Asked, key: str, text: str, effect: Any) -> Response:
    if not text.strip():
        return refused("NO_TEXT", "text")
    if len(text) > limits.MAX_COMMENT:
        return refused("TOO_LONG", "text", f"This field must be under {limits.MAX_COMMENT} characters")
    return _faults.visible(
        asked.world,
        text=text,
        key=f"reddit.{asked.user_id}.{key}.{text[:200]}",
        effect=effect,
        limited=lambda: rate_limited(_faults.LIMITED_SECONDS),
        expired=simulator_oauth.unauthorized,
        rejected=lambda: refused("NOT_WHITELISTED_BY_USER_MESSAGE", "to"),
        broken=lambda: plain(503, "Service Unavailable"),
    )


def _composed(asked: Asked, to: str, subject: str, text: str) -> Response:
    name = new_id(asked.world)
    about = {"author": asked.name, "dest": to, "subject": subject, "first": name, "parent": ""}
    _keep(asked, _line(name, text, epoch(asked.world), **about))
    return done()


def _replied(asked: Asked, first: Mapping[str, Any], parent_id: str, text: str) -> Response:
    to = first["author"] if first["author"] != asked.name else first["dest"]
    subject, name = f"re: {str(first['subject']).removeprefix('re: ')}", new_id(asked.world)
    about = {"author": asked.name, "dest": str(to), "subject": subject, "first": str(first["id"])}
    line = _line(name, text, epoch(asked.world), parent=parent_id, **about)
    _keep(asked, line)
    return done({"things": [{"kind": "t4", "data": _shown(line)}]})


def _keep(asked: Asked, line: Mapping[str, Any]) -> None:
    asked.world.put("reddit.t4", str(line["id"]), line)
    state.listed(asked.world, "reddit.letters", asked.user_id, str(line["id"]))


# -------------------------------------------------------------------------------------------------------- view


def _threads(world: World, user: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """All threads of an account, each oldest first."""
    name, since = str(user["name"]), state.at(user["created"])
    found: dict[str, list[dict[str, Any]]] = {}
    for letter in _alive.letters(f"reddit/{user['id']}", since, world.now):
        first = f"{user['id']}l{base36(letter.number)}x0"
        about = {"author": letter.who.username.replace(".", "_"), "dest": name, "subject": "Hello", "first": first}
        found[first] = [
            _line(
                f"{user['id']}l{base36(letter.number)}x{base36(line.number)}",
                line.text,
                line.at.timestamp(),
                parent="" if line.number == 0 else first,
                **about,
            )
            for line in letter.lines
        ]
    received = [world.get("reddit.t4", one) for one in state.ids(world, "reddit.received", str(user["id"]))]
    for line in [*(one for one in received if one), *written(world, str(user["id"]))]:
        found.setdefault(str(line["first"]), []).append(line)
    return [sorted(lines, key=lambda line: (line["created"], line["id"])) for lines in found.values()]


def _line(name: str, text: str, at: float, **more: str) -> dict[str, Any]:
    """A message as it is kept: ``more`` has author, dest, subject, first (of its thread), parent."""
    return {"id": name, "body": text.strip(), "created": int(at), **more}


def _shown(line: Mapping[str, Any]) -> dict[str, Any]:
    first = str(line["first"])
    return {
        "id": line["id"],
        "name": f"t4_{line['id']}",
        "author": line["author"],
        "author_fullname": f"t2_{base36(1 + _alive.luck(str(line['author']), 36**6))}",
        "dest": line["dest"],
        "subject": line["subject"],
        "body": line["body"],
        "created_utc": float(line["created"]),
        "created": float(line["created"]),
        "first_message": None if first == line["id"] else int(first[:6], 36),
        "first_message_name": None if first == line["id"] else f"t4_{first}",
        "parent_id": f"t4_{line['parent']}" if line["parent"] else None,
        "new": False,
        "was_comment": False,
        "type": "unknown",
        "context": "",
        "subreddit": None,
        "distinguished": None,
        "replies": "",
    }


def _with_replies(lines: list[dict[str, Any]]) -> dict[str, Any]:
    first, rest = _shown(lines[0]), [_shown(line) for line in lines[1:]]
    children = [{"kind": "t4", "data": line} for line in rest]
    data = {"after": None, "dist": None, "modhash": "", "geo_filter": "", "children": children, "before": None}
    return {**first, "replies": {"kind": "Listing", "data": data} if rest else ""}


def _mention(user_id: str, remark: _alive.Remark) -> dict[str, Any]:
    post_id = f"{user_id[:6]}p"
    name = f"{user_id}n{base36(remark.number)}"
    author = remark.who.username.replace(".", "_")
    return {
        "id": name,
        "name": f"t1_{name}",
        "author": author,
        "author_fullname": f"t2_{base36(int(remark.who.id))}",
        "body": remark.text,
        "created_utc": float(int(remark.at.timestamp())),
        "created": float(int(remark.at.timestamp())),
        "subject": "username mention",
        "link_title": "What are you reading?",
        "subreddit": "test",
        "parent_id": f"t3_{post_id}",
        "context": f"/r/test/comments/{post_id}/what_are_you_reading/{name}/?context=3",
        "was_comment": True,
        "type": "username_mention",
        "new": True,
        "score": 1,
        "likes": None,
        "replies": "",
        "dest": "",
        "distinguished": None,
    }


def _listing(items: list[dict[str, Any]], asked: Asked, kind: str = "t4") -> Response:
    page = state.page(asked.query, items, kind)
    return answer(view.listing(asked.world, kind, page["items"], page["after"]))
