"""The simulated WhatsApp's messages: taken, sent, delivered and read as time passes; or failed, which is told later.

A message outside the 24 h window is taken, and fails with 131047 by webhook, as (seen) the real one does. Numbers that end
in 0000 beyond the first (``…990000``) are not on WhatsApp: 131026. A template that does not exist is refused at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _faults
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer
from shared.platforms.contract import World
from shared.platforms.whatsapp import simulator_state as state
from shared.platforms.whatsapp.simulator_state import Session
from shared.ports.http import Response

_TYPES: Final = (
    *("text", "image", "video", "audio", "document", "sticker", "location", "contacts"),
    *("interactive", "template", "reaction"),
)
_FILES: Final = ("image", "video", "audio", "document", "sticker")
MAX_TEXT, MAX_CAPTION = 4096, 1024
NOWHERE: Final = "990000"
DELIVERED_AFTER, READ_AFTER = 2.0, 60.0
WINDOW_CLOSED: Final = 131047
UNDELIVERABLE: Final = 131026
_SAID: Final = {
    WINDOW_CLOSED: (
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    UNDELIVERABLE: ("Message undeliverable", "Message Undeliverable."),
}


def send(ask: Ask, who: Session, world: World, number: Document) -> Response:
    """POST /{number}/messages: a message, or a read receipt."""
    ask.need("messaging_product")
    if ask.text("status"):
        return _read(ask, world, number)
    kind = ask.text("type") or "text"
    ask.allow("messaging_product", "recipient_type", "to", "type", "context", "biz_opaque_callback_data", kind)
    ask.need("to")
    if kind not in _TYPES:
        raise Problem(131009, f"(#131009) Parameter value is not valid: type must be one of {', '.join(_TYPES)}")
    content = ask.params.get(kind)
    if not isinstance(content, list if kind == "contacts" else dict) or not content:
        raise Problem(131008, f"(#131008) Required parameter is missing: {kind}")
    to = re.sub(r"\D", "", ask.text("to")) if ask.text("recipient_type") != "group" else ask.text("to")
    _check(world, number, kind, content)
    words = _words(kind, content)
    return _faults.visible(
        world,
        text=words,
        key=f"wa.{number['id']}.{to}.{ask.text('biz_opaque_callback_data') or words}",
        effect=lambda: _made(ask, who, world, number, {"to": to, "kind": kind, "text": words}),
        limited=lambda: Problem(130429, "(#130429) Rate limit hit", status=429).response(world),
        expired=lambda: simulated.expired(simulated.stamp(simulated.now(world) - 60)).response(world),
        rejected=lambda: Problem(131009, "(#131009) Parameter value is not valid").response(world),
        broken=lambda: Problem(131000, "(#131000) Something went wrong", status=500).response(world),
    )


def _check(world: World, number: Document, kind: str, content: Any) -> None:
    if kind == "text":
        body = str(content.get("body") or "")
        if not body:
            raise Problem(100, "(#100) The parameter text['body'] is required.")
        if len(body) > MAX_TEXT:
            raise Problem(100, f"(#100) Param text['body'] must be at most {MAX_TEXT} characters long.")
    elif kind in _FILES:
        _check_file(world, number, content)
    elif kind == "template":
        _check_template(world, number, content)
    elif kind == "reaction" and not str(content.get("message_id", "")).startswith("wamid."):
        raise Problem(131009, "(#131009) Parameter value is not valid: reaction['message_id']")


def _check_file(world: World, number: Document, content: Mapping[str, Any]) -> None:
    given = [name for name in ("id", "link") if content.get(name)]
    if len(given) != 1:
        raise Problem(100, "(#100) One of the parameters id and link is required, and only one.")
    if len(str(content.get("caption") or "")) > MAX_CAPTION:
        raise Problem(100, f"(#100) Param caption must be at most {MAX_CAPTION} characters long.")
    media = world.get("wa.media", str(content.get("id"))) if content.get("id") else {"number": number["id"]}
    if not media or media["number"] != number["id"]:
        raise Problem(131009, "(#131009) Parameter value is not valid: the media id is unknown or was forgotten")


def _check_template(world: World, number: Document, content: Mapping[str, Any]) -> None:
    code = str((content.get("language") or {}).get("code") or "")
    rows = (world.get("wa.templates", str(number["waba"])) or {"rows": {}})["rows"].values()
    same = [row for row in rows if row["name"] == content.get("name") and row["language"] == code]
    if not same or same[0]["status"] not in {"APPROVED", "PENDING"} or not _approved(world, same[0]):
        said = "(#132001) Template name does not exist in the translation"
        raise Problem(132001, said, user_message="")
    wanted = sum(len(set(re.findall(r"\{\{(\w+)\}\}", str(part.get("text") or "")))) for part in same[0]["components"])
    given = sum(len(part.get("parameters") or ()) for part in content.get("components") or () if isinstance(part, dict))
    if wanted != given:
        raise Problem(132000, "(#132000) Number of parameters does not match the expected number of params")


def _approved(world: World, row: Mapping[str, Any]) -> bool:
    return bool(simulated.now(world) - float(row["made"]) >= APPROVED_AFTER)


APPROVED_AFTER: Final = 60.0


def _words(kind: str, content: Any) -> str:
    if kind == "text":
        return str(content["body"])
    if kind in _FILES:
        return str(content.get("caption") or "")
    if kind == "template":
        return str(content.get("name"))
    inner = content.get("body") if isinstance(content, dict) else None
    return str((inner or {}).get("text") or "")


def _made(ask: Ask, who: Session, world: World, number: Document, what: Mapping[str, str]) -> Response:
    message = state.wamid(what["to"], f"{number['id']}.{world.serial('wa.message')}.{simulated.now(world)}")
    rows = state.sent(world, str(number["id"]))
    open_ = what["kind"] == "template" or state.is_open(world, number, what["to"])
    problem = UNDELIVERABLE if what["to"].endswith(NOWHERE) else 0 if open_ else WINDOW_CLOSED
    row = {
        "id": message,
        "entry": str(world.serial("wa.entry") + 10**15),
        "at": simulated.now(world),
        "client": who.client,
        "failed": problem,
        "told": [],
        "key": ask.text("biz_opaque_callback_data"),
        **what,
    }
    state.keep_sent(world, str(number["id"]), [*rows, row])
    body = {"messaging_product": "whatsapp", "contacts": [{"input": ask.text("to"), "wa_id": what["to"]}]}
    return answer({**body, "messages": [{"id": message, "message_status": "accepted"}]})


def _read(ask: Ask, world: World, number: Document) -> Response:
    ask.allow("messaging_product", "status", "message_id", "typing_indicator")
    if ask.text("status") != "read" or not ask.text("message_id").startswith("wamid."):
        raise Problem(131009, "(#131009) Parameter value is not valid")
    known = world.get("wa.read", str(number["id"])) or {"rows": {}}
    rows = {**known["rows"], ask.text("message_id"): simulated.now(world)}
    world.put("wa.read", str(number["id"]), {"rows": dict(list(rows.items())[-state.KEPT :])})
    return answer({"success": True})


def upload(ask: Ask, world: World, number: Document) -> Response:
    """POST /{number}/media."""
    ask.allow("messaging_product", "type")
    ask.need("messaging_product")
    content = ask.files.get("file", b"")
    if not content:
        raise Problem(100, "(#100) The parameter file is required.")
    media = str(10**15 + world.serial("wa.media"))
    world.put("wa.media", media, {"number": number["id"], "size": len(content), "type": ask.text("type")})
    return answer({"id": media})


def states(row: Mapping[str, Any], now: float) -> list[tuple[str, float]]:
    """What became of a message so far, in order."""
    if row["failed"]:
        return [("failed", float(row["at"]))]
    steps = (("sent", 0.0), ("delivered", DELIVERED_AFTER), ("read", READ_AFTER))
    return [(name, row["at"] + after) for name, after in steps if row["at"] + after <= now]


def failure(row: Mapping[str, Any]) -> Document:
    """The error of a message that failed, as webhooks tell it."""
    title, details = _SAID[int(row["failed"])]
    return {"code": row["failed"], "title": title, "message": title, "error_data": {"details": details}}


def history(ask: Ask, world: World, number: Document) -> Response:
    """GET /{number}/message_history: newest first."""
    ask.allow("message_id", "limit", "after", "before")
    now = simulated.now(world)
    rows = [
        {
            "id": row["entry"],
            "message_id": row["id"],
            "events": {
                "data": [
                    {
                        "id": f"{row['entry']}{index}",
                        "delivery_status": name.upper(),
                        "timestamp": int(at),
                        "webhook_update_state": "DELIVERED",
                        "application": {"id": row["client"]},
                    }
                    for index, (name, at) in enumerate(states(row, now))
                ]
            },
        }
        for row in reversed(state.sent(world, str(number["id"])))
        if ask.text("message_id") in {"", row["id"]}
    ]
    address = f"https://graph.facebook.com/{simulated.VERSION}/{number['id']}/message_history"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, row, "WhatsAppMessageHistory"), address)
