"""Boards: listing them and their sections, and making one; changing and deleting them is ``board_changes``.

A board carries no key of ours, and two may have one name: a lost answer is settled by the name among the boards that were
made since the attempt. Source: /boards in the OpenAPI document 5.23.0; 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Unsure, Wait
from shared.platforms.contract_inbox import Page
from shared.platforms.pinterest import api, board_changes, wire
from shared.ports.http import AnswerLost

_SKEW: Final = timedelta(seconds=5)
_PAGE: Final = 50


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """One page of ``boards``, ``board_sections`` or ``pins``. Raises Refused, Invalid."""
    path = f"/{name}" if name in ("boards", "pins") else f"/boards/{_board_id(arguments)}/sections"
    answer = api.get(call, path, {"page_size": _PAGE, "bookmark": cursor or None})
    return Page(tuple(api.items(answer)), str(answer.get("bookmark") or ""))


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Nothing is needed before."""
    del call
    if act.verb in board_changes.VERBS:
        board_changes.check(act)
    return Ready(state)


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """POST /boards, once. Raises Refused, AnswerLost, NotSent."""
    del state
    if act.verb in board_changes.VERBS:
        return board_changes.commit(call, act)
    given = {name: act.arguments[name] for name in ("description", "privacy") if act.arguments.get(name)}
    board = api.post(call, "/boards", {"name": act.text, **given})
    published = _made(board)
    if published is None:
        raise AnswerLost("a success that names no board")
    return published


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed: Pinterest answers with the board."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """Look for the board by its name among those made since then. Raises Refused, AnswerLost, NotSent."""
    if act.verb in board_changes.VERBS:
        return board_changes.find(call, act)
    since = armed.at - _SKEW
    listed = list(api.every(call, "/boards"))
    own = [board for board in listed if board and _owner(board) in {"", call.who.username}]
    named = [board for board in own if wire.canonical(board.get("name")) == wire.canonical(act.text)]
    dated = [(wire.created(board), board) for board in named if not armed.taken(str(board.get("id")))]
    fresh = [(at, board) for at, board in dated if at and at >= since]
    if fresh and (published := _made(min(fresh, key=lambda found: found[0])[1])):
        return published
    if None in listed:
        return Unsure("the account has more boards than were read")
    if any(at is None for at, _ in dated):
        return Unsure("a board of this name does not say when it was made")
    return Absent("the account's boards do not have it")


def _owner(board: Mapping[str, Any]) -> str:
    """Whose it is: boards of others are listed too, where one may pin to them."""
    owner = board.get("owner")
    return str(owner.get("username") or "") if isinstance(owner, Mapping) else ""


def _made(board: Mapping[str, Any]) -> Published | None:
    board_id = str(board.get("id") or "")
    return Published(board_id, None, {}, dict(board)) if board_id.isdecimal() else None


def _board_id(arguments: Mapping[str, Any]) -> str:
    given = arguments.get("board_id")
    if not isinstance(given, str) or not given.isdecimal() or not given.isascii():
        message = "board_sections needs board_id: the id of one of the boards."
        raise Invalid("validation.field_required", message, field="arguments.board_id")
    return given
