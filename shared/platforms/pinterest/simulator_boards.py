"""The simulated Pinterest's boards. Everybody has two, and is a collaborator of one group board that all share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _alive, _faults
from shared.platforms.contract import World
from shared.platforms.pinterest import simulator_wire as wire
from shared.platforms.pinterest.simulator_wire import Asked, Denied
from shared.ports.http import Response

GROUP_ID: Final = "549755885175000001"
_GROUP: Final = {"id": GROUP_ID, "name": "Sandbox", "owner": "", "description": "", "privacy": "PUBLIC", "created": 0.0}
_SECTIONS: Final = ("Spring", "Autumn")
_MOST_NAME: Final = 50
_MOST_DESCRIPTION: Final = 500
KEPT: Final = 300


def mine(world: World, user_id: str) -> list[dict[str, Any]]:
    """The boards that a person may pin to, newest first."""
    ids = (world.get("pinterest.boards", user_id) or {}).get("ids", ())
    own = [board for board_id in reversed(ids) if (board := world.get("pinterest.board", board_id))]
    return [*own, _GROUP]


def usable(asked: Asked, board_id: str) -> dict[str, Any]:
    """A board that the asker may pin to. Raises Denied."""
    found = next((board for board in mine(asked.world, asked.user_id) if board["id"] == board_id), None)
    if not found:
        raise Denied(wire.refused(404, 40, "Board not found."))
    return found


def section_of(board_id: str, section_id: str) -> bool:
    """Whether the board has this section."""
    return any(section["id"] == section_id for section in _sections(board_id))


def listed(asked: Asked) -> Response:
    """GET /v5/boards."""
    return wire.page(asked, [view(asked.world, board) for board in mine(asked.world, asked.user_id)])


def show(asked: Asked, board_id: str) -> Response:
    """GET /v5/boards/{board_id}."""
    return wire.answer(view(asked.world, usable(asked, board_id)))


def sections(asked: Asked, board_id: str) -> Response:
    """GET /v5/boards/{board_id}/sections."""
    usable(asked, board_id)
    return wire.page(asked, _sections(board_id))


def change(asked: Asked, board_id: str) -> Response:
    """PATCH /v5/boards/{board_id}."""
    board, body = _own(asked, board_id), asked.fields("name description privacy")
    if not body:
        return wire.invalid("nothing to change")
    if "name" in body and not str(body["name"] or "").strip():
        return wire.invalid("'name' is too short")
    if refusal := _too_long(body):
        return refusal
    if body.get("privacy", "PUBLIC") not in {"PUBLIC", "SECRET"}:
        return wire.invalid(f"{body['privacy']!r} is not one of ['PUBLIC', 'SECRET']")
    asked.world.put("pinterest.board", board_id, {**board, **body})
    return wire.answer(view(asked.world, {**board, **body}))


def remove(asked: Asked, board_id: str) -> Response:
    """DELETE /v5/boards/{board_id}, with its Pins."""
    _own(asked, board_id)
    for pin_id in (asked.world.get("pinterest.pins", board_id) or {}).get("ids", ()):
        asked.world.delete("pinterest.pin", pin_id)
    asked.world.delete("pinterest.pins", board_id)
    asked.world.delete("pinterest.board", board_id)
    return Response(204, {}, b"")


def _own(asked: Asked, board_id: str) -> dict[str, Any]:
    """A board that the asker made. Raises Denied."""
    board = usable(asked, board_id)
    if board["owner"] != asked.user_id:
        raise Denied(wire.refused(403, 29, "You are not permitted to access that resource."))
    return board


def _too_long(body: Mapping[str, Any]) -> Response | None:
    for what, most in (("name", _MOST_NAME), ("description", _MOST_DESCRIPTION)):
        value = body.get(what) or ""
        if not isinstance(value, str) or len(value) > most:
            return wire.invalid(f"{what}: {str(value)[:40]!r} is too long")
    return None


def create(asked: Asked) -> Response:
    """POST /v5/boards."""
    body = asked.fields("name description privacy is_ads_only")
    name, description = body.get("name"), body.get("description") or ""
    if not isinstance(name, str) or not name.strip():
        return wire.invalid("'name' is a required property")
    if refusal := _too_long(body):
        return refusal
    privacy = body.get("privacy", "PUBLIC")
    if privacy not in {"PUBLIC", "PROTECTED", "SECRET"}:
        return wire.invalid(f"{privacy!r} is not one of ['PUBLIC', 'PROTECTED', 'SECRET']")
    return _faults.visible(
        asked.world,
        text=name,
        key=f"pinterest.board.{asked.user_id}.{name}",
        effect=lambda: _made(asked, name.strip(), description, privacy),
        limited=lambda: wire.rate_limited(_faults.LIMITED_SECONDS),
        expired=wire.unauthorized,
        rejected=lambda: wire.refused(403, 29, "You are not permitted to access that resource."),
        broken=wire.broken,
    )


def _made(asked: Asked, name: str, description: str, privacy: str) -> Response:
    world, board_id = asked.world, wire.new_id(asked.world, 6)
    board = {"id": board_id, "name": name, "owner": asked.user_id, "description": description, "privacy": privacy}
    world.put("pinterest.board", board_id, {**board, "created": wire.epoch(world), "made": True})
    ids = (world.get("pinterest.boards", asked.user_id) or {}).get("ids", [])
    world.put("pinterest.boards", asked.user_id, {"ids": [*ids, board_id][-KEPT:]})
    return wire.answer(view(world, world.get("pinterest.board", board_id) or {}), 201)


def view(world: World, board: Mapping[str, Any]) -> dict[str, Any]:
    """A board as Pinterest shows it."""
    owner = world.get("pinterest.user", str(board["owner"])) or {"username": "sandbox"}
    pins = (world.get("pinterest.pins", str(board["id"])) or {}).get("ids", ())
    return {
        "id": board["id"],
        "name": board["name"],
        "description": board["description"],
        "privacy": board["privacy"],
        "owner": {"username": owner["username"]},
        "created_at": wire.stamp(board["created"]) + "Z",
        "board_pins_modified_at": wire.stamp(wire.epoch(world)) + "Z",
        "collaborator_count": 0,
        "follower_count": 3 + _alive.luck(f"pinterest/{board['id']}", 200),
        "pin_count": len(pins),
        "is_ads_only": False,
        "media": {"image_cover_url": None, "pin_thumbnail_urls": []},
    }


def _sections(board_id: str) -> list[dict[str, Any]]:
    return [{"id": _alive.digits(f"pinterest/{board_id}/{name}", 18), "name": name} for name in _SECTIONS]
