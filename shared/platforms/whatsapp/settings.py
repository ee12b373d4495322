"""A number of the business: verified by a code, registered with a PIN, given up. And templates, looked at without asking.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration and
…/phone-numbers, read 2026-11-22. Each is one request that this adapter never repeats: a code costs the owner a message, a wrong
PIN one of few guesses, and neither is kept anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.domain.errors import Invalid, Missing
from shared.platforms.contract import Call
from shared.platforms.contract_inbox import Fault
from shared.platforms.whatsapp import templates, wire
from shared.platforms.whatsapp.errors import BOOK, ON_BUSINESS_APP
from shared.platforms.whatsapp.wire import GRAPH, number_id
from shared.ports.http import AnswerLost

_SIX: Final = re.compile(r"[0-9]{6}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}_[A-Z]{2}")


def change(call: Call, name: str, arguments: Mapping[str, Any]) -> None:
    """``request_code``, ``verify_code``, ``register``, ``deregister``. Raises Invalid, Missing, Refused, AnswerLost, NotSent."""
    if name not in _CHANGES:
        raise Missing("platform.whatsapp.setting_not_found", f"WhatsApp has no setting {name!r}.", resource=name)
    edge, body = _CHANGES[name]
    given = body(arguments)
    if name == "register":
        _refuse_business_app(call)
    answer = GRAPH.send_json(call, f"{number_id(call)}/{edge}", given)
    if answer.get("success") is not True:
        raise AnswerLost("an answer that does not say «success»")


def examine(verb: str, arguments: Mapping[str, Any]) -> list[Fault]:
    """What is wrong with a template that is to be made or edited; nothing is known of other verbs."""
    return templates.faults(arguments) if verb in {"template.create", "template.edit"} else []


def _refuse_business_app(call: Call) -> None:
    """A number that a person uses in the app would be taken from it by registering. Raises Refused."""
    if GRAPH.read(call, number_id(call), fields="id,is_on_biz_app").get("is_on_biz_app") is True:
        raise BOOK.refused(ON_BUSINESS_APP, "is_on_biz_app")


def _code(arguments: Mapping[str, Any]) -> dict[str, Any]:
    language = str(arguments.get("language") or "")
    if not _LANGUAGE.fullmatch(language):
        text = "language: a language and a country, as en_US."
        raise Invalid("validation.field_invalid", text, field="language")
    return {"code_method": arguments["method"], "language": language}


def _six(arguments: Mapping[str, Any], name: str) -> str:
    given = str(arguments.get(name) or "")
    if not _SIX.fullmatch(given):
        raise Invalid("validation.field_invalid", f"{name}: six digits.", field=name)
    return given


_CHANGES: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]]] = {
    "request_code": ("request_code", _code),
    "verify_code": ("verify_code", lambda arguments: {"code": _six(arguments, "code")}),
    "register": (
        "register",
        lambda arguments: {"messaging_product": wire.PRODUCT, "pin": _six(arguments, "pin")},
    ),
    "deregister": ("deregister", lambda _: {}),
}
