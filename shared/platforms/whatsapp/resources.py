"""What callers may look up on WhatsApp, and change beside messages: read receipts, templates, the profile.

https://developers.facebook.com/documentation/business-messaging/whatsapp (templates, business-phone-numbers,
business-profiles), read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid, Missing
from shared.platforms import _wire
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.contract_inbox import Page
from shared.platforms.whatsapp import wire
from shared.platforms.whatsapp.oauth import NUMBER_FIELDS
from shared.platforms.whatsapp.wire import GRAPH, account_id, number_id
from shared.ports.http import AnswerLost, Request

_PROFILE_FIELDS: Final = "about,address,description,email,profile_picture_url,websites,vertical"
_SIZE: Final = 50


# ----------------------------------------------------------------------------------------------------- reading


def read(call: Call, name: str, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    """``numbers``, ``profile``, ``templates``: as WhatsApp gives them. Raises Refused, Missing."""
    readers = {"numbers": _numbers, "profile": _profile, "templates": _templates}
    if name not in readers:
        raise Missing("platform.whatsapp.resource_not_found", f"WhatsApp has no resource {name!r}.", resource=name)
    return readers[name](call, arguments, cursor)


def _numbers(call: Call, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    path = f"{account_id(call)}/phone_numbers"
    return _page(GRAPH.read(call, path, fields=NUMBER_FIELDS, limit=_SIZE, after=cursor or None))


def _profile(call: Call, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    return Page((_own_profile(call),))


def _templates(call: Call, arguments: Mapping[str, Any], cursor: str) -> Page[Mapping[str, Any]]:
    path, name = f"{account_id(call)}/message_templates", arguments.get("name") or None
    return _page(GRAPH.read(call, path, name=name, limit=_SIZE, after=cursor or None))


def _page(answer: Mapping[str, Any]) -> Page[Mapping[str, Any]]:
    paging = answer.get("paging") or {}
    after = str((paging.get("cursors") or {}).get("after") or "") if paging.get("next") else ""
    return Page(tuple(answer.get("data") or ()), after)


def _own_profile(call: Call) -> dict[str, Any]:
    """The profile. Graph wraps it in ``business_profile`` by its OpenAPI document, and (seen) answers it bare."""
    answer = GRAPH.read(call, f"{number_id(call)}/whatsapp_business_profile", fields=_PROFILE_FIELDS)
    first = next(iter(answer.get("data") or ()), None)
    if not isinstance(first, dict):
        raise AnswerLost("a profile without data")
    return dict(first.get("business_profile") or first)


# ------------------------------------------------------------------------------------------------------- doing


def prepare(call: Call, act: Act, state: Mapping[str, Any]) -> Ready | Wait:
    """Of a template that is to go, look its name up; else check what was given. Raises Invalid, Refused."""
    if act.verb != "template.delete":
        _CHECKS[act.verb](act)
        return Ready(state)
    if state.get("name") or act.handles.get("name"):
        return Ready({"name": act.handles.get("name"), **state})
    template = GRAPH.read(call, _template_id(act), fields="id,name")
    return Ready({"name": str(template.get("name") or "")})


def commit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    """The one request of the act. Raises Invalid, Refused, AnswerLost, NotSent."""
    return _COMMITS[act.verb](call, act, state)


def confirm(call: Call, act: Act, state: Mapping[str, Any]) -> Published | Wait:
    """Never needed."""
    raise TypeError("commit never answers Accepted here")


def find(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    """What became of the act. Raises Refused."""
    return _FINDS[act.verb](call, act, armed)


def _read_message(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    body: dict[str, Any] = {"messaging_product": wire.PRODUCT, "status": "read", "message_id": act.on}
    if act.arguments.get("typing"):
        body["typing_indicator"] = {"type": "text"}
    return _succeeded(GRAPH.send_json(call, f"{number_id(call)}/messages", body), act.on)


def _create(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    answer = GRAPH.send_json(call, f"{account_id(call)}/message_templates", wire.template_body(act.arguments))
    if not answer.get("id"):
        raise AnswerLost("a success that names no template")
    return Published(str(answer["id"]), None, {"name": str(act.arguments["name"])}, answer)


def _delete(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    query = {"hsm_id": _template_id(act), "name": state.get("name") or None}
    url = _wire.with_query(f"{GRAPH.base}/{account_id(call)}/message_templates", {**query, **GRAPH.proven(call)})
    request = Request("DELETE", url, {"Authorization": GRAPH.bearer(call)}, read_timeout=GRAPH.send_deadline)
    try:
        return _succeeded(_wire.ask(call, request, GRAPH.book.visible_refusal).json, act.on)
    except Refused as refused:
        if refused.platform_code == _NO_TEMPLATE:
            return Published(act.on)  # gone already
        raise


def _update(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    path = f"{number_id(call)}/whatsapp_business_profile"
    return _succeeded(GRAPH.send_json(call, path, wire.profile_body(act.arguments)), number_id(call))


def _succeeded(answer: Mapping[str, Any], on: str) -> Published:
    if answer.get("success") is not True:
        raise AnswerLost("an answer that does not say «success»")
    return Published(on, None, {}, answer)


def _find_read(call: Call, act: Act, armed: Armed) -> Unsure:
    return Unsure("WhatsApp does not tell whether a message was marked read; doing it again does no harm")


def _find_created(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    wanted = act.arguments
    answer = GRAPH.read(call, f"{account_id(call)}/message_templates", name=wanted["name"], limit=100)
    if not isinstance(answer.get("data"), list):
        return Unsure("WhatsApp's list of templates could not be read")
    same = [
        one for one in answer["data"] if (one.get("name"), one.get("language")) == (wanted["name"], wanted["language"])
    ]
    mine = [one for one in same if not armed.taken(str(one.get("id")))]
    if mine:
        return Published(str(mine[0]["id"]), None, {"name": str(wanted["name"])}, mine[0])
    return (
        Absent("no template of this name and language is there") if not same else Unsure("it is, or may be, another's")
    )


def _find_deleted(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    name = armed.state.get("name")
    answer = GRAPH.read(call, f"{account_id(call)}/message_templates", name=name, limit=100)
    if not isinstance(answer.get("data"), list):
        return Unsure("WhatsApp's list of templates could not be read")
    stands = any(str(one.get("id")) == act.on for one in answer["data"])
    return Absent("the template still stands there") if stands else Published(act.on)


def _find_updated(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    wanted = wire.profile_body(act.arguments)
    shown = _own_profile(call)
    differs = [name for name, value in wanted.items() if name != "messaging_product" and shown.get(name) != value]
    return Absent(f"the profile shows another {differs[0]}") if differs else Published(number_id(call))


def _template_id(act: Act) -> str:
    if not act.on.isdigit():
        raise Invalid("validation.field_invalid", "on: a template's id, of digits.", field="on")
    return act.on


def _check_read(act: Act) -> None:
    if not act.on.startswith("wamid."):
        raise Invalid("validation.field_invalid", "on: the id of a message that was received (wamid.…).", field="on")


_NO_TEMPLATE: Final = "100/2593002"
_CHECKS: Final[Mapping[str, Callable[[Act], Any]]] = {
    "message.read": _check_read,
    "template.create": lambda act: wire.template_body(act.arguments),
    "profile.update": lambda act: wire.profile_body(act.arguments),
}
_COMMITS: Final[Mapping[str, Callable[[Call, Act, Mapping[str, Any]], Published]]] = {
    "message.read": _read_message,
    "template.create": _create,
    "template.delete": _delete,
    "profile.update": _update,
}
_FINDS: Final[Mapping[str, Callable[[Call, Act, Armed], Published | Absent | Unsure]]] = {
    "message.read": _find_read,
    "template.create": _find_created,
    "template.delete": _find_deleted,
    "profile.update": _find_updated,
}
