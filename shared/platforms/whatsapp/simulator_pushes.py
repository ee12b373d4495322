"""What the simulated WhatsApp tells of an account that is subscribed: each thing once, at its time.

The simulator has no clock of its own: what will happen within some days is known at each request, and goes out when it
happens (``_pushes``). A subscription is looked at weekly, which is such a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Document
from shared.platforms.contract import World
from shared.platforms.whatsapp import simulator_state as state
from shared.platforms.whatsapp.simulator_business import rows_of, status_of
from shared.platforms.whatsapp.simulator_messages import APPROVED_AFTER, failure, states
from shared.platforms.whatsapp.webhooks import OBJECT

AHEAD = timedelta(days=8)


def tell(present: World, waba: Document) -> None:
    """Everything about the account that was not told yet, and will happen within ``AHEAD``."""
    world = _pushes.Later(present, present.now + AHEAD)
    subscribed = world.get("wa.subscribed", str(waba["id"]))
    if not subscribed or not subscribed["apps"]:
        return
    for one in waba["numbers"]:
        number = world.get("wa.number", one) or {}
        _tell_lines(world, waba, number)
        _tell_states(world, waba, number)
    _tell_templates(world, waba)


def _tell_lines(world: World, waba: Document, number: Document) -> None:
    key = str(number["id"])
    told = (world.get("wa.told", key) or {"ids": []})["ids"]
    fresh = [line for line in state.lines(world, number) if line["id"] not in told]
    for line in fresh:
        message = {"from": line["from"], "id": line["id"], "timestamp": str(int(line["at"])), "type": "text"}
        value = {
            **_about(number),
            "contacts": [{"profile": {"name": line["name"]}, "wa_id": line["from"]}],
            "messages": [{**message, "text": {"body": line["text"]}}],
        }
        _push(world, waba, "messages", value, line["id"], float(line["at"]))
    if fresh:
        world.put("wa.told", key, {"ids": [*told, *(line["id"] for line in fresh)][-state.KEPT :]})


def _tell_states(world: World, waba: Document, number: Document) -> None:
    rows, changed, now = state.sent(world, str(number["id"])), False, simulated.now(world)
    for row in rows:
        for name, at in states(row, now):
            if name in row["told"]:
                continue
            row["told"], changed = [*row["told"], name], True
            value = {**_about(number), "statuses": [_status(row, name, at)]}
            _push(world, waba, "messages", value, f"{row['id']}.{name}", at)
    if changed:
        state.keep_sent(world, str(number["id"]), rows)


def _status(row: Mapping[str, Any], name: str, at: float) -> Document:
    status = {"id": row["id"], "status": name, "timestamp": str(int(at)), "recipient_id": row["to"]}
    if row["key"]:
        status["biz_opaque_callback_data"] = row["key"]
    if name == "failed":
        return {**status, "errors": [failure(row)]}
    category = "utility" if row["kind"] == "template" else "service"
    pricing = {"billable": row["kind"] == "template", "pricing_model": "PMP", "category": category}
    return {**status, "pricing": pricing} if name == "sent" else status


def _tell_templates(world: World, waba: Document) -> None:
    rows = rows_of(world, str(waba["id"]))
    due = {key: row for key, row in rows.items() if row.get("told") is False and status_of(world, row) == "APPROVED"}
    for key, row in due.items():
        value = {
            "event": "APPROVED",
            "message_template_id": int(key),
            "message_template_name": row["name"],
            "message_template_language": row["language"],
            "reason": "NONE",
        }
        at = float(row["made"]) + APPROVED_AFTER
        _push(world, waba, "message_template_status_update", value, f"{key}.APPROVED", at)
    if due:
        told = {key: {**row, "told": True} if key in due else row for key, row in rows.items()}
        world.put("wa.templates", str(waba["id"]), {"rows": told})


def _about(number: Mapping[str, Any]) -> Document:
    metadata = {"display_phone_number": number["digits"], "phone_number_id": number["id"]}
    return {"messaging_product": "whatsapp", "metadata": metadata}


def _push(world: World, waba: Document, field: str, value: Mapping[str, Any], id_: str, at: float) -> None:
    entry: Document = {"id": waba["id"], "changes": [{"value": value, "field": field}]}
    if field != "messages":
        entry["time"] = int(at)
    _pushes.append(world, simulated.push(id_, datetime.fromtimestamp(at, UTC), OBJECT, entry))
