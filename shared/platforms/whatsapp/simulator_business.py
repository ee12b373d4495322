"""The simulated Business Management API: accounts, numbers, profile, templates, subscriptions, figures."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from shared.platforms import _alive
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem, answer
from shared.platforms.contract import World
from shared.platforms.whatsapp import simulator_state as state
from shared.platforms.whatsapp.capabilities import VERTICALS
from shared.platforms.whatsapp.simulator_messages import APPROVED_AFTER
from shared.platforms.whatsapp.simulator_numbers import shown
from shared.platforms.whatsapp.simulator_state import Session
from shared.ports.http import Response

_LENGTHS: Final = {"about": 139, "address": 256, "description": 512, "email": 128}
_CATEGORIES: Final = ("MARKETING", "UTILITY", "AUTHENTICATION")
_SPAN: Final = re.compile(r"analytics\.start\((\d+)\)\.end\((\d+)\)")


def numbers(ask: Ask, world: World, waba: Document) -> Response:
    """GET /{account}/phone_numbers."""
    rows = [shown(known) for one in waba["numbers"] if (known := world.get("wa.number", one))]
    address = f"https://graph.facebook.com/{simulated.VERSION}/{waba['id']}/phone_numbers"
    return simulated.page(ask, rows, lambda row: simulated.chosen(ask, row, "WhatsAppBusinessPhoneNumber"), address)


def profile(ask: Ask, world: World, number: Document) -> Response:
    """GET /{number}/whatsapp_business_profile: bare, as (seen) the real one answers."""
    known = world.get("wa.profile", str(number["id"])) or {}
    have = {name: known.get(name) for name in (*_LENGTHS, "vertical", "websites", "profile_picture_url")}
    chosen = simulated.picked(ask.text("fields"), have, "WhatsAppBusinessProfile") if ask.text("fields") else have
    return answer({"data": [{**chosen, "messaging_product": "whatsapp"}]})


def update_profile(ask: Ask, world: World, number: Document) -> Response:
    """POST /{number}/whatsapp_business_profile."""
    ask.allow("messaging_product", *_LENGTHS, "vertical", "websites", "profile_picture_handle")
    ask.need("messaging_product")
    for name, most in _LENGTHS.items():
        if name in ask.params and not (isinstance(ask.params[name], str) and len(ask.params[name]) <= most):
            raise Problem(100, f"(#100) Param {name} must be a string of at most {most} characters.")
    if ask.text("vertical") and ask.text("vertical") not in VERTICALS:
        raise Problem(100, f"(#100) Param vertical must be one of {{{', '.join(VERTICALS)}}}")
    websites = ask.params.get("websites", [])
    if not isinstance(websites, list) or len(websites) > 2 or not all(isinstance(one, str) for one in websites):
        raise Problem(100, "(#100) Param websites must be an array of at most two addresses")
    known = world.get("wa.profile", str(number["id"])) or {}
    given = {name: ask.params[name] for name in (*_LENGTHS, "vertical", "websites") if name in ask.params}
    if ask.text("profile_picture_handle"):
        given["profile_picture_url"] = f"https://pps.whatsapp.net/{number['id']}.jpg"
    stamp = {"changed": simulated.now(world)}
    world.put("wa.profile", str(number["id"]), {**known, **given, **stamp})
    return answer({"success": True})


# ---------------------------------------------------------------------------------------------------- templates


def rows_of(world: World, waba: str) -> dict[str, Document]:
    """The account's templates by id."""
    return dict((world.get("wa.templates", waba) or {"rows": {}})["rows"])


def status_of(world: World, row: Mapping[str, Any]) -> str:
    """PENDING for a minute, then APPROVED."""
    if row["status"] == "PENDING" and simulated.now(world) - float(row["made"]) >= APPROVED_AFTER:
        return "APPROVED"
    return str(row["status"])


def templates(ask: Ask, world: World, waba: Document) -> Response:
    """GET /{account}/message_templates."""
    wanted = ask.text("name")
    rows = [_shown(world, row) for row in rows_of(world, str(waba["id"])).values() if wanted in {"", row["name"]}]
    address = f"https://graph.facebook.com/{simulated.VERSION}/{waba['id']}/message_templates"
    return simulated.page(ask, rows, lambda row: row, address)


def _shown(world: World, row: Mapping[str, Any]) -> Document:
    names = ("id", "name", "language", "category", "components")
    return {**{name: row[name] for name in names}, "status": status_of(world, row)}


def template(ask: Ask, world: World, who: Session, template_id: str) -> Response | None:
    """GET /{template}, None where there is no such template."""
    for waba in who.wabas:
        if row := rows_of(world, waba).get(template_id):
            return answer(simulated.chosen(ask, _shown(world, row), "WhatsAppMessageTemplate"))
    return None


def edit_template(ask: Ask, world: World, who: Session, template_id: str) -> Response | None:
    """POST /{template}: other components, reviewed anew; None where there is no such template."""
    for waba in who.wabas:
        rows = rows_of(world, waba)
        if row := rows.get(template_id):
            ask.allow("components", "category", "name", "language")
            if "components" in ask.params:
                row = {**row, "components": _components(ask)}
            row |= {"status": "PENDING", "made": simulated.now(world), "told": False}
            row |= {"category": ask.text("category")} if ask.text("category") else {}
            world.put("wa.templates", waba, {"rows": {**rows, template_id: row}})
            return answer({"success": True})
    return None


def _components(ask: Ask) -> list[Any]:
    parts = ask.items("components")
    if not parts or not all(isinstance(part, dict) for part in parts) or not any(_is_body(part) for part in parts):
        raise Problem(100, "(#100) Param components must have a BODY with a text")
    return parts


def create_template(ask: Ask, world: World, waba: Document, who: Session) -> Response:
    """POST /{account}/message_templates."""
    ask.allow("name", "language", "category", "components", "allow_category_change", "parameter_format")
    ask.need("name", "language", "category", "components")
    if not re.fullmatch(r"[a-z0-9_]{1,512}", ask.text("name")):
        raise Problem(100, "Invalid parameter", 2388019, user_message="The name has characters that are not allowed.")
    if ask.text("category") not in _CATEGORIES:
        raise Problem(100, f"(#100) Param category must be one of {{{', '.join(_CATEGORIES)}}}")
    parts = _components(ask)
    rows = rows_of(world, str(waba["id"]))
    if any((row["name"], row["language"]) == (ask.text("name"), ask.text("language")) for row in rows.values()):
        said = f"There is already {ask.text('language')} content for this template. You can create a new template."
        raise Problem(100, "Invalid parameter", 2388024, user_message=said)
    made = str(10**15 + world.serial("wa.template"))
    row: Document = {
        "id": made,
        "name": ask.text("name"),
        "language": ask.text("language"),
        "category": ask.text("category"),
    }
    row |= {"components": parts, "status": "PENDING", "made": simulated.now(world), "by": who.client, "told": False}
    world.put("wa.templates", str(waba["id"]), {"rows": dict(list({**rows, made: row}.items())[-state.KEPT :])})
    return answer({"id": made, "status": "PENDING", "category": row["category"]})


def _is_body(part: Mapping[str, Any]) -> bool:
    return str(part.get("type", "")).upper() == "BODY" and bool(part.get("text"))


def delete_template(ask: Ask, world: World, waba: Document) -> Response:
    """DELETE /{account}/message_templates: by name, or one by its id beside the name."""
    ask.allow("name", "hsm_id")
    ask.need("name")
    rows = rows_of(world, str(waba["id"]))
    gone = [key for key, row in rows.items() if row["name"] == ask.text("name") and ask.text("hsm_id") in {"", key}]
    if not gone:
        raise Problem(100, "Invalid parameter", 2593002, user_message="The message template was not found.")
    left = {key: row for key, row in rows.items() if key not in gone}
    world.put("wa.templates", str(waba["id"]), {"rows": left})
    return answer({"success": True})


# -------------------------------------------------------------------------------------- subscriptions, figures


def subscription(ask: Ask, world: World, waba: Document, who: Session) -> Response:
    """GET, POST, DELETE /{account}/subscribed_apps."""
    known: Document = world.get("wa.subscribed", str(waba["id"])) or {"apps": []}
    if ask.method == "GET":
        named = [{"whatsapp_business_api_data": {"id": app, "name": "Rostrum"}} for app in known["apps"]]
        return answer({"data": named})
    ask.allow("override_callback_uri", "verify_token")
    rest = [str(app) for app in known["apps"] if app != who.client]
    apps: list[str] = rest if ask.method == "DELETE" else [*rest, who.client]
    since = known.get("since") or simulated.now(world)
    world.put("wa.subscribed", str(waba["id"]), {"apps": apps, "since": since})
    return answer({"success": True})


def account(ask: Ask, world: World, waba: Document) -> Response:
    """GET /{account}, with its figures."""
    have: Document = {
        "id": waba["id"],
        "name": waba["name"],
        "currency": "USD",
        "timezone_id": "1",
        "message_template_namespace": f"ns_{waba['id']}",
        "analytics": None,
        "pricing_analytics": None,
    }
    found = _SPAN.search(ask.text("fields"))
    if found:
        start, end = int(found.group(1)), int(found.group(2))
        have["analytics"] = {"granularity": "DAY", "data_points": _volume(world, waba, start, end)}
        have["pricing_analytics"] = {"data": [{"data_points": _prices(world, waba, start, end)}]}
    fields = re.sub(r"(\w*analytics)(?:\.\w+\((?:[^()]*)\))+", r"\1", ask.text("fields"))
    return answer(simulated.picked(fields, have, "WhatsAppBusinessAccount"))


def _days(start: int, end: int) -> range:
    return range(start // simulated.DAY, end // simulated.DAY + 1)


def _volume(world: World, waba: Document, start: int, end: int) -> list[Document]:
    own = [row for number in waba["numbers"] for row in state.sent(world, number)]
    points = []
    for day in _days(start, end):
        mine = [row for row in own if int(row["at"]) // simulated.DAY == day]
        sent = _alive.daily(f"{waba['id']}/sent", day, least=5, most=60) + len(mine)
        failed = sum(bool(row["failed"]) for row in mine)
        span = {"start": day * simulated.DAY, "end": (day + 1) * simulated.DAY}
        points.append({**span, "sent": sent, "delivered": max(0, sent - sent // 25 - failed)})
    return points


def _prices(world: World, waba: Document, start: int, end: int) -> list[Document]:
    points = []
    for day in _days(start, end):
        volume = _alive.daily(f"{waba['id']}/billed", day, least=0, most=12)
        span = {"start": day * simulated.DAY, "end": (day + 1) * simulated.DAY}
        points.append({**span, "volume": volume, "cost": round(volume * 0.0135, 4)})
    return json.loads(json.dumps(points))  # type: ignore[no-any-return]
