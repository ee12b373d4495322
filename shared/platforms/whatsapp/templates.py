"""Message templates, looked at without asking WhatsApp: what it would refuse, and what it often does. Pure.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components, read 2026-11-22. Kinds of
components and buttons that are not known here (carousels, catalogues, flows) are left to WhatsApp.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from shared.platforms.contract_inbox import Fault

MAX_NAME: Final = 512
_TEXTS: Final = {"HEADER": 60, "BODY": 1024, "FOOTER": 60}
_MAX_BUTTONS: Final = 10
_MAX_LABEL: Final = 25
_MAX_URL: Final = 2000
_MAX_PHONE: Final = 20
_FORMATS: Final = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
_CATEGORIES: Final = ("MARKETING", "UTILITY", "AUTHENTICATION")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2,3})?")
_VARIABLE: Final = re.compile(r"\{\{([^{}]*)\}\}")
_EDGE: Final = re.compile(r"^\s*\{\{[^{}]*\}\}|\{\{[^{}]*\}\}\s*$")
_NEEDS: Final = {"URL": "url", "PHONE_NUMBER": "phone_number"}


def faults(arguments: Mapping[str, Any]) -> list[Fault]:
    """All findings, of the fields that are there: name, language, category, components."""
    return [*_head(arguments), *_parts(arguments.get("components"), str(arguments.get("category") or ""))]


def _head(arguments: Mapping[str, Any]) -> Iterator[Fault]:
    if "name" in arguments and not re.fullmatch(rf"[a-z0-9_]{{1,{MAX_NAME}}}", str(arguments["name"])):
        yield Fault("name", f"name: lower case letters, digits and _, at most {MAX_NAME}.")
    if "language" in arguments and not _LANGUAGE.fullmatch(str(arguments["language"])):
        yield Fault("language", "language: a code like en_US or de.")
    if "category" in arguments and arguments["category"] not in _CATEGORIES:
        yield Fault("category", f"category: one of {', '.join(_CATEGORIES)}.")


def _parts(parts: Any, category: str) -> Iterator[Fault]:
    if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
        yield Fault("components", "components: a list of objects, each with a type.")
        return
    kinds = [str(part.get("type") or "").upper() for part in parts]
    if "BODY" not in kinds:
        yield Fault("components", "components: a template needs a BODY.")
    for index, (kind, part) in enumerate(zip(kinds, parts, strict=True)):
        if kind in kinds[:index]:
            yield Fault("type", f"components[{index}].type: there is one {kind} already.", index)
        if not kind:
            yield Fault("type", f"components[{index}].type: name the component's kind.", index)
        yield from _part(kind, part, index, category)


def _part(kind: str, part: Mapping[str, Any], index: int, category: str) -> Iterator[Fault]:
    file = kind == "HEADER" and str(part.get("format") or "TEXT").upper() != "TEXT"
    if kind == "HEADER" and str(part.get("format") or "TEXT").upper() not in _FORMATS:
        yield Fault("format", f"components[{index}].format: one of {', '.join(_FORMATS)}.", index)
    if file and not part.get("example") and part.get("format") != "LOCATION":
        yield Fault("example", f"components[{index}].example: a file's header needs an example's handle.", index)
    if kind in _TEXTS and not file and not (kind == "BODY" and category == "AUTHENTICATION"):
        yield from _text(kind, part, index)
    if kind == "BUTTONS":
        yield from _buttons(part.get("buttons"), index)


def _text(kind: str, part: Mapping[str, Any], index: int) -> Iterator[Fault]:
    text, where = part.get("text"), f"components[{index}].text"
    if not isinstance(text, str) or not text.strip():
        if kind != "FOOTER" or "code_expiration_minutes" not in part:
            yield Fault("text", f"{where}: a {kind} needs words.", index)
        return
    if len(text) > _TEXTS[kind]:
        yield Fault("text", f"{where}: at most {_TEXTS[kind]} characters; there are {len(text)}.", index)
    yield from _variables(kind, part, text, index)


def _variables(kind: str, part: Mapping[str, Any], text: str, index: int) -> Iterator[Fault]:
    where, names = f"components[{index}].text", list(dict.fromkeys(_VARIABLE.findall(text)))
    most = {"FOOTER": 0, "HEADER": 1}.get(kind)
    if most is not None and len(names) > most:
        yield Fault("text", f"{where}: a {kind} has at most {most} variables; there are {len(names)}.", index)
    if any(not re.fullmatch(r"[0-9]+|[a-z_][a-z0-9_]*", name) for name in names):
        yield Fault("text", f"{where}: a variable is a number or a lower case name, as {{{{1}}}}.", index)
    digits = [int(name) for name in names if name.isdigit()]
    if digits and (len(digits) < len(names) or sorted(digits) != list(range(1, len(digits) + 1))):
        yield Fault("text", f"{where}: variables are numbered from {{{{1}}}} without a gap, or all named.", index)
    if names and not part.get("example"):
        yield Fault("example", f"components[{index}].example: variables need an example each.", index, severe=False)
    if kind == "BODY" and _EDGE.search(text):
        said = f"{where}: WhatsApp refuses a text that begins or ends with a variable."
        yield Fault("text", said, index, severe=False)


def _buttons(buttons: Any, index: int) -> Iterator[Fault]:
    where = f"components[{index}].buttons"
    if not isinstance(buttons, list) or not buttons or not all(isinstance(one, Mapping) for one in buttons):
        yield Fault("buttons", f"{where}: a list of at least one button.", index)
        return
    if len(buttons) > _MAX_BUTTONS:
        yield Fault("buttons", f"{where}: at most {_MAX_BUTTONS}; there are {len(buttons)}.", index)
    for at, button in enumerate(buttons):
        yield from _button(button, f"{where}[{at}]", index)
    yield from _order([str(one.get("type") or "").upper() for one in buttons], where, index)


def _button(button: Mapping[str, Any], where: str, index: int) -> Iterator[Fault]:
    kind, label = str(button.get("type") or "").upper(), str(button.get("text") or "")
    if not kind:
        yield Fault("buttons", f"{where}.type: name the button's kind.", index)
    if len(label) > _MAX_LABEL:
        yield Fault("buttons", f"{where}.text: at most {_MAX_LABEL} characters; there are {len(label)}.", index)
    if kind in {"QUICK_REPLY", "URL", "PHONE_NUMBER"} and not label.strip():
        yield Fault("buttons", f"{where}.text: a {kind} button needs a label.", index)
    if kind in _NEEDS and not button.get(_NEEDS[kind]):
        yield Fault("buttons", f"{where}.{_NEEDS[kind]}: a {kind} button needs it.", index)
    if len(str(button.get("url") or "")) > _MAX_URL:
        yield Fault("buttons", f"{where}.url: at most {_MAX_URL} characters.", index)
    if len(str(button.get("phone_number") or "")) > _MAX_PHONE:
        yield Fault("buttons", f"{where}.phone_number: at most {_MAX_PHONE} characters.", index)


def _order(kinds: list[str], where: str, index: int) -> Iterator[Fault]:
    """Quick replies stand together; two links at most, one telephone number, one code."""
    quick = [kind == "QUICK_REPLY" for kind in kinds]
    if sum(one != other for one, other in pairwise(quick)) > 1:
        yield Fault("buttons", f"{where}: quick replies stand together, before or after the other buttons.", index)
    for kind, most in (("URL", 2), ("PHONE_NUMBER", 1), ("COPY_CODE", 1)):
        if kinds.count(kind) > most:
            yield Fault("buttons", f"{where}: at most {most} of the kind {kind}.", index)
