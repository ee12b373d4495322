"""The simulated Pinterest's Pins: made, shown, listed and deleted; its fetcher gets every image before it answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms.contract import World
from shared.platforms.pinterest import simulator_boards as boards
from shared.platforms.pinterest import simulator_media as media
from shared.platforms.pinterest import simulator_wire as wire
from shared.platforms.pinterest.simulator_wire import Asked, Denied
from shared.ports.http import Response

KEPT: Final = 300
_FIELDS: Final = "alt_text board_id board_section_id description dominant_color link media_source parent_pin_id title"
_TEXTS: Final = (("alt_text", 500), ("description", 800), ("link", 2048), ("title", 100))
_SOURCES: Final[Mapping[str, str]] = {
    "image_url": "source_type url is_standard",
    "multiple_image_urls": "source_type items index",
    "video_id": "source_type media_id cover_image_url cover_image_data cover_image_content_type "
    "cover_image_key_frame_time is_standard",
}
_BAD_URL: Final = "Whoops! It looks like you entered an invalid URL. Try creating a Pin again with a valid URL."


def create(asked: Asked) -> Response:
    """POST /v5/pins."""
    body = asked.fields(_FIELDS)
    _check_texts(body)
    board = boards.usable(asked, str(body.get("board_id") or ""))
    section = body.get("board_section_id")
    if section and not boards.section_of(str(board["id"]), str(section)):
        return wire.refused(404, 2031, "Sorry! We couldn't find this board section.")
    source = _source(asked, body.get("media_source"))
    text = f"{body.get('title') or ''} {body.get('description') or ''}"
    mark = sha256(asked.body).hexdigest()[:32]
    return _faults.visible(
        asked.world,
        text=text,
        key=f"pinterest.{asked.user_id}.{mark}",
        effect=lambda: wire.answer(_made(asked, body, board, source), 201),
        limited=lambda: wire.rate_limited(_faults.LIMITED_SECONDS),
        expired=wire.unauthorized,
        rejected=lambda: wire.refused(403, 29, "You are not permitted to access that resource."),
        broken=wire.broken,
    )


def show(asked: Asked, pin_id: str) -> Response:
    """GET /v5/pins/{pin_id}."""
    return wire.answer(view(asked.world, own(asked, pin_id), asked.user_id))


def listed(asked: Asked) -> Response:
    """GET /v5/pins: the account's own, newest first."""
    own_pins = reversed(of_account(asked.world, asked.user_id))
    return wire.page(asked, [view(asked.world, pin, asked.user_id) for pin in own_pins])


def delete(asked: Asked, pin_id: str) -> Response:
    """DELETE /v5/pins/{pin_id}."""
    pin = own(asked, pin_id)
    asked.world.delete("pinterest.pin", pin_id)
    for key in (str(pin["board_id"]), asked.user_id):
        rest = [known for known in _ids(asked.world, key) if known != pin_id]
        asked.world.put("pinterest.pins", key, {"ids": rest})
    return Response(204, {}, b"")


def on_board(asked: Asked, board_id: str, section_id: str = "") -> Response:
    """GET /v5/boards/{board_id}/pins, and of one section: newest first."""
    boards.usable(asked, board_id)
    if section_id and not boards.section_of(board_id, section_id):
        return wire.refused(404, 404, "Board or section not found.")
    pins = [
        pin for pin_id in reversed(_ids(asked.world, board_id)) if (pin := asked.world.get("pinterest.pin", pin_id))
    ]
    wanted = [pin for pin in pins if not section_id or pin["board_section_id"] == section_id]
    return wire.page(asked, [view(asked.world, pin, asked.user_id) for pin in wanted])


def of_account(world: World, user_id: str) -> list[dict[str, Any]]:
    """A person's Pins, oldest first."""
    return [pin for pin_id in _ids(world, user_id) if (pin := world.get("pinterest.pin", pin_id))]


def own(asked: Asked, pin_id: str) -> dict[str, Any]:
    """A Pin of the asker's. Raises Denied."""
    pin = asked.world.get("pinterest.pin", pin_id)
    if not pin:
        raise Denied(wire.refused(404, 50, "Pin not found."))
    if pin["owner"] != asked.user_id:
        raise Denied(wire.refused(403, 29, "You are not permitted to access that resource."))
    return pin


def view(world: World, pin: Mapping[str, Any], viewer: str) -> dict[str, Any]:
    """A Pin as Pinterest shows it."""
    board = world.get("pinterest.board", str(pin["board_id"])) or {"owner": ""}
    owner = world.get("pinterest.user", str(board["owner"])) or {"username": "sandbox"}
    kinds = {"image": "REGULAR", "video": "VIDEO", "multiple_images": "CAROUSEL"}
    shown = {name: pin[name] or None for name in ("alt_text", "description", "dominant_color", "link", "title")}
    return {
        **shown,
        "id": pin["id"],
        "board_id": pin["board_id"],
        "board_section_id": pin["board_section_id"] or None,
        "board_owner": {"username": owner["username"]},
        "created_at": wire.stamp(pin["created"]) + "Z",
        "creative_type": kinds[pin["media"]["media_type"]],
        "has_been_promoted": False,
        "is_owner": pin["owner"] == viewer,
        "is_standard": True,
        "parent_pin_id": None,
        "media": pin["media"],
    }


# ------------------------------------------------------------------------------------------------------ checks


def _check_texts(body: Mapping[str, Any]) -> None:
    for name, most in _TEXTS:
        value = body.get(name)
        if value is not None and not isinstance(value, str):
            raise Denied(wire.invalid(f"{name}: {value!r} is not of type string"))
        if value is not None and len(value) > most:
            raise Denied(wire.invalid(f"{name}: {value[:40]!r} is too long"))
    colour = body.get("dominant_color")
    if colour is not None and not re.fullmatch(r"#[0-9A-Fa-f]{6}", str(colour)):
        raise Denied(wire.invalid(f"dominant_color: {colour!r} does not match"))


def _source(asked: Asked, given: Any) -> dict[str, Any]:
    """The media of a new Pin, as a Pin shows them. Raises Denied."""
    kind = str(given.get("source_type")) if isinstance(given, dict) else ""
    if kind not in _SOURCES:
        raise Denied(wire.invalid(f"media_source: {kind!r} is not a known source_type"))
    if unknown := set(given) - set(_SOURCES[kind].split()):
        raise Denied(wire.invalid(f"media_source: {sorted(unknown)} were unexpected"))
    return _READERS[kind](asked, given)


def _image(asked: Asked, given: Mapping[str, Any]) -> dict[str, Any]:
    return {"media_type": "image", "images": _fetched(asked.world, given.get("url"))}


def _images(asked: Asked, given: Mapping[str, Any]) -> dict[str, Any]:
    items = given.get("items")
    if not isinstance(items, list) or not 2 <= len(items) <= 5:
        raise Denied(wire.invalid("media_source.items: 2 to 5 items are expected"))
    shown = [{"item_type": "image", "images": _fetched(asked.world, item.get("url"))} for item in items]
    return {"media_type": "multiple_images", "items": shown}


def _video(asked: Asked, given: Mapping[str, Any]) -> dict[str, Any]:
    media_id, cover = str(given.get("media_id") or ""), given.get("cover_image_url")
    if not media.usable(asked.world, asked.user_id, media_id):
        raise Denied(wire.invalid(f"media_source.media_id: {media_id!r} is not a processed video of this account"))
    images = _fetched(asked.world, cover) if cover else _sizes(media_id)
    if not cover and not isinstance(given.get("cover_image_key_frame_time"), int):
        raise Denied(wire.invalid("media_source: a cover image is required"))
    shown = images["600x"]["url"]
    return {"media_type": "video", "images": images, "cover_image_url": shown, "duration": None, "video_url": None}


_READERS: Final[Mapping[str, Callable[[Asked, Mapping[str, Any]], dict[str, Any]]]] = {
    "image_url": _image,
    "multiple_image_urls": _images,
    "video_id": _video,
}


def _fetched(world: World, url: Any) -> dict[str, Any]:
    """What Pinterest makes of an image that it fetches. Raises Denied."""
    got = world.fetch(url) if isinstance(url, str) and url.startswith(("https://", "http://")) else None
    if not got or got.status != 200 or not got.headers.get("content-type", "").startswith("image/"):
        raise Denied(wire.refused(400, 1, _BAD_URL))
    return _sizes(sha256(got.body).hexdigest())


def _sizes(seed: str) -> dict[str, Any]:
    name = sha256(seed.encode()).hexdigest()[:32]
    path = f"{name[:2]}/{name[2:4]}/{name[4:6]}/{name}.jpg"
    sizes = {"150x150": (150, 150), "400x300": (400, 300), "600x": (600, 600), "1200x": (1200, 1200)}
    return {
        size: {"width": width, "height": height, "url": f"https://i.pinimg.com/{size}/{path}"}
        for size, (width, height) in sizes.items()
    }


# ------------------------------------------------------------------------------------------------------ effect


def _made(asked: Asked, body: Mapping[str, Any], board: Mapping[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    world, pin_id = asked.world, wire.new_id(asked.world, 8)
    pin = {
        "id": pin_id,
        "owner": asked.user_id,
        "board_id": board["id"],
        "board_section_id": str(body.get("board_section_id") or ""),
        "created": int(wire.epoch(world)),
        "media": dict(source),
        **{name: str(body.get(name) or "") for name in ("alt_text", "description", "dominant_color", "link", "title")},
    }
    world.put("pinterest.pin", pin_id, pin)
    for key in (str(board["id"]), asked.user_id):
        world.put("pinterest.pins", key, {"ids": [*_ids(world, key), pin_id][-KEPT:]})
    return view(world, pin, asked.user_id)


def _ids(world: World, key: str) -> list[str]:
    return list((world.get("pinterest.pins", key) or {}).get("ids", ()))
