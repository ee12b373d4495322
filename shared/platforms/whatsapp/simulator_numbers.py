"""A number of the simulated WhatsApp: verified by a code, registered with a PIN, given up.

The code is always ``123456``; it is only good after it was asked for. A business whose name begins with ``app`` uses its number in
the WhatsApp Business app.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from shared.platforms._graph.simulated import Ask, Document, Problem, answer
from shared.platforms.contract import World
from shared.ports.http import Response

CODE: Final = "123456"
_SIX: Final = re.compile(r"[0-9]{6}")


def shown(number: Mapping[str, Any]) -> Document:
    """A number, as Graph gives it."""
    registered = bool(number.get("registered", True))
    return {
        "id": number["id"],
        "display_phone_number": number["display"],
        "verified_name": number["name"],
        "status": "LINKED" if registered else "UNLINKED",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED" if number.get("verified", True) else "UNVERIFIED",
        "messaging_limit_tier": "TIER_1K",
        "host_platform": "CLOUD_API" if registered else "NOT_APPLICABLE",
        "is_on_biz_app": bool(number.get("app")),
    }


def change(ask: Ask, world: World, number: Document, edge: str) -> Response:
    """POST /{number}/request_code, verify_code, register, deregister. Raises Problem."""
    changed = _CHANGES[edge](ask, number)
    world.put("wa.number", str(number["id"]), {**number, **changed})
    return answer({"success": True, **({"id": number["id"]} if edge == "verify_code" else {})})


def check_registered(number: Mapping[str, Any]) -> None:
    """Raises Problem where the number cannot send."""
    if not number.get("registered", True):
        raise Problem(133010, "(#133010) Account not registered")


def _request(ask: Ask, number: Document) -> Document:
    ask.allow("code_method", "language")
    ask.need("code_method", "language")
    if ask.text("code_method") not in {"SMS", "VOICE"}:
        raise Problem(100, "(#100) Param code_method must be one of {SMS, VOICE}")
    if not re.fullmatch(r"[a-z]{2}_[A-Z]{2}", ask.text("language")):
        raise Problem(100, "(#100) Param language must be a locale")
    if number.get("registered", True):
        raise Problem(136024, "(#136024) Couldn't send code: the number is registered already")
    return {"asked": True, "verified": False}


def _verify(ask: Ask, number: Document) -> Document:
    ask.allow("code")
    ask.need("code")
    if not number.get("asked") or ask.text("code") != CODE:
        raise Problem(136025, "(#136025) Verify code error: the code is incorrect or has expired")
    return {"asked": False, "verified": True}


def _register(ask: Ask, number: Document) -> Document:
    ask.allow("messaging_product", "pin")
    ask.need("messaging_product", "pin")
    if not _SIX.fullmatch(ask.text("pin")):
        raise Problem(100, "(#100) Invalid PIN format. PIN must be exactly 6 digits")
    if not number.get("verified", True):
        raise Problem(133006, "(#133006) Phone number re-verification needed")
    if number.get("pin") and ask.text("pin") != number["pin"]:
        raise Problem(133005, "(#133005) Two step verification PIN Mismatch")
    return {"registered": True, "pin": ask.text("pin")}


def _deregister(ask: Ask, number: Document) -> Document:
    ask.allow()
    if not number.get("registered", True):
        raise Problem(133010, "(#133010) Account not registered")
    return {"registered": False}


_CHANGES: Final[Mapping[str, Callable[[Ask, Document], Document]]] = {
    "request_code": _request,
    "verify_code": _verify,
    "register": _register,
    "deregister": _deregister,
}
