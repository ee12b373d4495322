"""Changing a board and deleting it: both are one effect however often they are done, and a look at the board settles them.

Source: PATCH and DELETE /boards/{board_id} in the OpenAPI document 5.23.0; 2026-11-22. Deleting a board deletes its Pins.
"""

from __future__ import annotations

from typing import Any, Final

from shared.domain.content import Act
from shared.platforms.contract import Absent, Call, Published, Refused, Unsure
from shared.platforms.pinterest import MANIFEST, api, errors, wire
from shared.ports.http import Request

DELETE: Final = "board.delete"
VERBS: Final = ("board.update", DELETE)


def check(act: Act) -> None:
    """Raises Invalid for what is no board's id."""
    wire.identifier(act.on)


def commit(call: Call, act: Act) -> Published:
    """PATCH or DELETE, once; a board that is gone already is deleted. Raises Refused, AnswerLost, NotSent."""
    path = _path(act)
    if act.verb != DELETE:
        return Published(act.on, None, {}, api.patch(call, path, _wished(act)))
    try:
        api.ask(call, Request("DELETE", api.API + path, read_timeout=MANIFEST.timing.send_deadline))
    except Refused as refused:
        if refused.row is not errors.NO_BOARD:
            raise
    return Published(act.on)


def find(call: Call, act: Act) -> Published | Absent | Unsure:
    """Look at the board. Raises Refused, AnswerLost, NotSent."""
    try:
        board = api.get(call, _path(act))
    except Refused as refused:
        if refused.row is not errors.NO_BOARD:
            raise
        return Published(act.on) if act.verb == DELETE else Absent("there is no such board")
    if str(board.get("id")) != act.on:
        return Unsure("an answer that shows another board, or none")
    if act.verb == DELETE:
        return Absent("the board is there")
    same = all(_alike(board.get(name), value) for name, value in _wished(act).items())
    return Published(act.on, None, {}, board) if same else Absent("the board is as it was")


def _wished(act: Act) -> dict[str, Any]:
    return {name: act.arguments[name] for name in ("name", "description", "privacy") if name in act.arguments}


def _alike(have: Any, wished: Any) -> bool:
    return wire.canonical(have) == wire.canonical(wished)


def _path(act: Act) -> str:
    return f"/boards/{wire.identifier(act.on)}"
