"""What callers may look up on WhatsApp, and change beside messages: read receipts, templates, the profile.

https://developers.facebook.com/documentation/business-messaging/whatsapp (templates, business-phone-numbers,
business-profiles), read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from shared.domain.content import Act
from shared.domain.errors import Invalid, Missing
from shared.platforms import _wire
from shared.platforms._graph.calls import next_page
from shared.platforms._graph.errors import is_gone
from shared.platforms.contract import Absent, Armed, Call, Published, Ready, Refused, Unsure, Wait
from shared.platforms.contract_inbox import Page
from shared.platforms.whatsapp import wire
from shared.platforms.whatsapp.errors import BOOK, NO_TEMPLATE, TAKEN_NAME
from shared.platforms.whatsapp.oauth import NUMBER_FIELDS
from shared.platforms.whatsapp.wire import GRAPH, account_id, number_id
from shared.ports.http import AnswerLost, Request

_PROFILE_FIELDS: Final = "about,address,description,email,profile_picture_url,websites,vertical"
_TEMPLATE_FIELDS: Final = "id,name,language,category,components,status"
_SIZE: Final = 50
_PAGES: Final = 5


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
    if arguments.get("id"):
        return Page((_template(call, str(arguments["id"])),))
    path, name = f"{account_id(call)}/message_templates", arguments.get("name") or None
    return _page(GRAPH.read(call, path, name=name, limit=_SIZE, after=cursor or None))


def _template(call: Call, id_: str) -> dict[str, Any]:
    """One template, by its id. Raises Refused (``template_not_found``), Invalid."""
    try:
        return GRAPH.read(call, GRAPH.named(id_), fields=_TEMPLATE_FIELDS)
    except Refused as refused:
        if is_gone(refused):
            refused.row = NO_TEMPLATE
        raise


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
    """Of a template that is to go, look its name up; of a new one, whether its name is free; else check what was given.

    Raises Invalid, Refused, AnswerLost. State: ``name`` (deleting), ``free`` (creating: whether it was before the first attempt; None: not known).
    """
    if act.verb in _PREPARES:
        return _PREPARES[act.verb](call, act, state)
    _CHECKS[act.verb](act)
    return _prepare_creation(call, act, state) if act.verb == "template.create" else Ready(state)


def _prepare_deletion(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    if state.get("name") or act.handles.get("name"):
        return Ready({"name": act.handles.get("name"), **state})
    name = str(GRAPH.read(call, _template_id(act), fields="id,name").get("name") or "")
    if not name:
        raise AnswerLost("a template without its name")
    return Ready({"name": name})


def _prepare_edit(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    if not state.get("name"):
        return Ready({**state, "name": str(_template(call, _template_id(act)).get("name") or "")})
    return Ready(state)


def _prepare_clearing(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    """Of a name that nobody knows there is nothing to delete; once that was looked up, its absence is our own doing."""
    if not re.fullmatch(r"[a-z0-9_]{1,512}", act.on):
        raise Invalid(
            "validation.field_invalid", "on: a template's name: lower case letters, digits and _.", field="on"
        )
    if state.get("known") or _of_name(call, act.on)[0]:
        return Ready({**state, "known": True})
    raise BOOK.refused(NO_TEMPLATE, f"no template {act.on}")


def _of_name(call: Call, name: str) -> tuple[list[Mapping[str, Any]], bool]:
    listed, complete = _named(call, name)
    return [one for one in listed if one.get("name") == name], complete


def _prepare_creation(call: Call, act: Act, state: Mapping[str, Any]) -> Ready:
    """Without this, somebody's template of long ago would later be taken for what a lost answer made."""
    if "free" in state:
        return Ready(state)
    same, complete = _alike(call, act)
    return Ready({**state, "free": False if same else complete or None})


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
    body = wire.template_body(act.arguments)
    try:
        answer = GRAPH.send_json(call, f"{account_id(call)}/message_templates", body)
    except Refused as refused:
        if refused.platform_code == _EXISTS and state.get("free") is False:
            refused.row = TAKEN_NAME  # it was there before us: no attempt of ours
        raise
    if not answer.get("id"):
        raise AnswerLost("a success that names no template")
    return Published(str(answer["id"]), None, {"name": str(act.arguments["name"])}, answer)


def _edit(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    body = {name: act.arguments[name] for name in ("category", "components") if act.arguments.get(name)}
    return _succeeded(GRAPH.send_json(call, _template_id(act), body), act.on)


def _clear(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    return _gone(call, act, {"name": act.on})


def _delete(call: Call, act: Act, state: Mapping[str, Any]) -> Published:
    return _gone(call, act, {"hsm_id": _template_id(act), "name": state.get("name") or None})


def _gone(call: Call, act: Act, query: Mapping[str, Any]) -> Published:
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
    same, complete = _alike(call, act)
    if not same:
        said = "no template of this name and language is there"
        return Absent(said) if complete else Unsure("WhatsApp's templates were listed only in part")
    (first, *more), wanted = same, act.arguments
    ours = armed.state.get("free") is True and _body_text(first) in {None, _body_text(wanted)}
    if more or not ours or armed.taken(str(first.get("id"))):
        return Unsure(f"template {first.get('id')} has this name and language: it is, or may be, another's")
    return Published(str(first["id"]), None, {"name": str(wanted["name"])}, first)


def _alike(call: Call, act: Act) -> tuple[list[Mapping[str, Any]], bool]:
    """The templates of the act's name and language, and whether all were read."""
    wanted = (act.arguments["name"], act.arguments["language"])
    listed, complete = _named(call, str(wanted[0]))
    return [one for one in listed if (one.get("name"), one.get("language")) == wanted], complete


def _named(call: Call, name: str) -> tuple[list[Mapping[str, Any]], bool]:
    """The templates that WhatsApp lists under a name, and whether these were all. Raises Refused, AnswerLost."""
    found: list[Mapping[str, Any]] = []
    after: str | None = None
    for _ in range(_PAGES):
        answer = GRAPH.read(call, f"{account_id(call)}/message_templates", name=name, limit=100, after=after)
        if not isinstance(answer.get("data"), list):
            raise AnswerLost("a list of templates without data")
        found += [one for one in answer["data"] if isinstance(one, dict)]
        after = next_page(answer)
        if after is None:
            return found, not (answer.get("paging") or {}).get("next")
    return found, False


def _body_text(template: Mapping[str, Any]) -> str | None:
    """The words of a template's body, None where it does not say."""
    parts = template.get("components")
    bodies = [one for one in parts if isinstance(one, dict) and one.get("type") == "BODY"] if parts else []
    return str(bodies[0].get("text") or "").strip() if bodies else None


def _find_deleted(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    name = armed.state.get("name")
    if not name:
        return Unsure("the template's name is not known")
    listed, complete = _named(call, str(name))
    if any(str(one.get("id")) == act.on for one in listed):
        return Absent("the template still stands there")
    return Published(act.on) if complete else Unsure("WhatsApp's templates were listed only in part")


def _find_edited(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    shown, wanted = _template(call, _template_id(act)), act.arguments.get("components") or ()
    if not isinstance(shown.get("components"), list):
        return Unsure("WhatsApp does not show the template's components")
    same = _said(shown["components"]) == _said(wanted)
    return Published(act.on) if same else Absent("the template has other components")


def _said(parts: Iterable[Any]) -> list[tuple[str, ...]]:
    """What people see of components: kinds, words, labels."""
    found = []
    for part in (one for one in parts if isinstance(one, Mapping)):
        labels = [str(one.get("text") or "") for one in part.get("buttons") or () if isinstance(one, Mapping)]
        found.append((str(part.get("type") or "").upper(), str(part.get("text") or "").strip(), *labels))
    return sorted(found)


def _find_cleared(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    same, complete = _of_name(call, act.on)
    if same:
        return Absent("templates of this name still stand there")
    return Published(act.on) if complete else Unsure("WhatsApp's templates were listed only in part")


def _find_updated(call: Call, act: Act, armed: Armed) -> Published | Absent | Unsure:
    wanted = wire.profile_body(act.arguments)
    shown = _own_profile(call)
    hidden = ("messaging_product", "profile_picture_handle")  # what is shown is another address than the handle
    differs = [name for name, value in wanted.items() if name not in hidden and shown.get(name) != value]
    if wanted.keys() <= set(hidden):
        return Absent("whether the picture was changed cannot be read; changing it again is the same")
    return Absent(f"the profile shows another {differs[0]}") if differs else Published(number_id(call))


def _template_id(act: Act) -> str:
    if not act.on.isdigit():
        raise Invalid("validation.field_invalid", "on: a template's id, of digits.", field="on")
    return act.on


def _check_read(act: Act) -> None:
    if not act.on.startswith("wamid."):
        raise Invalid("validation.field_invalid", "on: the id of a message that was received (wamid.…).", field="on")


_NO_TEMPLATE: Final = "100/2593002"
_EXISTS: Final = "100/2388024"
_PREPARES: Final[Mapping[str, Callable[[Call, Act, Mapping[str, Any]], Ready]]] = {
    "template.delete": _prepare_deletion,
    "template.edit": _prepare_edit,
    "template.delete_all": _prepare_clearing,
}
_CHECKS: Final[Mapping[str, Callable[[Act], Any]]] = {
    "message.read": _check_read,
    "template.create": lambda act: wire.template_body(act.arguments),
    "profile.update": lambda act: wire.profile_body(act.arguments),
}
_COMMITS: Final[Mapping[str, Callable[[Call, Act, Mapping[str, Any]], Published]]] = {
    "message.read": _read_message,
    "template.create": _create,
    "template.edit": _edit,
    "template.delete": _delete,
    "template.delete_all": _clear,
    "profile.update": _update,
}
_FINDS: Final[Mapping[str, Callable[[Call, Act, Armed], Published | Absent | Unsure]]] = {
    "message.read": _find_read,
    "template.create": _find_created,
    "template.edit": _find_edited,
    "template.delete": _find_deleted,
    "template.delete_all": _find_cleared,
    "profile.update": _find_updated,
}
