"""Which fields of a Page an app hears of: /{page}/subscribed_apps.

https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps
"""

from __future__ import annotations

from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Problem, answer
from shared.platforms.contract import World
from shared.platforms.facebook import webhooks
from shared.platforms.facebook.simulator_state import Session
from shared.ports.http import Response

_MORE = ("message_edits", "messaging_optins", "messaging_referrals", "videos", "live_videos", "name", "picture")


def handle(ask: Ask, who: Session, world: World) -> Response:
    """GET, POST and DELETE."""
    who.need("pages_manage_metadata")
    app, page = who.token["app"], who.page
    if ask.method == "GET":
        ask.allow("limit", "after")
        rows = [
            {"id": id_, "name": "Sandbox", "subscribed_fields": list(names)}
            for id_, names in page["subscribed"].items()
        ]
        return answer({"data": rows})
    if ask.method == "DELETE":
        ask.allow()
        others = {id_: names for id_, names in page["subscribed"].items() if id_ != app}
        world.put("page", page["id"], page | {"subscribed": others})
        return answer({"success": True})
    if ask.method != "POST":
        raise simulated.missing(page["id"], ask.method.lower())
    ask.allow("subscribed_fields")
    fields = [str(name) for name in ask.items("subscribed_fields")]
    known = {*webhooks.FIELDS, *_MORE}
    if not fields or not set(fields) <= known:
        wrong = next((name for name in fields if name not in known), "nothing")
        raise Problem(100, f"(#100) Param subscribed_fields[0] must be one of {{{', '.join(sorted(known))}}}: {wrong}")
    for name in fields:
        _check_permission(who, name)
    world.put("page", page["id"], page | {"subscribed": page["subscribed"] | {app: fields}})
    return answer({"success": True})


def _check_permission(who: Session, field: str) -> None:
    """Some fields need a permission of their own."""
    needed = "leads_retrieval" if field == "leadgen" else "pages_messaging" if field.startswith("messag") else ""
    if needed and needed not in who.token["scopes"]:
        message = f"(#200) To subscribe to the {field} field, one of these permissions is needed: {needed}."
        raise Problem(200, message, status=403)
