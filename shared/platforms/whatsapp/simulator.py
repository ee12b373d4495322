"""WhatsApp Business, simulated: Embedded Signup, the Cloud API and Business Management of Graph v26.0, as documented.

Stateful and strict. Where Meta documents nothing, the README says what was chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from shared.platforms import _pushes
from shared.platforms._graph import simulated
from shared.platforms._graph.simulated import Ask, Document, Problem
from shared.platforms.contract import Done, Push, Seen, What, World
from shared.platforms.whatsapp import simulator_business as managing
from shared.platforms.whatsapp import simulator_messages as messaging
from shared.platforms.whatsapp import simulator_numbers as numbering
from shared.platforms.whatsapp import simulator_oauth as oauth
from shared.platforms.whatsapp import simulator_pushes as telling
from shared.platforms.whatsapp import simulator_state as state
from shared.platforms.whatsapp.simulator_state import Session
from shared.ports.http import Request, Response

__all__ = ["HAPPENINGS", "done", "handle", "happen", "pushes", "seed", "seen", "visit"]

HAPPENINGS: tuple[What, ...] = ("message",)


def handle(request: Request, world: World) -> Response:
    """Answer one request. Raises Lost and Delayed, as a text asks for them."""
    try:
        return _route(request, world)
    except Problem as problem:
        return problem.response(world)


def seed(world: World, name: str) -> Mapping[str, str]:
    """Make the person's business; answers a code that can be exchanged at once, with any redirect address."""
    return {"sandbox_user": name, "code": oauth.make_code(world, name, "", "")}


def seen(world: World, platform_account_id: str) -> Sequence[Seen]:
    """Nothing: there are no posts."""
    return ()


def done(world: World, platform_account_id: str) -> Sequence[Done]:
    """What the number sent and did not fail, the account's own templates, and changes of the profile; oldest first."""
    number = world.get("wa.number", platform_account_id)
    if not number:
        return ()
    found = [
        Done("message.send", row["id"], row["to"], row["text"], _instant(row["at"]))
        for row in state.sent(world, platform_account_id)
        if not row["failed"]
    ]
    found += [
        Done("template.create", key, str(number["waba"]), row["name"], _instant(row["made"]))
        for key, row in managing.rows_of(world, str(number["waba"])).items()
        if row.get("by")
    ]
    profile = world.get("wa.profile", platform_account_id) or {}
    if profile.get("changed"):
        about = str(profile.get("about") or "")
        found.append(Done("profile.update", platform_account_id, "", about, _instant(profile["changed"])))
    return sorted(found, key=lambda one: one.at)


def pushes(world: World) -> Sequence[Push]:
    """The webhooks that were sent, oldest first."""
    return _pushes.sent(world)


def visit(world: World, account: str, text: str, *, who: str = "15550109999", name: str = "Visitor") -> str:
    """Somebody writes to the number now; the id of their message."""
    number = world.get("wa.number", account) or {}
    rows = (world.get("wa.visits", account) or {"rows": []})["rows"]
    made = state.wamid(who, f"visit.{account}.{world.serial('wa.visit')}")
    line = {"id": made, "from": who, "name": name, "text": text, "at": simulated.now(world)}
    world.put("wa.visits", account, {"rows": [*rows, line][-state.KEPT :]})
    telling.tell(world, world.get("wa.waba", str(number["waba"])) or {})
    return made


def happen(world: World, platform_account_id: str, what: What, text: str, on: str, stars: int) -> str:
    """As ``contract.Simulator.happen``."""
    if world.get("wa.number", platform_account_id) is None:
        raise LookupError(platform_account_id)
    return visit(world, platform_account_id, text)


def _instant(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def _route(request: Request, world: World) -> Response:
    ask = Ask.of(request)
    match (ask.host, ask.method, ask.path):
        case ("www.facebook.com", "GET", ("dialog", "oauth")):
            return oauth.authorize(ask, world)
        case ("graph.facebook.com", "GET" | "POST", ("oauth", "access_token")):
            return oauth.token(ask, world)
        case ("graph.facebook.com", "GET", ("debug_token",)):
            return oauth.debug(ask, world)
        case ("graph.facebook.com", _, (_, *_)):
            return _graph(ask, world)
    raise Problem(2500, f"Unknown path components: /{'/'.join(ask.path)}", status=404)


def _graph(ask: Ask, world: World) -> Response:
    who = state.session(world, ask)
    accounts = [waba for one in who.wabas if (waba := world.get("wa.waba", one))]
    response = _answered(ask, world, who)
    for waba in accounts:
        telling.tell(world, waba)
    return response


def _answered(ask: Ask, world: World, who: Session) -> Response:
    node, edge = ask.path[0], "/".join(ask.path[1:])
    waba = world.get("wa.waba", node) if node in who.wabas else None
    if waba:
        return _account(ask, world, waba, edge, who)
    if not edge and ask.method == "GET":
        found = managing.template(ask, world, who, node)
        if found:
            return found
    if not edge and ask.method == "POST" and (edited := managing.edit_template(ask, world, who, node)):
        return edited
    return _number(ask, world, state.number_of(world, who, node), edge, who)


def _account(ask: Ask, world: World, waba: Document, edge: str, who: Session) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return managing.account(ask, world, waba)
        case ("GET", "phone_numbers"):
            return managing.numbers(ask, world, waba)
        case ("GET", "message_templates"):
            return managing.templates(ask, world, waba)
        case ("POST", "message_templates"):
            return managing.create_template(ask, world, waba, who)
        case ("DELETE", "message_templates"):
            return managing.delete_template(ask, world, waba)
        case ("GET" | "POST" | "DELETE", "subscribed_apps"):
            return managing.subscription(ask, world, waba, who)
    raise simulated.Problem(2500, f"Unknown path components: /{edge}", status=400)


def _number(ask: Ask, world: World, number: Document, edge: str, who: Session) -> Response:
    match (ask.method, edge):
        case ("GET", ""):
            return simulated.answer(simulated.chosen(ask, numbering.shown(number), "WhatsAppBusinessPhoneNumber"))
        case ("POST", "request_code" | "verify_code" | "register" | "deregister"):
            return numbering.change(ask, world, number, edge)
        case ("POST", "messages"):
            numbering.check_registered(number)
            return messaging.send(ask, who, world, number)
        case ("POST", "media"):
            return messaging.upload(ask, world, number)
        case ("GET", "message_history"):
            return messaging.history(ask, world, number)
        case ("GET", "whatsapp_business_profile"):
            return managing.profile(ask, world, number)
        case ("POST", "whatsapp_business_profile"):
            return managing.update_profile(ask, world, number)
    raise simulated.Problem(2500, f"Unknown path components: /{edge}", status=400)
